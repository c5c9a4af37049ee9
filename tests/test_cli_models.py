"""Several models, strategies, estimates and evaluation from the shell, against the local server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from extractor.cli import app as cli
from extractor.core.errors import ReadingError
from extractor.extractors.cloud import extractor as cloud
from extractor.quality.evaluation import load_gold
from extractor.store import Store

from .openai_server import FakeOpenAI, write_config

ROOT = Path(__file__).parents[1]
TEXT = "저작물 이용허락 계약서\n\n저작물명: 봄날의 기록\n권리자: 한가람\n계약일: 2026. 3. 2.\n"
KEY = "sk-maru-0123456789"


@pytest.fixture(autouse=True)
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOpenAI]:
    cloud._learned.clear()
    with FakeOpenAI() as server:
        monkeypatch.setenv("RIGHTSDESK_CLOUD_CONFIG", str(write_config(tmp_path, server)))
        monkeypatch.setenv("FAKE_API_KEY", KEY)
        monkeypatch.delenv("RIGHTSDESK_DATA", raising=False)
        monkeypatch.delenv("RIGHTSDESK_DATABASE_URL", raising=False)
        monkeypatch.chdir(tmp_path)
        Path("가.txt").write_text(TEXT, encoding="utf-8")
        yield server


def run(*arguments: str, status: int = 0) -> tuple[list[dict[str, Any]], str]:
    result = CliRunner().invoke(cli.main, arguments)
    assert result.exit_code == status, result.output
    assert KEY not in result.output
    return [json.loads(line) for line in result.stdout.splitlines()], result.stderr


def test_calls_are_made_side_by_side_and_lines_keep_the_order_of_the_files(server: FakeOpenAI) -> None:
    names = [f"{number}.txt" for number in range(8)]
    for name in names:
        Path(name).write_text(f"{TEXT}{name}", encoding="utf-8")
    server.latency = 0.4
    lines, said = run("extract", *names, "--model", "cloud_tiny")
    assert [line["file"] for line in lines] == names
    told = said.splitlines()
    assert [line.split("]")[0] for line in told[:-1]] == [f"[{number}/8" for number in range(1, 9)]
    assert told[-1] == f"${sum(line['cost_usd'] for line in lines):.6f} spent"
    times = sorted(call.at for call in server.log)
    assert times[3] - times[0] < 0.4  # Four were asked before the first answered.


def read_lines(path: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(path).read_bytes().splitlines()]


def test_a_killed_command_goes_on_where_it_was(tmp_path: Path, server: FakeOpenAI) -> None:
    """What is in the file is not asked for again; a call made again has its key again."""
    write_config(tmp_path, server, concurrent=2)
    names = [f"{number}.txt" for number in range(24)]
    for name in names:
        Path(name).write_text(f"{TEXT}{name}", encoding="utf-8")
    server.latency = 0.1
    command = [*(sys.executable, "-m", "extractor", "extract"), *names, "--model", "cloud_tiny", "--out", "out.jsonl"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=environment) as process:
        end = time.monotonic() + 600
        while not Path("out.jsonl").exists() or Path("out.jsonl").read_bytes().count(b"\n") < 5:
            assert time.monotonic() < end and process.poll() is None
            time.sleep(0.01)
        process.kill()
    time.sleep(0.3)  # What was on its way to the server is in its log now.
    with Path("out.jsonl").open("ab") as stream:
        stream.write(b'{"file": "cut of')
    kept, asked = Path("out.jsonl").read_bytes().count(b"\n"), len(server.log)
    assert 5 <= kept <= asked < 24

    arguments = ("extract", *names, "--model", "cloud_tiny", "--out", "out.jsonl", "--resume")
    _, said = run(*arguments)
    assert said.splitlines()[0] == f"{kept} results are there already."
    assert sorted(line["file"] for line in read_lines("out.jsonl")) == sorted(names)
    keys = [call.headers["idempotency-key"] for call in server.log]
    assert len(set(keys)) == 24 and len(keys) == 24 + asked - kept
    _, said = run(*arguments)
    assert len(server.log) == len(keys) and said == "24 results are there already.\n"


def test_what_failed_is_asked_for_again_and_its_cost_is_told(server: FakeOpenAI) -> None:
    server.fail("truncated", times=1)
    _, said = run("extract", "가.txt", "--model", "cloud_tiny", "--out", "out.jsonl", status=1)
    (failed,) = read_lines("out.jsonl")
    cost = f"${failed['cost_usd']:.6f}"
    assert failed["error"] and f"{cost} spent, {cost} of it on answers of no use" in said
    _, said = run("extract", "가.txt", "--model", "builtin", "--model", "cloud_tiny", "--out", "out.jsonl", "--resume")
    assert f"0 results are there already; 1 that failed ({cost} was spent on that) are asked for again." in said
    lines = read_lines("out.jsonl")
    assert [(line["model"], line["error"] is None) for line in lines] == [
        ("cloud_tiny", False), ("builtin", True), ("cloud_tiny", True),
    ]  # fmt: skip
    first, second = (call.headers["idempotency-key"] for call in server.log)
    assert first != second, "another answer is wanted"
    # Another type is another question.
    run("extract", "가.txt", "--type", "other", "--model", "builtin", "--out", "out.jsonl", "--resume")
    assert len(read_lines("out.jsonl")) == 4


def test_another_title_of_the_type_buys_nothing_again(
    server: FakeOpenAI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from extractor.core import document_types

    folder = tmp_path / "types"
    shutil.copytree(document_types.FOLDER, folder)
    monkeypatch.setattr(document_types, "FOLDER", folder)
    ask = ("extract", "가.txt", "--type", "contract", "--model", "cloud_tiny", "--out", "out.jsonl", "--resume")
    run(*ask)
    run(*("other" if word == "contract" else word for word in ask))
    assert len(server.log) == 2, "another type is another question"
    path = folder / "contract.json"
    schema = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(schema | {"title": "저작권 계약서", "x-title-en": "Copyright contract"}), "utf-8")
    run(*ask)
    assert len(server.log) == 2
    # Lines of older versions say the title alone.
    path.write_text(json.dumps(schema), "utf-8")
    lines = [{k: v for k, v in line.items() if not k.startswith("document_type_")} for line in read_lines("out.jsonl")]
    Path("out.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    run(*ask)
    assert len(server.log) == 2


def test_going_on_with_a_file_is_no_fresh_budget(server: FakeOpenAI, tmp_path: Path) -> None:
    """What its lines cost is gone, also on answers that were of no use."""
    names = [f"{number}.txt" for number in range(12)]
    for name in names:
        Path(name).write_text(f"{TEXT}{name}", encoding="utf-8")
    config = write_config(tmp_path, server, concurrent=1)
    config.write_text(config.read_text("utf-8") + "cost_optimization: {budget_limit: 0.0125}\n", "utf-8")
    paid = []
    for _ in range(3):
        run("extract", *names, "--model", "cloud_tiny", "--out", "out.jsonl", "--resume", status=1)
        paid.append(sum(line["cost_usd"] or 0.0 for line in read_lines("out.jsonl")))
    assert 0 < paid[0] == paid[1] == paid[2] <= 0.0125


def test_only_a_file_of_results_is_gone_on_with(server: FakeOpenAI) -> None:
    Path("notes.txt").write_text('{"a": 1}\n', encoding="utf-8")
    _, said = run("extract", "가.txt", "--out", "notes.txt", "--resume", status=2)
    assert "line 1" in said and Path("notes.txt").read_text("utf-8") == '{"a": 1}\n'
    _, said = run("extract", "가.txt", "--resume", status=2)
    assert "--out" in said


def test_several_models_give_a_line_each(server: FakeOpenAI) -> None:
    lines, said = run("extract", "가.txt", "없다.pdf", "--model", "builtin", "--model", "cloud_tiny", status=1)
    assert [(line["file"], line["model"]) for line in lines] == [
        ("가.txt", "builtin"), ("가.txt", "cloud_tiny"), ("없다.pdf", "builtin"), ("없다.pdf", "cloud_tiny"),
    ]  # fmt: skip
    (call,) = server.log
    assert lines[1]["usage"] == {"input_tokens": call.input_tokens, "output_tokens": call.output_tokens}
    assert lines[1]["cost_usd"] == pytest.approx((call.input_tokens * 0.001 + call.output_tokens * 0.002) / 1000)
    assert lines[1]["attempts"][0]["model"] == "cloud_tiny"
    assert lines[1]["attempts"][0]["error_code"] is None
    assert [line["cost_usd"] for line in lines[2:]] == [0.0, 0.0]
    assert "[1/2] 가.txt: cloud_tiny:" in said and "$0.00" in said


@pytest.mark.parametrize(("strategy", "asked"), [("local", []), ("cloud", ["cloud_tiny"]), ("hybrid", ["cloud_tiny"])])
def test_a_strategy_chooses_the_models(strategy: str, asked: list[str], server: FakeOpenAI) -> None:
    (line,), _ = run("extract", "가.txt", "--strategy", strategy)
    assert line["metadata"]["work_title"] == "봄날의 기록"
    assert len(server.log) == len(asked)
    assert [attempt["model"] for attempt in line["attempts"]] == ([] if strategy == "cloud" else ["builtin"]) + asked
    source = "cloud_tiny" if strategy == "cloud" else "builtin"
    assert line["sources"]["work_title"] == source


def test_the_shell_shares_the_month_with_the_app(tmp_path: Path, server: FakeOpenAI) -> None:
    store = Store.open(folder=tmp_path / "data")
    run("extract", "가.txt", "--model", "cloud_tiny")
    (call,) = server.answered
    assert store.spent_this_month() == pytest.approx((call.input_tokens * 0.001 + call.output_tokens * 0.002) / 1000)
    with Path("cloud_model_config.yaml").open("a", encoding="utf-8") as stream:
        stream.write("cost_optimization: {monthly_limit: 0.000001}\n")
    (line,), _ = run("extract", "가.txt", "--model", "cloud_tiny", "--again", status=1)
    assert "a month" in line["error"] and len(server.log) == 1
    (line,), said = run("extract", "가.txt", "--model", "cloud_tiny")
    assert line["metadata"]["work_title"] == "봄날의 기록" and line["cost_usd"] == 0.0 and "from the desk" in said
    assert len(server.log) == 1, "what was bought is not bought again"


def test_an_estimate_spends_nothing_and_is_about_right(server: FakeOpenAI) -> None:
    lines, said = run("estimate", "가.txt", "--model", "builtin", "--model", "cloud_tiny", "--model", "hybrid")
    assert server.log == []
    builtin, tiny, hybrid = lines
    assert (builtin["cost_usd"], builtin["input_tokens"]) == (0.0, 0)
    assert tiny["cost_usd"] == pytest.approx((tiny["input_tokens"] * 0.001 + tiny["output_tokens"] * 0.002) / 1000)
    assert hybrid["cost_usd"] == tiny["cost_usd"]
    assert [line["at_most"] for line in lines] == [False, False, True]
    assert said == f"at most about ${2 * tiny['cost_usd']:.4f} together\n"
    (line,), _ = run("extract", "가.txt", "--model", "cloud_tiny")
    assert 0.3 < tiny["cost_usd"] / line["cost_usd"] < 3
    lines, _ = run("estimate", "없다.txt", status=1)
    assert "없다.txt" in lines[0]["error"] and lines[0]["error_code"] == "file-not-openable"
    run("estimate", "가.txt", "--model", "nosuch", status=2)


def test_evaluation_counts_values(tmp_path: Path, server: FakeOpenAI) -> None:
    """Three values are right, one is missed; case, spaces and punctuation do not count."""
    gold = {
        "work_title": "「봄날의  기록」", "rights_holder": "한가람", "signature_date": "2026-03-02",
        "licensee": "도서출판 새벽", "governing_court": None,
    }  # fmt: skip
    line = {"file": "가.txt", "document_type": "contract", "metadata": gold}
    Path("gold.jsonl").write_text(json.dumps(line, ensure_ascii=False) + "\n", encoding="utf-8")
    (found,), said = run("evaluate", "gold.jsonl", "--model", "cloud_tiny")
    assert (found["model"], found["documents"], found["failed"]) == ("cloud_tiny", 1, 0)
    assert (found["right"], found["extra"], found["missed"]) == (3, 0, 1)
    assert found["f1"] == round(6 / 7, 4)
    assert found["types"] == {"contract": {"f1": found["f1"], "right": 3, "extra": 0, "missed": 1}}
    assert found["fields"]["licensee"]["missed"] == 1 and found["fields"]["work_title"]["f1"] == 1
    assert found["cost_usd"] > 0 and "micro F1 0.857" in said

    server.fail("500")
    (failed,), _ = run("evaluate", "gold.jsonl", "--model", "cloud_tiny")
    assert (failed["failed"], failed["right"], failed["missed"]) == (1, 0, 4)


def test_evaluation_compares_lists_of_objects_by_name() -> None:
    from extractor import load_document_types
    from extractor.core.extractions import Extraction, FieldValue
    from extractor.quality.evaluation import Evaluation, Gold

    found = Evaluation()
    fields = {
        "parties[0].name": FieldValue("한가람"),
        "parties[0].role": FieldValue("갑"),
        "parties[1].name": FieldValue("모르는 이"),
    }
    result = Extraction("a", "b", "계약서", fields)
    contract = load_document_types()["contract"]
    parties = [{"role": "을", "name": "한가람"}, {"role": "갑", "name": "도서출판 새벽"}]
    for metadata in ({"parties": parties}, {"parties.name": ["한가람", "도서출판 새벽"]}):
        found.add(Gold(Path("a"), "contract", metadata), result, contract)
    score = found.fields["parties.name"]
    assert (score.right, score.extra, score.missed) == (2, 2, 2)
    assert found.misses[0].extracted == ["한가람", "모르는 이"]


@pytest.mark.parametrize("line", ["{", "[]", '{"file": "a"}', '{"file": "a", "document_type": "b", "metadata": []}'])
def test_a_line_that_is_no_gold_is_named(line: str, tmp_path: Path) -> None:
    (tmp_path / "gold.jsonl").write_text("\n" + line, encoding="utf-8")
    with pytest.raises(ReadingError, match="line 2"):
        load_gold(tmp_path / "gold.jsonl")
    _, said = run("evaluate", "gold.jsonl", status=2)
    assert "line 2" in said


def test_the_samples_can_be_evaluated_in_a_process_of_its_own() -> None:
    command = [sys.executable, "-m", "extractor", "evaluate", str(ROOT / "samples" / "gold.jsonl")]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120, env=dict(os.environ))
    assert result.returncode == 0, result.stderr
    line = json.loads(result.stdout)
    assert line["documents"] == 35 and line["f1"] > 0.9
