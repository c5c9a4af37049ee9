"""Lambda events as AWS documents them, and functions-framework serving the real function."""

from __future__ import annotations

import base64
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from extractor.extractors.cloud import extractor as cloud
from extractor.serverless import requests
from extractor.serverless.aws_lambda import lambda_handler

from .openai_server import FakeOpenAI, write_config

ROOT = Path(__file__).parents[1]
TEXT = "저작물 이용허락 계약서\n\n저작물명: 봄날의 기록\n권리자: 한가람\n계약일: 2026. 3. 2.\n"
PDF = ROOT / "samples" / "contract_articles_01.pdf"
KEY = "sk-maru-0123456789"


@pytest.fixture(autouse=True)
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOpenAI]:
    cloud._learned.clear()
    requests._extractor.cache_clear()
    monkeypatch.delenv("RIGHTSDESK_MAX_BYTES", raising=False)
    monkeypatch.delenv("RIGHTSDESK_MODEL", raising=False)
    with FakeOpenAI() as server:
        monkeypatch.setenv("RIGHTSDESK_CLOUD_CONFIG", str(write_config(tmp_path, server)))
        monkeypatch.setenv("FAKE_API_KEY", KEY)
        yield server
    requests._extractor.cache_clear()


def v2(
    body: str | None, kind: str = "application/json", encoded: bool = False, method: str = "POST", **query: str
) -> dict[str, Any]:
    """An event of a function URL or an HTTP API, payload version 2.0."""
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/extract",
        "rawQueryString": "&".join(f"{name}={value}" for name, value in query.items()),
        "headers": {"content-type": kind, "host": "abc.lambda-url.ap-northeast-2.on.aws"},
        **({"queryStringParameters": query} if query else {}),
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "abc",
            "http": {"method": method, "path": "/extract", "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7"},
            "requestId": "1",
            "stage": "$default",
            "timeEpoch": 1767225600000,
        },
        **({"body": body} if body is not None else {}),
        "isBase64Encoded": encoded,
    }


def v1(
    body: str | None, kind: str = "application/json", encoded: bool = False, method: str = "POST", **query: str
) -> dict[str, Any]:
    """An event of a REST API, payload version 1.0."""
    return {
        "resource": "/extract",
        "path": "/extract",
        "httpMethod": method,
        "headers": {"Content-Type": kind, "Host": "abc.execute-api.ap-northeast-2.amazonaws.com"},
        "multiValueHeaders": {"Content-Type": [kind]},
        "queryStringParameters": query or None,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()} or None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {"resourcePath": "/extract", "httpMethod": method, "requestId": "1", "stage": "prod"},
        "body": body,
        "isBase64Encoded": encoded,
    }


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def form(**parts: bytes | tuple[str, bytes]) -> tuple[str, bytes]:
    boundary = "--maru-boundary"
    body = b""
    for name, content in parts.items():
        file, data = content if isinstance(content, tuple) else ("", content)
        extra = f'; filename="{file}"\r\nContent-Type: application/octet-stream' if file else ""
        body += (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n\r\n'.encode() + data + b"\r\n"
        )
    return f"multipart/form-data; boundary={boundary}", body + f"--{boundary}--\r\n".encode()


def said(response: dict[str, Any], status: int = 200) -> dict[str, Any]:
    assert response["statusCode"] == status, response["body"]
    assert response["headers"]["Content-Type"].startswith("application/json")
    assert response["isBase64Encoded"] is False
    body: dict[str, Any] = json.loads(response["body"])
    return body


def test_a_direct_invocation() -> None:
    body = lambda_handler({"text": TEXT, "document_type": "계약서"}, None)
    assert body["metadata"]["work_title"] == "봄날의 기록"
    assert body["metadata"]["signature_date"] == "2026-03-02"
    assert (body["document_type"], body["model"], body["error"]) == ("계약서", "builtin", None)
    assert body["document_type_key"] == "contract"
    assert body["evidence"]["work_title"][0]["text"] == "봄날의 기록"
    assert (body["cost_usd"], body["sources"]["work_title"]) == (0.0, "builtin")
    json.dumps(body)


