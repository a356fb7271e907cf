"""What analysis may know of values that it may not read (标记).

Of an id number, a phone, an account or free text about a person: whether there is any, and a keyed
digest by which equal ones are found; of what has a known form also whether it can be one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Literal, get_args

from bangfu.core.kinds import FactKind, Field
from bangfu.core.text import Text

IdentifierForm = Literal["id_number", "phone", "account", "disability_card"]
FORMS: tuple[IdentifierForm, ...] = get_args(IdentifierForm)
Sort = Literal["given", "length", "valid", "digest"]
_TITLES: Mapping[Sort, Text] = {
    "given": Text("{}已填", "{} is given"),
    "length": Text("{}位数", "length of {}"),
    "valid": Text("{}合规则", "{} is well formed"),
    "digest": Text("{}的摘要", "digest of {}"),
}
_TYPES: Mapping[Sort, Literal["boolean", "integer", "text"]] = {
    "given": "boolean", "length": "integer", "valid": "boolean", "digest": "text",
}  # fmt: skip
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_PHONE = re.compile(r"1[3-9]\d{9}")
_ACCOUNT = re.compile(r"\d{12,21}")
_ID_NUMBER = re.compile(r"\d{17}[0-9X]")
_CARD = re.compile(r"(\d{17}[0-9X])[1-7][1-4](B\d)?")


def marks(kind: FactKind) -> Iterator[tuple[Field, Field, Sort]]:
    """The marks of a kind: each as a personal field, the field that it is of, and its sort."""
    for field in kind.fields:
        if not field.personal or field.party != "subject":
            continue
        if field.identifier or field.type == "text":
            yield mark(field, "given"), field, "given"
            yield mark(field, "digest"), field, "digest"
        if field.form:
            yield mark(field, "length"), field, "length"
            yield mark(field, "valid"), field, "valid"


def mark(field: Field, sort: Sort) -> Field:
    """A mark as a field: FIELD_given, FIELD_length, FIELD_valid or FIELD_digest."""
    title = _TITLES[sort]
    words = Text(title.zh.format(field.title.zh), title.en.format(field.title.en))
    return Field(f"{field.id}_{sort}", words, _TYPES[sort], personal=True)


def well_formed(form: str, text: str) -> bool:
    """Whether a text can be what `form` says: length, characters and check digit."""
    return _FORMS[form](text.strip().upper())


def form_words(form: str) -> Text:
    """How what `form` says has to look, in words."""
    return _FORM_WORDS[form]


def _id_number(text: str) -> bool:
    if not _ID_NUMBER.fullmatch(text):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False))
    return _CHECKS[total % 11] == text[17]


def _disability_card(text: str) -> bool:
    found = _CARD.fullmatch(text)
    return found is not None and _id_number(found.group(1))


_FORM_WORDS: Mapping[str, Text] = {
    "id_number": Text(
        "应为 18 位，末位与前 17 位相符", "takes 18 characters, the last in keeping with the others"
    ),
    "phone": Text("应为 11 位手机号", "takes the 11 digits of a mobile phone"),
    "account": Text("应为 12 至 21 位数字", "takes 12 to 21 digits"),
    "disability_card": Text(
        "应为 20 位：身份证号、残疾类别、残疾等级",
        "takes 20 characters: id number, kind and grade of the disability",
    ),
}
_FORMS: Mapping[str, Callable[[str], bool]] = {
    "id_number": _id_number,
    "phone": lambda text: _PHONE.fullmatch(text) is not None,
    "account": lambda text: _ACCOUNT.fullmatch(text) is not None,
    "disability_card": _disability_card,
}
