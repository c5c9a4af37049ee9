"""kill -9 at random moments of runs in two processes on one store: what the provider was asked, by its own log.

    .venv/bin/python benchmarks/kills.py                    # 100 kills, about 400 documents
    .venv/bin/python benchmarks/kills.py --kills 20 --seconds 120 --seed 7

Two processes run over all documents. At a random moment (after a random number of further calls, and then within
the time of one and a half) one of them is killed and begun again, so often. The server
answers every call and counts as paid what a provider would charge: once a key for one that heeds Idempotency-Key,
each answer for one that does not. Ends by itself after `--seconds`, with as many kills as it came to.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from extractor.store import Store
from tests.openai_server import FakeOpenAI
from tests.paying import Desk, environment, fill, keys_of

CONCURRENT = 4
LATENCY = 0.1


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--documents", type=int, default=400)
    parser.add_argument("--seconds", type=float, default=900.0, help="begin no further round after so long")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder, FakeOpenAI(latency=LATENCY) as server:
        server.once_a_key = True
        variables = environment(Path(folder), server, concurrent=CONCURRENT)
        store = Store.open(folder=variables["RIGHTSDESK_DATA"])
        began, kills, documents = time.monotonic(), 0, 0
        while kills < options.kills and time.monotonic() - began < options.seconds:
            # A store that is done has nothing to kill: more documents come in as long as there are kills to make.
            documents += len(fill(store, max(options.documents // 10, 2 * CONCURRENT), documents))
            kills += _round(server, variables, chance, options.kills - kills, began + options.seconds)
        desks = [Desk(variables), Desk(variables)]
        for desk in desks:
            desk.wait_until_ready()
            desk.go()
        counts = [desk.finish(600) for desk in desks]
        told = _told(server, store, documents, kills, counts)
        store.close()
    print(f"seed {options.seed}, load {os.getloadavg()[0]:.1f}, {time.monotonic() - began:.0f} s")
    return 0 if told else 1


def _round(server: FakeOpenAI, variables: dict[str, str], chance: random.Random, most: int, end: float) -> int:
    """Kill until both processes have nothing left to do; how often."""
    kills = 0
    desks = [_begun(variables), _begun(variables)]
    while kills < most and time.monotonic() < end:
        if not _at_work(server, desks, chance.randrange(6)):
            break
        time.sleep(chance.uniform(0.0, 1.5 * LATENCY))
        place = chance.randrange(2)
        if desks[place].process.poll() is None:
            desks[place].kill()
            kills += 1
            desks[place] = _begun(variables)
    for desk in desks:
        desk.kill()
    return kills


def _at_work(server: FakeOpenAI, desks: list[Desk], calls: int) -> bool:
    """Wait until so many more calls came in: a kill before the first call would tell nothing, and on a busy machine
    that is where most moments of a clock fall. False when there is nothing left to do."""
    wanted = server.received + calls
    while server.received < wanted:
        if all(desk.process.poll() is not None for desk in desks):
            return False
        time.sleep(0.002)
    return True


def _begun(variables: dict[str, str]) -> Desk:
    desk = Desk(variables)
    desk.wait_until_ready()
    desk.go()
    return desk


def _told(server: FakeOpenAI, store: Store, documents: int, kills: int, counts: list[tuple[int, int, int]]) -> bool:
    keys = keys_of(server)
    stored = Counter(row.document_hash for row in store.results() if not row.error)
    again = sum(sum(of.values()) - 1 for of in keys.values())
    two_keys = sum(len(of) > 1 for of in keys.values())
    twice = sum(count > 1 for count in stored.values())
    print(f"{kills} kills, {documents} documents, {CONCURRENT} calls at once in each of two processes")
    failed = sum(one[1] for one in counts)
    print(f"documents with a result: {len(stored)}; with more than one: {twice}; failed pairs: {failed}")
    print(f"answers paid, a key once: {len(server.answered)}; documents asked under two keys: {two_keys}")
    print(f"calls asked again under the same key (at work when killed): {again}, {again / max(kills, 1):.2f} a kill")
    good = len(stored) == documents == len(server.answered) and not twice and not two_keys
    print("every answer was paid once and the set is complete" if good else "FAILED")
    return good


if __name__ == "__main__":
    sys.exit(main())
