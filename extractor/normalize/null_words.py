"""Words for "there is nothing": what models and people write where a value should be, in the languages of papers.

A word counts only when it is the whole of a text. Whether it is nothing or a value (a choice called “없음”, a work
called “무제”) is for the caller, who knows the field.
"""

from __future__ import annotations

import re
import unicodedata

from extractor.core.document_types import Field
from extractor.normalize.text import match_key

MAX_LENGTH = 80
"""No longer text is looked at."""
_NEAR = 12
"""So many characters may stand between a label and its value."""

_WORDS = {
    "en": (
        "n/a", "n.a", "n/d", "none", "null", "nil", "nan", "nothing", "unknown", "unspecified", "undefined", "undisclosed",
        "unavailable", "missing", "blank", "empty", "not specified", "no information", "no data", "no value", "no answer",
    ),
    "ko": (
        "없음", "없다", "없습니다", "해당없음", "해당사항없음", "해당무", "미기재", "미기입", "미입력", "미상", "미확인", "미제공",
        "불명", "불명확", "알수없음", "알수없다", "모름", "공란", "빈칸", "공백", "무기재",
    ),
    "ja": ("なし", "無し", "該当なし", "不明", "記載なし", "情報なし", "未記載", "特になし"),
    "zh": ("无", "無", "没有", "不适用", "未知", "未提供", "未注明", "未说明", "未填写", "暂无"),
    "de": ("keine", "keine angabe", "k.a", "nicht angegeben", "unbekannt", "entfällt"),
    "fr": ("néant", "aucun", "aucune", "non spécifié", "non précisé", "non indiqué", "sans objet", "inconnu"),
    "es": ("ninguno", "ninguna", "no aplica", "no especificado", "no indicado", "desconocido"),
}  # fmt: skip
NOTHING = frozenset(re.sub(r"\s", "", word) for words in _WORDS.values() for word in words)

_FRAME = " \t\n.,;:!'\"“”‘’()[]{}<>「」『』《》〈〉*_`-–—―ー~…·•?/\\|"
_ENGLISH = re.compile(
    r"(?:(?:the|this|that|it|is|was|are|field|value|information|data|date|name|amount) )*"
    r"(?:not|never) (?:(?:explicitly|clearly|directly|yet|been) )*"
    r"(?:specified|stated|mentioned|provided|available|applicable|given|found|present|listed|indicated|disclosed|included"
    r"|known|determined|filled(?: in)?|shown|written)"
    r"(?: (?:in|on|by) (?:the|this) (?:\w+ )?(?:document|text|contract|form|agreement|page))?"
)
_KOREAN = re.compile(
    r"(?:(?:문서|본문|계약서|서류|원문|해당|관련|정보|사항|내용|자료|데이터|값|기재|기입|명시|언급|제공|표시|확인|별도|따로|안|에|의|은|는|이|가|되어|된|할수|알수))+"
    r"(?:없음|없다|없습니다|없어요|됨|않음|있지않음|되지않음|있지않습니다|않습니다|되지않았습니다|있지않다|불가|불가능)"
)


def is_nothing(text: str) -> bool:
    """Whether the whole of `text` says that there is no value: `N/A`, `없음`, `-`, `not specified in the document`."""
    if len(text) > MAX_LENGTH:
        return False
    plain = " ".join(unicodedata.normalize("NFKC", text).split()).strip(_FRAME)
    if not plain or plain == "NA":  # A person may be called Na.
        return True
    folded = plain.casefold()
    tight = folded.replace(" ", "")
    return tight in NOTHING or bool(_ENGLISH.fullmatch(folded) or _KOREAN.fullmatch(tight))


def printed_as_value(field: Field, word: str, text: str) -> bool:
    """Whether `text` prints `word` right behind a label of a title: then it may be what the work is called.

    Of other fields (특약 사항: 없음) such a word says that there is nothing, though it is printed.
    """
    from extractor.normalize import shape_of

    if field.kind != "string" or shape_of(field) != "title":
        return False
    for label in field.labels:
        at = text.find(label)
        while at >= 0:
            behind = text[at + len(label) : at + len(label) + _NEAR + len(word)].partition("\n")[0]
            if match_key(behind) == match_key(word) != "" or (match_key(word) == "" and word.strip() in behind):
                return True
            at = text.find(label, at + len(label))
    return False
