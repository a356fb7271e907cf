"""Raw values from a form, a sheet or the API, read by a fact kind's fields.

One reader for every way in: it normalises what it can and says of the rest which field is
wrong, why, and what would be right.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from bangfu.core.facts import Value
from bangfu.core.rules import FactKind, Field
from bangfu.core.text import Refused, Text

MAX_TEXT = 4000
MAX_DIGITS = 15
MAX_NUMBER = Decimal(10) ** MAX_DIGITS
LARGEST = 10**MAX_DIGITS  # beside which a float that is no number may be held
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$")
_ISO = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 1, 1)
_DATE_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})$")
# Digits in groups of three, or none: "1,5" is not read as fifteen.
_GROUPED = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$")
# What neither a database nor a spreadsheet keeps: controls, half characters, non-characters.
_UNKEPT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_YES = {"true", "yes", "on", "1", "是", "有"}
_NO = {"false", "no", "off", "0", "否", "无"}


class BadValue(Refused):
    """One value does not fit its field; `place` is the field's id."""


class BadValues(Refused):
    """Several fields are wrong; `problems` holds one refusal for each."""

    def __init__(self, problems: list[BadValue]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            "bad_values",
            "；".join(p.text.zh for p in problems),
            "; ".join(p.text.en for p in problems),
            place=problems[0].place,
        )


class Canonical(dict[str, Value]):
    """Values of a kind in canonical form, none of them empty, each read by its own field.

    A sheet's cells are read column by column; `read_values` need not read them again, and only
    looks whether any is missing or unknown.
    """

    __slots__ = ("kind",)

    def __init__(self, kind: FactKind, values: Mapping[str, Value]) -> None:
        super().__init__(values)
        self.kind = kind


def read_values(kind: FactKind, raw: Mapping[str, object]) -> dict[str, Value]:
    """The values of `kind` in canonical form; empty optional ones are left out.

    Raises `BadValues` naming every field that is missing, unknown, of the wrong type, out of
    range or not among its options.
    """
    fields = kind.by_id
    if type(raw) is Canonical and raw.kind is kind and raw.keys() <= fields.keys():
        if kind.required <= raw.keys():
            return dict(raw)
        raise BadValues(_problems(kind, raw))
    values: dict[str, Value] = {}
    try:
        for name, given in raw.items():  # mostly few of a kind's fields
            if given is not None and (value := quick_value(fields[name], given)) not in (None, []):
                values[name] = value
    except (KeyError, BadValue):
        raise BadValues(_problems(kind, raw)) from None
    if not kind.required <= values.keys():
        raise BadValues(_problems(kind, raw))
    return values


def _problems(kind: FactKind, raw: Mapping[str, object]) -> list[BadValue]:
    """All that is wrong: what is unknown first, then field by field."""
    problems = [_unknown(kind, name) for name in raw if name not in kind.by_id]
    for field in kind.fields:
        try:
            value = read_value(field, raw.get(field.id))
        except BadValue as problem:
            problems.append(problem)
            continue
        if field.required and value in (None, []):
            problems.append(_bad(field, "missing", "没有填写", "is missing"))
    return problems


def quick_value(field: Field, raw: object) -> Value:
    """`read_value`, the shorter for what is plainly in canonical form, as most of a batch is."""
    if type(raw) is str:
        if field.type == "choice" and raw in field.options:
            return raw
        plain = 0 < len(raw) <= MAX_TEXT and raw.isprintable() and raw == raw.strip()
        if plain and field.type in ("text", "reference"):
            return raw
        if field.type == "date" and _ISO.match(raw):
            return _iso_day(field, raw)
    elif type(raw) is int or type(raw) is float:
        if (number := _plain_number(field, raw)) is not None:
            return number
    elif type(raw) is bool and field.type == "boolean":
        return raw
    return read_value(field, raw)


def _plain_number(field: Field, raw: int | float) -> Value:
    """A number as `_number` gives it, None where that takes a closer look.

    The shortest decimals that give a float back lie in the order of the floats, so that limits may
    be compared with it as it is.
    """
    low, high, places = field.minimum, field.maximum, field.places
    if (low is not None and raw < low) or (high is not None and raw > high):
        return None
    if field.type not in ("integer", "money", "number") or not -LARGEST < raw < LARGEST:
        return None
    if type(raw) is int:
        return f"{raw}.{'':0<{places}}" if places else raw
    whole, _, rest = repr(raw).partition(".")
    if raw == 0 or not rest.isdecimal() or len(rest) > places:
        return None
    return f"{whole}.{rest:0<{places}}"


@lru_cache(maxsize=4096)
def _known_day(text: str) -> bool:
    """Whether a text in the form of a day is one that `read_value` would give back as it is."""
    day = read_day(text)
    return day is not None and FIRST_DAY <= day <= LAST_DAY and day.isoformat() == text


