"""llama.cpp's own server on loopback, for `make servers`: `python benchmarks/llama_server.py MODEL.gguf --port 8732`.

Needs `xllamacpp`, and nothing of this project: it runs in the environment of the servers.
"""

from __future__ import annotations

import argparse
import threading


def main() -> None:
    import xllamacpp

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("--port", type=int, default=8732)
    parser.add_argument("--context", type=int, default=4096)
    given = parser.parse_args()
    params = xllamacpp.CommonParams()
    params.model.path, params.n_ctx, params.n_parallel = given.model, given.context, 1
    params.hostnames, params.port = ["127.0.0.1"], given.port
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
