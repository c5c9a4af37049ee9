"""What models really write, over a socket: the answer is found, a draft never is, and one bad value costs itself."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from extractor.core.document_types import as_document_type, load_document_types
from extractor.core.errors import AnswerError
from extractor.core.extractions import Usage
from extractor.extractors.responses import parse, parse_answer
from extractor.normalize.null_words import is_nothing
from extractor.reading.text import document_from_text

from .linear.measure import growth
from .openai_server import FakeOpenAI, openai_server
from .provider_bodies import DRAFT, GOOD, SCHEMA, TEXT, completion, desk, draft, good, read

__all__ = ["openai_server"]

CONTRACT = load_document_types()["contract"]
SHORT = as_document_type(SCHEMA, "계약서")
G, D = good(), draft()
FENCED = f"```json\n{D}\n```"
CALL = {"id": "c1", "type": "function", "function": {"name": "json_tool_call", "arguments": G}}

THOUGHTS = {
    "only the closing tag, draft in a fence": f"Let me draft:\n{FENCED}\nWait, that is the wrong date.\n</think>\n\n{G}",
    "only the closing tag, draft without": f'the user wants JSON like {{"work_title": ...}}.\nA first try: {D}\n</think>\n\n{G}',
    "a sketch with an ellipsis": f"I need {{work_title, signature_date, ...}}.\n</think>\n{G}",
    "a sketch that never ends": f'I begin with {{"work_title": "\n</think>\n{G}',
    "two fences": f"First:\n{FENCED}\nCorrected final answer:\n```json\n{G}\n```",
    "a fence of another kind": f"~~~\n{D}\n~~~\nso\n```javascript\n{G}\n```",
    "two thoughts": f"<think>\n</think>\n<think>Maybe {D}?</think>\n{G}",
    "prose before the thought": f"\n\n<|im_start|><think>Maybe {D}?</think>\n{G}",
    "a tag in a value of the draft": f'<think>{{"work_title": "</think>"}} no</think>{G}',
    "harmony": f"<|channel|>analysis<|message|>Maybe {D}? No.<|end|><|start|>assistant<|channel|>final<|message|>{G}",
    "harmony, constrained": f"<|channel|>analysis<|message|>{D}<|end|><|start|>assistant<|channel|>final <|constrain|>json<|message|>{G}",
    "gemma": f"<|channel>thought\n{D}\n<channel|>{G}",
    "answer tags": f"<think>{D}</think>\n<answer>{G}</answer>",
    **{
        f"tags {a}": f"{a}\nMaybe {D}? No.\n{z}\n{G}"
        for a, z in (
            ("<thought>", "</thought>"), ("[THINK]", "[/THINK]"), ("<seed:think>", "</seed:think>"),
            ("<thinking>", "</thinking>"), ("◁think▷", "◁/think▷"), ("<reasoning>", "</reasoning>"),
            ("<Reflection>", "</Reflection>"), ("<|START_THINKING|>", "<|END_THINKING|>"),
            ("<|begin_of_thought|>", "<|end_of_thought|>"), ("<thinking>", "</thinking>"),
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("text", THOUGHTS.values(), ids=THOUGHTS.keys())
def test_a_draft_is_never_the_answer(text: str, tmp_path: Path, openai_server: FakeOpenAI) -> None:
    openai_server.script = lambda _body, _number: completion(text)
    result = read(desk(tmp_path, openai_server))
    assert (result.error, result.metadata) == (None, GOOD)


CUT = {
    "never closed": f"<think>Let me see {D}",
    "closed once, opened again": f"<think>a</think><think>Maybe {D}",
    "magistral": f"[THINK]Maybe {D}",
    "harmony without a final": f"<|channel|>analysis<|message|>Maybe {D}? No.",
    "kimi": f"◁think▷ {FENCED}",
    "the answer is cut off, the draft is whole": f"Draft:\n{FENCED}\nFinal:\n```json\n" + G[:-20],
    "the answer is cut off after its first brace": f"{D}\nFinal: {{",
    "a list in the answer stays open": G[:-1] + ', "x": ["a", "b"}',
    "the wrapper is cut off": f'{{"metadata": {G}',
}


@pytest.mark.parametrize("text", CUT.values(), ids=CUT.keys())
def test_a_thought_or_an_answer_that_was_cut_off_is_an_error_and_paid(
    text: str, tmp_path: Path, openai_server: FakeOpenAI
) -> None:
    openai_server.script = lambda _body, _number: completion(text)
    result = read(desk(tmp_path, openai_server))
    assert result.error and "cut off" in result.error and result.fields == {}
    assert result.usage == Usage(400, 60) and result.cost_usd == pytest.approx(0.00052)


@pytest.mark.parametrize("text", [f"<think>{D}</think>", f"{D}</think>", f"[THINK]{D}[/THINK]\n"])
def test_a_thought_without_an_answer_is_none(text: str) -> None:
    with pytest.raises(AnswerError, match="empty answer"):
        parse(text, SHORT)


def test_it_thought_until_the_limit(tmp_path: Path, openai_server: FakeOpenAI) -> None:
    openai_server.script = lambda _body, _number: completion(None, "length", reasoning_content=f"Hm {D}")
    assert "thought until the limit of 512 tokens" in str(read(desk(tmp_path, openai_server)).error)


PLACES: dict[str, tuple[Any, ...]] = {
    "reasoning_content": (None, {"reasoning_content": G}),
    "reasoning": ("", {"reasoning": G}),
    "reasoning in a fence": ("", {"reasoning": f"```json\n{G}\n```"}),
    "parts": ([{"type": "thinking", "thinking": [{"type": "text", "text": D}]}, {"type": "text", "text": G}], {}),
    "parts in pieces": ([{"type": "text", "text": G[:20]}, {"type": "text", "text": G[20:]}], {}),
    "reasoning part": ([{"type": "reasoning", "summary": [{"type": "summary_text", "text": D}]}, {"type": "text", "text": G}], {}),
    "one part": ({"type": "text", "text": G}, {}),
    "the object itself": (GOOD, {}),
    "a tool call": (None, {"tool_calls": [CALL]}),
    "a tool call with an object": (None, {"tool_calls": [{**CALL, "function": {"name": "x", "arguments": GOOD}}]}),
    "a tool call beside prose": ("I call the tool.", {"tool_calls": [CALL]}),
    "a tool call behind a thought": (f"<think>{D}</think>", {"tool_calls": [CALL]}),
    "a function call": (None, {"function_call": {"name": "x", "arguments": G}}),
    "hermes": (f'<tool_call>\n{{"name": "metadata", "arguments": {G}}}\n</tool_call>', {}),
    "arguments in a string": (json.dumps({"name": "metadata", "arguments": G}), {}),
    "tool_calls in the text": (json.dumps({"tool_calls": [{"function": {"name": "x", "arguments": G}}]}), {}),
    "the schema's name": (json.dumps({"metadata": GOOD}), {}),
    "an array": (json.dumps([GOOD]), {}),
    "an array of the fields one by one": (json.dumps([{name: value} for name, value in GOOD.items()]), {}),
    "the schema echoed": (json.dumps({"type": "object", "title": "계약서", "properties": GOOD}), {}),
    "a JSON string": (json.dumps(G), {}),
    "a JSON string with a fence": (json.dumps(f"```json\n{G}\n```"), {}),
    "twice": (G + "\n" + G, {}),
    "values with their confidence": (json.dumps({k: {"value": v, "confidence": 0.9} for k, v in GOOD.items()}), {}),
    "a brace in the prose": (f"The form has a {{ in it.\n{G}", {}),
    "a BOM": ("\ufeff" + G, {}),
    "a tail": (G + "<|im_end|>", {}),
    "a raw line end": (G.replace("봄날의 바다", "봄날의\n바다"), {}),
}  # fmt: skip


@pytest.mark.parametrize(("content", "message"), PLACES.values(), ids=PLACES.keys())
def test_an_answer_is_found_where_servers_put_it(
    content: Any, message: dict[str, Any], tmp_path: Path, openai_server: FakeOpenAI
) -> None:
    finish = "tool_calls" if "tool_calls" in message else "stop"
    openai_server.script = lambda _body, _number: completion(content, finish, **message)
    result = read(desk(tmp_path, openai_server))
    assert result.error is None
    assert {**result.metadata, "work_title": " ".join(result.metadata["work_title"].split())} == GOOD


def test_a_draft_in_the_thoughts_alone_is_no_answer(tmp_path: Path, openai_server: FakeOpenAI) -> None:
    openai_server.script = lambda _body, _number: completion("", reasoning_content=f"First {D}. No, wait.")
    assert "empty answer" in str(read(desk(tmp_path, openai_server)).error)


def test_records_that_contradict_each_other_are_not_chosen_from() -> None:
    with pytest.raises(AnswerError, match="none of the fields"):
        parse(json.dumps([GOOD, DRAFT]), SHORT)


def test_a_stream_that_nobody_asked_for(tmp_path: Path, openai_server: FakeOpenAI) -> None:
    pieces = [{"role": "assistant"}, {"content": G[:30]}, {"content": G[30:]}]
    chunks: list[dict[str, Any]] = [
        {"id": "x", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": d}]} for d in pieces
    ]
    chunks.append(
        {"id": "x", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "usage": USAGE_OF_STREAM}
    )
    raw = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks)
    kind = {"Content-Type": "text/event-stream"}
    openai_server.script = lambda _body, _number: (200, (raw + "data: [DONE]\n\n").encode(), kind)
    result = read(desk(tmp_path, openai_server))
    assert (result.metadata, result.usage) == (GOOD, Usage(400, 60))
    openai_server.script = lambda _body, _number: (200, raw.encode()[: len(raw) // 2], kind)
    assert "cut off" in str(read(desk(tmp_path, openai_server)).error)


USAGE_OF_STREAM = {"prompt_tokens": 400, "completion_tokens": 60}


@pytest.mark.parametrize("finish", ["error", "abort", "insufficient_system_resource"])
def test_an_answer_that_the_server_broke_off_is_none(finish: str, tmp_path: Path, openai_server: FakeOpenAI) -> None:
    openai_server.script = lambda _body, _number: completion(G, finish)
    result = read(desk(tmp_path, openai_server))
    assert result.error and "broke off" in result.error and finish in result.error
    assert result.usage == Usage(400, 60)


WORDS = (
    "N/A", "null", "없음", "해당 없음", "-", "unknown", "Not specified", "미기재", "None", "정보 없음", "n/a", "(없음)", "—",
    "문서에 명시되어 있지 않음", "not mentioned in the document", "기재되어 있지 않음", "記載なし", "无", "keine Angabe",
    "The information is not available", "NA", "…", "해당사항 없음.",
)  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
def test_a_word_for_nothing_is_null(word: str, tmp_path: Path, openai_server: FakeOpenAI) -> None:
    answer = json.dumps({**GOOD, "payment_amount": word, "signature_date": word}, ensure_ascii=False)
    openai_server.script = lambda _body, _number: completion(answer)
    result = read(desk(tmp_path, openai_server))
    assert result.error is None
    assert result.metadata == {"work_title": GOOD["work_title"], "signature_date": None, "payment_amount": None}


@pytest.mark.parametrize(
    "word", ["Na", "없음의 미학", "None of us", "나", "무제", "추가 조건 없음", "0", "Unknown Pleasures"]
)
def test_a_word_that_is_more_than_nothing_stays(word: str) -> None:
    assert not is_nothing(word)


def test_a_work_may_be_called_nothing_where_the_document_says_so() -> None:
    """The rule: a title that the document prints right behind one of its labels, and the choices of a schema."""
    schema = {
        "properties": {
            "work_title": {"type": "string", "title": "저작물명"},
            "special": {"type": "string", "title": "특약 사항"},
            "kind": {"type": "string", "enum": ["없음", "있음"]},
        }
    }
    kind = as_document_type(schema, "계약서")
    answer = json.dumps({"work_title": "없음", "special": "없음", "kind": "없음"}, ensure_ascii=False)
    printed = document_from_text("저작물명: 「없음」\n특약 사항: 없음")
    assert parse_answer(answer, kind, document=printed).metadata == {
        "work_title": "없음",
        "special": None,
        "kind": "없음",
    }
    elsewhere = document_from_text("저작물명:\n대리인: 없음")
    assert parse_answer(answer, kind, document=elsewhere).metadata["work_title"] is None


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        # extractor/…/answers.jsonl of the faults that were sent in, word for word.
        ({"work_title": "```달빛``` 정원", "rights_holder": "홍서연"}, {"rights_holder": "홍서연"}),
        (
            {"work_title": "달빛 정원", "rights_holder": "N/A", "licensee": "없음", "governing_court": "정보 없음",
             "special_terms": ["해당 없음"]},
            {"work_title": "달빛 정원", "rights_holder": None, "licensee": None, "governing_court": None,
             "special_terms": None},
        ),
        (
            {"work_title": "달빛 정원", "rights_holder": "홍서연", "granted_rights": ["복제권", "방송권"]},
            {"work_title": "달빛 정원", "rights_holder": "홍서연", "granted_rights": ["복제권"]},
        ),
        ({"work_title": "달빛 정원", "payment_amount": 10**400}, {"work_title": "달빛 정원", "payment_amount": None}),
        ({"work_title": "달빛 정원", "payment_amount": "9" * 400}, {"work_title": "달빛 정원", "payment_amount": None}),
        ({"work_title": "달빛 정원", "payment_amount": float("inf")}, {"payment_amount": None}),
        ({"work_title": "달빛 정원", "payment_amount": "약간"}, {"work_title": "달빛 정원", "payment_amount": None}),
        ({"work_title": "달빛 정원", "payment_amount": True}, {"work_title": "달빛 정원", "payment_amount": None}),
        ({"work_title": "달빛 정원", "rights_holder": ["홍서연", "홍길순"]}, {"work_title": "달빛 정원", "rights_holder": None}),
        ({"work_title": {"ko": "달빛"}, "rights_holder": "홍서연"}, {"work_title": None, "rights_holder": "홍서연"}),
        ({"work_title": "</think>", "rights_holder": "<think>"}, {"work_title": "</think>", "rights_holder": "<think>"}),
    ],
)  # fmt: skip
def test_one_unusable_value_costs_that_value(answer: Any, expected: Any) -> None:
    read = parse(json.dumps(answer, ensure_ascii=False), CONTRACT)
    assert {name: read[name] for name in expected} == expected


def test_a_number_too_long_for_python_costs_that_value() -> None:
    text = '{"work_title": "달빛 정원", "payment_amount": ' + "1" + "0" * 5000 + "}"
    assert parse(text, CONTRACT)["work_title"] == "달빛 정원"


def test_what_the_schema_does_not_take_is_a_suggestion_with_its_place(
    tmp_path: Path, openai_server: FakeOpenAI
) -> None:
    answer = json.dumps({**GOOD, "payment_amount": "권리자와 협의"}, ensure_ascii=False)
    openai_server.script = lambda _body, _number: completion(answer)
    result = read(desk(tmp_path, openai_server), TEXT + "단가: 권리자와 협의\n")
    value = result.fields["payment_amount"]
    assert (value.value, value.suggestion, result.metadata["work_title"]) == (None, "권리자와 협의", "봄날의 바다")


def test_a_bad_item_of_a_list_of_objects_costs_that_item() -> None:
    kind = as_document_type(
        {
            "properties": {
                "people": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}}
            }
        }
    )
    assert parse('{"people": [1, {"name": "김가람"}, {"name": "N/A"}]}', kind) == {"people": [{"name": "김가람"}]}


@given(st.text() | st.text(alphabet='{}[]":,\\ \n<>/think|`a1'))
@example(G)
@example(f"x{G}<think>")
def test_any_text_is_an_answer_or_an_answer_error(text: str) -> None:
    with contextlib.suppress(AnswerError):
        assert set(parse(text, SHORT)) <= {field.name for field in SHORT.fields}


LONG: dict[str, Callable[[int], str]] = {
    "open braces": lambda n: "{" * n,
    "braces": lambda n: "{" * n + "}" * n,
    "quotes": lambda n: '{"' + '"' * n,
    "escapes": lambda n: '{ "' + '\\"' * n + "{" * n,
    "thoughts": lambda n: "<think>{}</think>" * n,
    "openings": lambda n: "<think>" * n,
    "objects": lambda n: '{"x": 1} ' * n,
    "broken objects": lambda n: '{"work_title": 1,} ' * n + "x",
    "white space": lambda n: "{" + " " * n + "x",
    "torn": lambda n: "{[}" * n,
    "fences": lambda n: "```\n" * n,
    "angles": lambda n: "<|" * n,
    "list": lambda n: json.dumps([{"work_title": "x"}] * n),
    "wrong quotes": lambda n: '{"a": "b" c" d" ' * n + "}",
    "drafts": lambda n: 'Draft: {"a b ' * n,
    "items": lambda n: json.dumps({"work_title": "x", "payment_amount": "9" * n}),
    "negations": lambda n: json.dumps({"work_title": "문서에" * n}),
}


@pytest.mark.parametrize("make", LONG.values(), ids=LONG.keys())
def test_twice_the_text_takes_twice_the_time(make: Callable[[int], str]) -> None:
    def read(text: str) -> None:
        with contextlib.suppress(AnswerError):
            parse(text, SHORT)

    read(make(100))
    found = growth(read, make, floor=0.01, start=4000, cap=500_000)
    assert found.is_linear, str(found)