@pytest.mark.parametrize("event", [v1, v2])
def test_http_events(event: Any) -> None:
    schema = {"work_title": {"type": "string", "title": "저작물명"}}
    for response in (
        lambda_handler(event(json.dumps({"text": TEXT, "schema": schema, "document_type": "메모"}))),
        lambda_handler(event(encoded(json.dumps({"text": TEXT, "schema": schema}).encode()), encoded=True)),
        lambda_handler(event(TEXT, "text/plain; charset=utf-8", schema=json.dumps(schema))),
        lambda_handler(event(encoded(TEXT.encode("cp949")), "text/plain", encoded=True, schema=json.dumps(schema))),
    ):
        assert said(response)["metadata"] == {"work_title": "봄날의 기록"}


@pytest.mark.parametrize("event", [v1, v2])
def test_files_in_every_way(event: Any) -> None:
    pdf = PDF.read_bytes()
    kind, upload = form(file=("계약서.pdf", pdf), document_type=b"contract")
    bodies = [
        said(lambda_handler(event(encoded(pdf), "application/pdf", encoded=True))),
        said(lambda_handler(event(encoded(pdf), "application/octet-stream", encoded=True, filename="a.pdf"))),
        said(lambda_handler(event(encoded(upload), kind, encoded=True))),
        said(lambda_handler(event(json.dumps({"file": encoded(pdf), "filename": "계약서.pdf"})))),
        lambda_handler({"file": encoded(pdf), "document_type": "Contract"}),
    ]
    first = bodies[0]
    assert first["document_type"] == "계약서"
    assert any(place[0]["boxes"] for place in first["evidence"].values())
    assert all(body["metadata"] == first["metadata"] for body in bodies)


def test_a_form_with_text() -> None:
    kind, body = form(text=TEXT.encode(), document_type="계약서".encode(), model=b"builtin")
    assert said(lambda_handler(v2(body.decode(), kind)))["metadata"]["rights_holder"] == "한가람"


@pytest.mark.parametrize(
    ("body", "kind", "status", "told"),
    [
        ("{", "application/json", 400, "not valid JSON"),
        ("[]", "application/json", 400, "JSON object"),
        ("{}", "application/json", 400, "either"),
        ('{"text": "a", "file": "YQ=="}', "application/json", 400, "either"),
        ('{"text": 1}', "application/json", 400, "string"),
        ('{"file": "***"}', "application/json", 400, "base64"),
        ('{"text": "a", "schema": {"a": "nonsense"}}', "application/json", 400, "nonsense"),
        ('{"text": "a", "schema": 5}', "application/json", 400, "schema"),
        ('{"text": "a", "document_type": "없는 종류"}', "application/json", 400, "contract"),
        ('{"text": "a", "document_type": 5}', "application/json", 400, "string"),
        ('{"text": "a", "model": "nosuch"}', "application/json", 400, "builtin"),
        ('{"text": "a", "model": ["builtin"]}', "application/json", 400, "string"),
        ('{"text": "a", "strategy": "both"}', "application/json", 400, "hybrid"),
        ('{"text": "a", "strategy": "local", "model": "builtin"}', "application/json", 400, "either"),
        ("", "application/json", 400, "empty"),
        ("a", "image/png", 415, "image/png"),
        ("a", "multipart/form-data", 400, "boundary"),
        ("--x\r\n\r\n\r\n--x--", "multipart/form-data; boundary=x", 400, "“file”"),
        ('{"file": "JVBERi0xLjQK"}', "application/json", 422, "document"),
        ('{"file": ""}', "application/json", 422, "empty"),
    ],
)
def test_what_is_wrong_has_its_status(body: str, kind: str, status: int, told: str) -> None:
    for event in (v1, v2):
        answer = said(lambda_handler(event(body, kind)), status)
        assert told in answer["error"] and answer["status"] == status
    if kind == "application/json" and body.startswith("{") and len(body) > 2:
        answer = lambda_handler(json.loads(body))
        assert told in answer["error"] and answer["status"] == status


def test_only_post() -> None:
    for event in (v1, v2):
        response = lambda_handler(event(None, method="GET"))
        assert said(response, 405) and response["headers"]["Allow"] == "POST"


def test_no_more_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "6,291,456" in said(lambda_handler(v2("가" * 2_200_000, "text/plain")), 413)["error"]
    monkeypatch.setenv("RIGHTSDESK_MAX_BYTES", "2000")
    assert said(lambda_handler(v2(encoded(b"a" * 2100), "application/pdf", encoded=True)), 413)
    assert lambda_handler({"text": "가" * 700})["status"] == 413
    assert lambda_handler({"file": encoded(b"a" * 2001)})["status"] == 413
    monkeypatch.setenv("RIGHTSDESK_MAX_BYTES", "1024")
    # An answer that Lambda would throw away comes without the places of the values.
    body = said(lambda_handler(v2(json.dumps({"text": TEXT}))))
    assert body["metadata"]["work_title"] == "봄날의 기록" and body["evidence"] == {} and body["evidence_left_out"]


