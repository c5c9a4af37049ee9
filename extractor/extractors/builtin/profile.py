"""What a schema's field looks like on paper: its labels and their synonyms, whose it is, the shape of its value."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from functools import lru_cache

from extractor.core.document_types import DocumentType, Field
from extractor.extractors.builtin.lexicon import GROUPS_OF, LABELS, OTHER_LABELS, ROLE_OF, ROLES
from extractor.normalize import is_currency, match_key

SCHEMA_LABEL, TITLE_LABEL, SYNONYM, ROLE_SYNONYM = 1.0, 0.95, 0.85, 0.8
"""How much a match with a label says, by where the label comes from."""

_WORDS = {
    "text",
    "name",
    "title",
    "work",
    "category",
    "address",
    "reference",
    "term",
    "court",
    "list",
    "choices",
    "role",
}
OBJECT = 0.85
_NAMES_AN_OBJECT = re.compile(
    r".{0,6}(?:저작물|제작물|영상물?|녹음물|작품|선작|모작|품작|곡|음원|사진|그림|자료|원고|도서|책|그림책|프로그램|소프트웨어|악보|논문|보고서|콘텐츠|강의|강좌|공연|삽화|캐릭터|디자인|희곡|대본)(?:물|의)?(?:명칭?|제목|제호|이름)?"
)
"""영상물명, 당선작, 사진 제목: labels that name whatever the work happens to be."""
_NAME_GROUPS = {"person", "organisation", "representative"}


@dataclass(frozen=True, eq=False)
class Profile:
    """One leaf field. `labels` maps squashed labels to weights; `roles` are keys of `lexicon.ROLES`.

    `shape`: date, amount, number, boolean, choice, choices, list, or for strings phone, email, registration,
    address, name, title (of the document), work, category, term, court, law, currency,
    reference (a document's number), role, text.
    `groups` are the keys of `lexicon.LABELS` that its labels fall into.
    """

    field: Field
    labels: dict[str, float]
    groups: frozenset[str]
    roles: frozenset[str]
    shape: str
    scores: dict[str, float] = dataclasses.field(default_factory=dict)

    @property
    def path(self) -> str:
        return self.field.path

    @property
    def family(self) -> str:
        """Fields of one family compete for a label; a date and an amount may both stand behind one."""
        return "words" if self.shape in _WORDS else self.shape

    def score(self, key: str) -> float:
        """How well a printed label (squashed) names this field, 0 to 1."""
        # Threads share it: another one may empty it between any two lines.
        score = self.scores.get(key)
        if score is None:
            if len(self.scores) > 20_000:
                self.scores.clear()
            best = max((_similar(key, label) * weight for label, weight in self.labels.items()), default=0.0)
            if self.shape == "work" and best < OBJECT and _NAMES_AN_OBJECT.fullmatch(key):
                best = OBJECT
            score = self.scores[key] = best
        return score


def _similar(key: str, label: str) -> float:
    if key == label:
        return 1.0
    if not key or not label or min(len(key), len(label)) < 2:
        return 0.0
    if key.endswith(label):
        return 0.85 if len(label) >= 3 else 0.72
    if key.startswith(label):
        return 0.8 if len(label) >= 3 else 0.6
    if label.endswith(key):
        return 0.7 if len(key) * 2 >= len(label) else 0.55
    if label in key and len(label) >= 3:
        return 0.7
    return 0.75 * _dice(key, label) if len(key) >= 4 and len(label) >= 4 else 0.0


def _dice(word: str, other: str) -> float:
    """The share of letter pairs two words have in common; 0 below one half."""
    first, second = _pairs(word), _pairs(other)
    if 2 * min(len(first), len(second)) <= 0.5 * (len(first) + len(second)):
        return 0.0  # too different in length to share that much
    share = 2 * len(first & second) / (len(first) + len(second))
    return share if share > 0.5 else 0.0


@lru_cache(maxsize=8192)
def _pairs(word: str) -> frozenset[str]:
    return frozenset(word[i : i + 2] for i in range(len(word) - 1))


class TypeProfile:
    """A document type prepared for extraction. `known` holds every label that may be printed, squashed."""

    def __init__(self, document_type: DocumentType) -> None:
        self.document_type = document_type
        self.fields = [_profile(field) for field in document_type.fields if field.kind not in ("object", "objects")]
        self.nested = [field for field in document_type.fields if field.kind in ("object", "objects")]
        self.nested_fields = {field.path: [_profile(leaf) for leaf in field.fields] for field in self.nested}
        every = [*self.fields, *(leaf for leaves in self.nested_fields.values() for leaf in leaves)]
        self.known = frozenset(label for profile in every for label in profile.labels if len(label) > 1) | KNOWN


KNOWN = frozenset(
    word for words in (*LABELS.values(), *ROLES.values(), OTHER_LABELS) for word in words if len(word) > 1
)
"""Labels that forms print, known so that a value ends where the next label begins."""


_PREPARED: dict[tuple[str, str], TypeProfile] = {}


def type_profile(document_type: DocumentType) -> TypeProfile:
    """The prepared form of a document type, made once a version."""
    at = (document_type.key, document_type.version)
    # Threads share it: another one may empty it between any two lines.
    prepared = _PREPARED.get(at)
    if prepared is None:
        if len(_PREPARED) >= 64:
            _PREPARED.clear()
        prepared = _PREPARED[at] = TypeProfile(document_type)
    return prepared


def _profile(field: Field) -> Profile:
    titles = [match_key(field.title("ko")), match_key(field.title("en")), match_key(field.name)]
    labels = dict.fromkeys((title for title in titles if title), TITLE_LABEL)
    labels |= {match_key(label): SCHEMA_LABEL for label in field.schema.get("x-labels", ())}
    own = list(labels)
    for noun in re.findall(r"([가-힣]{2,6})의 (?:이름|제목|명칭)", field.description):
        for tail in ("명", "이름", "제목", "의제목", "의명칭"):
            labels.setdefault(noun + tail, SYNONYM)
    groups = {name for label in own for name in GROUPS_OF.get(label, ())}
    if "subject" in groups and groups & {"work"}:
        groups.discard("subject")
    roles = frozenset(role for label in own if (role := _role_in(label)))
    shape = _shape(field, groups, own, roles)
    for name in sorted(groups):
        for label in LABELS[name]:
            labels.setdefault(label, SYNONYM)
    if shape == "name":
        for role in roles:
            for label in ROLES[role]:
                labels.setdefault(label, ROLE_SYNONYM)
    return Profile(field, labels, frozenset(groups), roles, shape)


def _role_in(label: str) -> str | None:
    """양도인 → grantor; 양도인전화 → grantor; 성명 → None."""
    if label in ROLE_OF:
        return ROLE_OF[label]
    for word, role in ROLE_OF.items():
        if len(word) >= 3 and label.startswith(word):
            return role
    return None


_WORK_TITLE = re.compile(
    r"(?:저작물|작품|도서|자료|곡|사진|영상|원고|프로그램)의?(?:명|이름|제목|제호)$|^worktitle|^titleof"
)


def _shape(field: Field, groups: set[str], own: list[str], roles: frozenset[str]) -> str:
    kind = field.kind
    if kind in ("number", "integer"):
        return (
            "amount"
            if groups & {"amount"} or any(re.search("금액|대가|요금|가격|료$|fee|price|amount", w) for w in own)
            else "number"
        )
    if kind != "string":
        return kind
    if "law" in groups:
        return "law"
    if field.schema.get("format") == "email":
        return "email"
    if is_currency(field):
        return "currency"
    for shape in ("phone", "email", "registration", "address", "term", "court", "category"):
        if shape in groups:
            return shape
    if "number" in groups:
        return "reference"
    if (
        len(roles) > 1
        and not groups & _NAME_GROUPS
        and sum(label in ROLE_OF for label in own) >= 3
        and {"first", "second"} & roles
    ):
        return "role"
    if "work" in groups or any(_WORK_TITLE.search(label) for label in own):
        return "work"
    if "subject" in groups:
        return "title"
    if groups & _NAME_GROUPS or roles or groups & {"from", "to", "third_party"}:
        return "name"
    return "text"
