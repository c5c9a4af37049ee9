"""The type of a document is proposed from its title and text, for the five types and a person's own."""

import json
from pathlib import Path

import pytest

from extractor import load_document_types
from extractor.classification.document_type import propose_type
from extractor.reading.text import document_from_text

TYPES = load_document_types()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("저작물 이용허락 계약서\n제1조 (목적) …\n갑과 을은 계약을 체결한다.", "contract"),
        ("출판권 설정 계약서\n", "contract"),
        ("LICENSE AGREEMENT\nThis Agreement is made between A (“Licensor”) and B (“Licensee”).", "contract"),
        ("개인정보 수집·이용 동의서\n○ 수집 항목 : 성명\n동의함 □", "consent"),
        ("저작인접권의 저작재산권 양도 및 초상 이용 동의서\n양도인 성명 :\n양수인 기관명 :", "transfer_consent"),
        ("저작재산권 양도동의서\n", "transfer_consent"),
        ("공공누리 적용을 위한 저작물 이용허락 동의서\n공공누리 유형 □ 제1유형", "public_works_consent"),
        ("영 수 증\n금액 : 일금 삼백만원정\n위 금액을 영수하였습니다.", "other"),
        ("가람기록원\n수신 나루재단\n제목 자료 제출 요청\n1. 귀 기관의 발전을 기원합니다.", "other"),
    ],
)
def test_the_type_is_proposed(text: str, key: str) -> None:
    proposed, confidence = propose_type(document_from_text(text), TYPES)
    assert proposed == key
    assert 0 < confidence < 1


def test_a_type_of_ones_own_is_recognised(tmp_path: Path) -> None:
    schema = {"title": "현장조사표", "type": "object", "properties": {"site": {"title": "조사 지점"}}}
    (tmp_path / "survey.json").write_text(json.dumps(schema), encoding="utf-8")
    types = {**TYPES, **load_document_types(tmp_path)}
    assert propose_type(document_from_text("현장조사표\n조사 지점 : 나루터"), types)[0] == "survey"


def test_nothing_to_go_by_falls_to_the_type_for_everything_else() -> None:
    key, confidence = propose_type(document_from_text("12345"), TYPES)
    assert (key, confidence < 0.8) == ("other", True)


def test_without_types_there_is_nothing_to_propose() -> None:
    with pytest.raises(ValueError, match="no document types"):
        propose_type(document_from_text("계약서"), {})