def _iso_day(field: Field, raw: str) -> Value:
    return raw if _known_day(raw) else read_value(field, raw)


def read_value(field: Field, raw: object) -> Value:
    """One value in canonical form, None where `raw` is empty; raises `BadValue`."""
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    if field.type == "choices":
        return _choices(field, raw)
    if isinstance(raw, (list, tuple, dict, set)):
        raise _bad(field, "type", "应为单个值", "takes a single value")
    if field.type == "boolean":
        return _boolean(field, raw)
    if field.type in ("integer", "number", "money"):
        return _number(field, raw)
    if field.type == "date":
        return _day(field, raw)
    text = str(raw).strip().replace("\r\n", "\n")
    if _UNKEPT.search(text):
        raise _bad(field, "characters", "含有不能保存的字符", "has characters that cannot be kept")
    if len(text) > MAX_TEXT:
        raise _bad(field, "long", f"超过 {MAX_TEXT} 字", f"has more than {MAX_TEXT} characters")
    if field.type == "choice" and text not in field.options:
        return _option(field, text)
    return text


def _option(field: Field, text: str) -> str:
    """The option whose id or title is `text`."""
    for option, title in field.options.items():
        if text in (option, title.zh, title.en):
            return option
    zh = "、".join(t.zh for t in field.options.values())
    en = ", ".join(t.en for t in field.options.values())
    raise _bad(field, "option", f"只能是：{zh}", f"must be one of: {en}")


def _choices(field: Field, raw: object) -> list[str]:
    parts = re.split(r"[,，、;；]", raw) if isinstance(raw, str) else raw
    if not isinstance(parts, (list, tuple)):
        raise _bad(field, "type", "应为若干选项", "takes a list of options")
    chosen = {_option(field, str(p).strip()) for p in parts if str(p).strip()}
    return [option for option in field.options if option in chosen]


def _boolean(field: Field, raw: object) -> bool:
    text = str(raw).strip().lower()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise _bad(field, "type", "只能填“是”或“否”", "must be yes or no")


def _number(field: Field, raw: object) -> Value:
    places = field.places
    if isinstance(raw, bool):
        raise _bad(field, "type", "应为数字", "must be a number")
    text = str(raw).strip().replace("，", ",")
    try:
        number = Decimal(text.replace(",", "") if _GROUPED.match(text) else text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise _bad(field, "type", "应为数字", "must be a number")
    # By its exponent first: the absolute value of 1e999999999 overflows.
    if number.adjusted() > MAX_DIGITS or abs(number) >= MAX_NUMBER:
        raise _bad(field, "range", "数字太大", "is too large")
    scaled = round(number, places) + 0  # + 0 makes a negative zero plain
    if scaled != number:
        zh = f"最多 {places} 位小数" if places else "应为整数"
        en = f"takes at most {places} decimals" if places else "must be a whole number"
        raise _bad(field, "decimals", zh, en)
    if field.minimum is not None and number < Decimal(str(field.minimum)):
        raise _bad(field, "range", f"不能小于 {field.minimum:g}", f"is below {field.minimum:g}")
    if field.maximum is not None and number > Decimal(str(field.maximum)):
        raise _bad(field, "range", f"不能大于 {field.maximum:g}", f"is above {field.maximum:g}")
    return int(scaled) if places == 0 else f"{scaled:.{places}f}"


def read_day(raw: object) -> date | None:
    """A day in any of the usual Chinese or ISO forms, or None if it is not one."""
    if isinstance(raw, date):
        return date(raw.year, raw.month, raw.day)
    text = str(raw).strip()
    match = _DATE.match(text) or _DATE_DIGITS.match(text)
    if not match:
        return None
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError:
        return None


def _day(field: Field, raw: object) -> str:
    day = read_day(raw)
    if day is None or not FIRST_DAY <= day <= LAST_DAY:
        raise _bad(
            field, "date", "不是日期，请写成 2017-07-31", "is not a date; write it as 2017-07-31"
        )
    return day.isoformat()


def scaled(field: Field, value: Value) -> int | None:
    """A stored number as the engine's integer (money in fen), or None where it is empty."""
    if value is None or isinstance(value, (bool, list)):
        return None
    return int(Decimal(value) * 10**field.places)


def _bad(field: Field, code: str, zh: str, en: str) -> BadValue:
    title: Text = field.title
    return BadValue(code, f"“{title.zh}”{zh}", f"“{title.en}” {en}", place=field.id)


def _unknown(kind: FactKind, name: str) -> BadValue:
    known_zh = "、".join(f.title.zh for f in kind.fields) or "（没有字段）"
    known_en = ", ".join(f.id for f in kind.fields) or "(no fields)"
    return BadValue(
        "unknown_field",
        f"“{kind.title.zh}”没有字段“{name}”，可填：{known_zh}",
        f"“{kind.title.en}” has no field “{name}”; it has: {known_en}",
        place=name,
    )
