from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from extractor.cli import app as cli
from extractor.cli import reading
from extractor.cli.output import Task
from extractor.core.document_types import DocumentType
from extractor.core.documents import Document
from extractor.core.errors import ExtractionError
from extractor.core.extractions import Evidence, FieldValue
from extractor.extractors import registry as cli_registry
from extractor.extractors.base import Extractor, Reply

ROOT = Path(__file__).parents[1]
KEYS = [
    "file",
    "document_type",
    "document_type_key",
    "model",
    "provider",
    "metadata",
    "evidence",
    "sources",
    "confidence",
    "processing_time",
    "usage",
    "cost_usd",
    "attempts",
    "error",
    "error_code",
]
CONTRACT = "저작재산권 이용허락 계약서\n\n저작물명: 봄날의 기록\n"


class FirstLine(Extractor):
    """Takes the first line for the first field; refuses and breaks on demand."""

    model, provider = "builtin", "here"

    def reply(self, document: Document, document_type: DocumentType) -> Reply:
        if "refuse" in document.text:
            raise ExtractionError("{file}: has no title.", file=document.name)
        if "break" in document.text:
            raise ZeroDivisionError("a bug")
        line = document.text.split("\n")[0]
        evidence = (Evidence(1, 0, len(line), line),)
        return Reply({document_type.fields[0].path: FieldValue(line, line, evidence, 0.75, self.model)})


Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs `extract` in an empty folder."""
    create = cli_registry.create_extractor
    monkeypatch.setattr(
        cli, "create_extractor", lambda key, **more: FirstLine() if key == "builtin" else create(key, **more)
    )
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(cli.main, ["extract", *map(str, arguments)])


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., str]:
    def file(name: str, content: str | bytes = CONTRACT) -> str:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return name

    return file


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_one_json_object_a_document(run: Run, file: Callable[..., str]) -> None:
    result = run(file("가.txt"), "--type", "contract")
    assert result.exit_code == 0, result.stderr
    (line,) = lines(result.stdout)
    assert list(line) == KEYS
    assert line["file"] == "가.txt"
    assert line["document_type"] == "계약서"
    assert (line["model"], line["provider"], line["cost_usd"], line["error"]) == ("builtin", "here", 0.0, None)
    assert line["metadata"] == {"contract_type": "저작재산권 이용허락 계약서"}
    assert line["evidence"]["contract_type"][0]["text"] == "저작재산권 이용허락 계약서"
    assert line["confidence"] == 0.75
    assert line["processing_time"] >= 0
    assert "계약서" in result.stdout, "Korean is readable, not escaped"


@pytest.mark.parametrize("name", ["transfer_consent", "저작재산권 양도동의서", "copyright transfer CONSENT"])
def test_a_type_is_named_by_key_or_title(name: str, run: Run, file: Callable[..., str]) -> None:
    (line,) = lines(run(file("가.txt"), "--type", name).stdout)
    assert line["document_type"] == "저작재산권 양도동의서"


def test_the_type_is_recognised_by_default(run: Run, file: Callable[..., str]) -> None:
    consent = "개인정보 수집·이용 동의서\n\n수집 항목: 성명\n동의함 [V]\n"
    found = lines(run(file("가.txt"), file("나.txt", consent)).stdout)
    assert [line["document_type"] for line in found] == ["계약서", "동의서"]


def test_a_document_that_fails_has_its_line_and_the_others_go_on(run: Run, file: Callable[..., str]) -> None:
    files = [file("empty.pdf", b""), "missing.pdf", file("r.txt", "refuse"), file("b.txt", "break"), file("good.txt")]
    result = run(*files)
    assert result.exit_code == 1
    found = lines(result.stdout)
    assert [line["file"] for line in found] == files
    assert all(list(line) == KEYS for line in found)
    assert all(line["metadata"] == {} and line["confidence"] is None for line in found[:4])
    assert all(name in line["error"] for name, line in zip(files[:3], found, strict=False))
    assert "a bug" in found[3]["error"]
    codes = [line["error_code"] for line in found]
    assert codes == ["file-empty", "file-not-openable", "other", "unexpected-error-in-file", None]
    assert found[4]["error"] is None
    assert all(str(line["error"]) in result.stderr for line in found[:4])
    assert "Traceback" not in result.stderr


def test_files_of_the_same_name_are_told_apart(run: Run, file: Callable[..., str]) -> None:
    files = [file("a/가.txt", "하나"), file("b/가.txt", "둘")]
    found = lines(run(*files).stdout)
    assert [line["file"] for line in found] == files


@pytest.mark.parametrize(
    "schema",
    [
        {"title": "메모", "type": "object", "properties": {"subject": {"type": "string"}}},
        {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "메모", "properties": {"subject": {}}},
    ],
)
def test_a_schema_is_the_type(schema: dict[str, Any], run: Run, file: Callable[..., str]) -> None:
    path = file("memo.json", b"\xef\xbb\xbf" + json.dumps(schema).encode())
    (line,) = lines(run(file("가.txt"), "--schema", path).stdout)
    assert line["document_type"] == "메모"
    assert list(line["metadata"]) == ["subject"]


def test_a_schema_may_be_short(run: Run, file: Callable[..., str]) -> None:
    (line,) = lines(run(file("가.txt"), "--schema", file("memo.json", '{"subject": "string"}')).stdout)
    assert (line["document_type"], list(line["metadata"])) == ("memo", ["subject"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "FILE"),
        (["가.txt", "--type", "없는 종류"], "계약서"),
        (["가.txt", "--model", "nosuch"], "builtin"),
        (["가.txt", "--schema", "missing.json"], "missing.json"),
        (["가.txt", "--schema", "broken.json"], "broken.json"),
        (["가.txt", "--schema", "binary.json"], "binary.json"),
        (["가.txt", "--schema", "wrong.json"], "wrong"),
        (["가.txt", "--schema", "good.json", "--type", "contract"], "--schema"),
        (["가.txt", "--out", "no/such/folder.jsonl"], "folder.jsonl"),
        (["가.txt", "--out", "가.txt"], "overwritten"),
        (["가.txt", "--nonsense"], "nonsense"),
        (["가.txt", "--strategy", "both"], "hybrid"),
        (["가.txt", "--strategy", "local", "--model", "builtin"], "--strategy"),
        (["가.txt", "--model", "builtin", "--model", "cloud_gpt4o"], "OPENAI_API_KEY"),
    ],
)
def test_bad_usage_says_what_and_writes_nothing(
    arguments: list[str], said: str, run: Run, file: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    file("가.txt")
    file("broken.json", '{"properties": ')
    file("binary.json", b"\xff\xfe\x00")
    file("wrong.json", '{"properties": {"a": {"type": "nonsense"}}}')
    file("good.json", '{"a": "string"}')
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
    assert Path("가.txt").read_text(encoding="utf-8") == CONTRACT


def test_results_go_to_a_file(run: Run, file: Callable[..., str], tmp_path: Path) -> None:
    result = run(file("가.txt"), "missing.pdf", "--out", "out.jsonl")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert [line["file"] for line in lines((tmp_path / "out.jsonl").read_text("utf-8"))] == ["가.txt", "missing.pdf"]


def test_a_crash_leaves_what_is_done(
    run: Run, file: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = reading.Reader.__call__
    on_disk: list[str] = []

    def crash(reader: reading.Reader, task: Task) -> Any:
        if task.file.name == "나.txt":
            on_disk.append((tmp_path / "out.jsonl").read_text("utf-8"))
            raise KeyboardInterrupt
        return one(reader, task)

    monkeypatch.setattr(reading.Reader, "__call__", crash)
    run(file("가.txt"), file("나.txt"), "--out", "out.jsonl")
    assert [line["file"] for line in lines(on_disk[0])] == ["가.txt"], "a killed process writes nothing more"
    assert (tmp_path / "out.jsonl").read_text("utf-8") == on_disk[0]


def test_odd_text_and_names_do_not_stop_it(run: Run, file: Callable[..., str], tmp_path: Path) -> None:
    odd = os.fsdecode(b"\xff.txt")
    (tmp_path / odd).write_text(CONTRACT)
    text = file("줄.txt", "첫\u2028줄 \u0085끝\n둘째")
    result = run(odd, text, "--type", "other")
    assert result.exit_code == 0, result.output
    found = lines(result.stdout_bytes.decode())
    assert [line["file"] for line in found] == [odd, text]


def test_types_and_models_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractor.settings.cloud.today", lambda: date(2026, 11, 27))  # Models come and go.
    listed = CliRunner().invoke(cli.main, ["types"]).stdout.splitlines()
    assert "contract\t계약서\tContract" in listed
    models = {
        line.split("\t")[0]: line.split("\t") for line in CliRunner().invoke(cli.main, ["models"]).stdout.splitlines()
    }
    assert {"builtin", "local_qwen3_4b", "cloud_gpt4o_mini", "hybrid"} <= set(models)
    assert models["builtin"][4:] == ["free", "available"]
    assert models["cloud_gpt4o_mini"][3:5] == ["gpt-4o-mini", "0.15/0.6"]


def test_it_is_a_command_that_extracts_a_real_document(tmp_path: Path) -> None:
    """The module, the readers and the built-in extractor together, in a process of its own."""
    sample = ROOT / "samples" / "contract_articles_01.pdf"
    gold = (json.loads(line) for line in (ROOT / "samples" / "gold.jsonl").read_text("utf-8").splitlines())
    wanted = next(line["metadata"] for line in gold if line["file"] == sample.name)
    command = [sys.executable, "-m", "extractor", "extract", str(sample)]
    result = subprocess.run(command, capture_output=True, cwd=ROOT, timeout=120)
    assert result.returncode == 0, result.stderr.decode()
    (line,) = lines(result.stdout.decode())
    assert line["document_type"] == "계약서"
    right = [path for path, value in wanted.items() if value is not None and line["metadata"].get(path) == value]
    assert len(right) >= len(wanted) / 3, line["metadata"]
    assert any(found[0]["boxes"] for found in line["evidence"].values())


def test_a_run_says_how_many_fell_back_and_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from .openai_server import FakeOpenAI

    files = [tmp_path / f"{number}.txt" for number in range(3)]
    for file in files:
        file.write_text(f"계약서\n저작물명: 봄날의 기록 {file.stem}\n", encoding="utf-8")
    with FakeOpenAI() as server:
        path = tmp_path / "cloud.yaml"
        text = 'providers:\n  fake: {{title: Maru AI, base_url: "{}"}}\n'
        text += "models:\n  tiny: {{provider: fake, model_id: tiny}}\n"
        path.write_text(
            "cloud: {retry_attempts: 0, strategy: cloud}\n" + text.format(server.base_url), encoding="utf-8"
        )
        monkeypatch.setenv("RIGHTSDESK_CLOUD_CONFIG", str(path))
        server.fail("empty")
        result = CliRunner().invoke(cli.main, ["extract", *map(str, files), "--type", "contract", "--model", "hybrid"])
    assert result.exit_code == 0, result.output
    assert "3 of 3 have the local result, no cloud model's: Tiny" in result.stderr.replace("tiny of", "Tiny of")