@pytest.mark.parametrize("event", [None, "text", 5, [], {"requestContext": None}, {"requestContext": {}, "body": 5}])
def test_nonsense_is_answered(event: Any) -> None:
    answer = lambda_handler(event)
    assert (answer.get("statusCode") or answer["status"]) in (400, 405)


def test_cloud_models_with_their_costs_and_faults(server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
    body = said(lambda_handler(v2(json.dumps({"text": TEXT, "model": "cloud_tiny", "document_type": "contract"}))))
    assert body["metadata"]["work_title"] == "봄날의 기록"
    call = server.log[0]
    assert body["usage"] == {"input_tokens": call.input_tokens, "output_tokens": call.output_tokens}
    assert body["cost_usd"] > 0 and body["sources"]["work_title"] == "cloud_tiny"
    server.fail("500")
    failed = said(lambda_handler(v2(json.dumps({"text": TEXT, "model": "cloud_tiny"}))), 502)
    assert "500" in failed["error"] and failed["metadata"] == {}
    assert failed["error_code"] == failed["attempts"][0]["error_code"] == "provider-fault"
    server.heal()
    hybrid = said(lambda_handler(v2(json.dumps({"text": TEXT, "strategy": "hybrid"}))))
    assert [attempt["model"] for attempt in hybrid["attempts"]] == ["builtin", "cloud_tiny"]
    monkeypatch.setenv("RIGHTSDESK_MODEL", "cloud_tiny")
    assert lambda_handler({"text": TEXT})["model"] == "cloud_tiny"
    requests._extractor.cache_clear()
    monkeypatch.delenv("FAKE_API_KEY")
    refused = said(lambda_handler(v2(json.dumps({"text": TEXT}))), 500)
    assert "FAKE_API_KEY" in refused["error"] and refused["error_code"] == "provider-key-missing"
    assert KEY not in json.dumps([body, failed, hybrid])


def test_each_request_has_a_budget_of_its_own(server: FakeOpenAI, tmp_path: Path) -> None:
    """A function lives long: its first thousand requests must not use up the limit of a run."""
    with (tmp_path / "cloud_model_config.yaml").open("a", encoding="utf-8") as stream:
        stream.write("cost_optimization: {budget_limit: 0.01}\n")
    for _ in range(12):
        body = lambda_handler({"text": TEXT, "model": "cloud_tiny", "document_type": "contract"})
        assert body["error"] is None
    assert 12 * body["cost_usd"] > 0.01


def test_a_fault_of_ours_tells_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractor.extractors.sandboxed_text.document_from_text", lambda *_: 1 / 0)
    answer = said(lambda_handler(v2(json.dumps({"text": TEXT}))), 500)
    assert "division" not in answer["error"] and answer["error_code"] == "unexpected-error"


@pytest.mark.parametrize("module", ["aws_lambda", "cloud_function"])
def test_importing_it_is_light(module: str) -> None:
    code = f"import extractor.serverless.{module}, sys; print(*sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    loaded = {name.partition(".")[0] for name in out.stdout.split()}
    assert not loaded & {"torch", "streamlit", "pandas", "transformers", "sqlalchemy", "openai", "pypdfium2", "flask"}


WITHOUT = """
import sys
from importlib.machinery import PathFinder
MISSING = {"torch", "transformers", "huggingface_hub", "sqlalchemy", "alembic", "streamlit", "pandas",
           "numpy", "click", "plotly", "openpyxl", "accelerate", "gguf", "sentencepiece"}
class Finder(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] in MISSING else super().find_spec(name, path, target)
sys.meta_path[sys.meta_path.index(PathFinder)] = Finder
import base64, json, pathlib
from extractor.serverless.aws_lambda import lambda_handler
file = base64.b64encode(pathlib.Path(sys.argv[1]).read_bytes()).decode()
for options in ({"model": "builtin"}, {"model": "cloud_tiny"}, {"strategy": "hybrid"}):
    print(json.dumps(lambda_handler({"file": file, **options})["error"]))
"""


@pytest.fixture
def staged(tmp_path: Path) -> Path:
    subprocess.run([str(ROOT / "deploy" / "stage.sh"), str(tmp_path / "staged")], check=True, timeout=30)
    return tmp_path / "staged"


def test_what_is_deployed_is_enough(staged: Path) -> None:
    """Without the packages that only the app and local models need, and with the staged files alone."""
    command = [sys.executable, "-c", WITHOUT, str(PDF)]
    out = subprocess.run(command, cwd=staged, capture_output=True, text=True, timeout=60, check=False)
    assert out.stdout.split() == ["null"] * 3, out.stdout + out.stderr


def test_deployed_versions_are_those_of_the_product() -> None:
    pinned = set((ROOT / "requirements.txt").read_text("utf-8").splitlines())
    wanted = [line for line in (ROOT / "deploy/requirements.txt").read_text("utf-8").splitlines() if "==" in line]
    assert len(wanted) >= 8 and set(wanted) <= pinned


def test_the_templates_name_what_is_there() -> None:
    template = (ROOT / "deploy/aws_lambda/template.yaml").read_text("utf-8")
    found = yaml.safe_load(re.sub(r"!(Ref|GetAtt) ", "", template))
    metadata = found["Resources"]["Extract"]["Metadata"]
    assert (ROOT / metadata["Dockerfile"]).is_file()
    dockerfile = (ROOT / metadata["Dockerfile"]).read_text("utf-8")
    handler = re.search(r'CMD \["(.+)\.(\w+)"\]', dockerfile)
    assert handler and getattr(sys.modules[handler[1]], handler[2]) is lambda_handler
    for source in re.findall(r"^COPY (\S+)", dockerfile, re.MULTILINE):
        assert (ROOT / source).exists(), source


def post(url: str, body: bytes, kind: str) -> tuple[int, dict[str, Any]]:
    request = urllib.request.Request(url, body, {"Content-Type": kind})
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@pytest.fixture
def function(staged: Path, server: FakeOpenAI) -> Iterator[str]:
    """The staged function in functions-framework, in a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "functions_framework", "--target", "extract_metadata", "--host", "127.0.0.1"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with subprocess.Popen([*command, "--port", str(port)], cwd=staged, env=environment) as process:
        url = f"http://127.0.0.1:{port}/"
        try:
            end = time.monotonic() + 300
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    assert time.monotonic() < end and process.poll() is None
                    time.sleep(0.1)
            yield url
        finally:
            process.terminate()
            process.wait(10)


def test_functions_framework_serves_the_function(function: str, server: FakeOpenAI) -> None:
    status, body = post(function, json.dumps({"text": TEXT, "document_type": "계약서"}).encode(), "application/json")
    assert (status, body["metadata"]["work_title"]) == (200, "봄날의 기록")
    status, pdf = post(function, PDF.read_bytes(), "application/pdf")
    assert status == 200 and pdf["document_type"] == "계약서"
    kind, upload = form(file=("계약서.pdf", PDF.read_bytes()), model=b"cloud_tiny")
    status, uploaded = post(function, upload, kind)
    assert (status, uploaded["model"]) == (200, "cloud_tiny") and len(server.log) == 1
    assert post(function, TEXT.encode(), "text/plain")[1]["metadata"]["rights_holder"] == "한가람"
    assert post(function, b"{", "application/json")[0] == 400
    assert post(function, b"a", "image/png")[0] == 415
    assert post(function, b"a" * (requests.MAX_BYTES + 1), "text/plain")[0] == 413
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(function, timeout=30)
    assert (refused.value.code, refused.value.headers["Allow"]) == (405, "POST")


def test_with_a_store_the_same_request_is_paid_once(
    server: FakeOpenAI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request that is sent again, because its answer was lost, gets the answer that is there."""
    from extractor.store import Store

    monkeypatch.setenv("RIGHTSDESK_DATA", str(tmp_path / "desk"))
    monkeypatch.delenv("RIGHTSDESK_DATABASE_URL", raising=False)
    asked = {"text": TEXT, "document_type": "contract", "model": "cloud_tiny"}

    def ask(**more: object) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(lambda_handler(v2(json.dumps(asked | more)), None)["body"])
        return body

    ask()
    ask()
    assert len(server.answered) == 2, "without a store there is nothing to look into"
    Store.open().close()
    first, second = ask(), ask()
    assert len(server.answered) == 3
    assert first["metadata"] == second["metadata"] and (first["cost_usd"] > 0, second["cost_usd"]) == (True, 0.0)
    assert ask(again=True)["cost_usd"] > 0 and len(server.answered) == 4
    assert ask(again="perhaps")["status"] == 400
