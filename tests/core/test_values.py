"""One reader for every way in: what it can read is canonical, what it cannot it explains."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.core.facts import Value
from bangfu.core.rules import FactKind, Field, FieldType
from bangfu.core.text import Text
from bangfu.core.values import (
    BadValue,
    BadValues,
    Canonical,
    quick_value,
    read_day,
    read_value,
    read_values,
    scaled,
)

OPTIONS = {"door": Text("上门", "At their home"), "phone": Text("电话", "By phone")}


def a_field(kind: FieldType, **more: object) -> Field:
    return Field(id="x", title=Text("某项", "Item"), type=kind, **more)  # type: ignore[arg-type]


FIELDS = {
    "text": a_field("text"),
    "integer": a_field("integer", minimum=0, maximum=600),
    "number": a_field("number", decimals=1),
    "money": a_field("money"),
    "choice": a_field("choice", options=OPTIONS),
    "choices": a_field("choices", options=OPTIONS),
    "boolean": a_field("boolean"),
    "date": a_field("date"),
    "reference": a_field("reference", to="person"),
}
VISIT = FactKind(
    id="visit",
    title=Text("走访", "Visit"),
    subject="household",
    terms=(),
    evidence="work",
    recorders=(),
    fields=(
        Field("mode", Text("方式", "How"), "choice", options=OPTIONS, required=True),
        Field("minutes", Text("时长", "Duration"), "integer", unit=Text("分钟", "minutes")),
    ),
)
# Numbers whose digits the eye would not find: zero with a huge exponent, signed zero.
ODD_NUMBERS = st.sampled_from(
    ["0E+999999", "-0", "1e-999999", "1e999999", "NaN", "sNaN", "-Infinity"]
)
RAW = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=40)
    | st.dates()
    | st.lists(st.text(max_size=5), max_size=4)
    | ODD_NUMBERS
)


@given(st.sampled_from(sorted(FIELDS)), RAW)
def test_anything_is_read_or_explained_and_reading_again_changes_nothing(
    name: str, raw: object
) -> None:
    field = FIELDS[name]
    try:
        value = read_value(field, raw)
    except BadValue as problem:
        assert problem.place == "x"
        assert "某项" in problem.say("zh")
        assert "Item" in problem.say("en")
        return
    assert read_value(field, value) == value
    assert not isinstance(value, float)  # of which one number has several forms
    json.dumps(value)  # it can be hashed and kept


@given(st.decimals(-(10**9), 10**9, places=2))
def test_money_is_a_text_with_two_decimals_and_an_integer_in_fen(amount: Decimal) -> None:
    value = read_value(FIELDS["money"], f"{amount:,}")
    assert isinstance(value, str)
    assert Decimal(value) == amount
    assert scaled(FIELDS["money"], value) == int(amount * 100)


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)))
def test_a_day_is_read_in_every_usual_form(day: date) -> None:
    forms = [
        day,
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}/{day.month}/{day.day}",
        f" {day.year}.{day.month}.{day.day} ",
    ]
    assert {read_day(form) for form in forms} == {day}
    assert {read_value(FIELDS["date"], form) for form in forms} == {day.isoformat()}


@pytest.mark.parametrize(
    ("name", "raw", "code"),
    [
        ("integer", "1.5", "decimals"),
        ("integer", "601", "range"),
        ("integer", -1, "range"),
        ("integer", "1,5", "type"),
        ("integer", True, "type"),
        ("number", "1.55", "decimals"),
        ("number", "1e15", "range"),
        ("money", "一百", "type"),
        ("choice", "微信", "option"),
        ("choices", "上门、微信", "option"),
        ("boolean", "也许", "type"),
        ("date", "2017-02-30", "date"),
        ("date", "31/7/2017", "date"),
        ("text", "a\x01b", "characters"),
        ("text", "\ud800", "characters"),
        ("text", "字" * 4001, "long"),
        ("text", ["a"], "type"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_reason(name: str, raw: object, code: str) -> None:
    with pytest.raises(BadValue) as caught:
        read_value(FIELDS[name], raw)
    assert caught.value.code == code


def test_an_option_is_known_by_id_and_by_either_title() -> None:
    forms = ("door", "上门", "At their home", " 上门 ")
    assert {read_value(FIELDS["choice"], form) for form in forms} == {"door"}


def test_several_options_come_in_the_order_of_the_field() -> None:
    assert read_value(FIELDS["choices"], "电话，上门") == ["door", "phone"]


def test_a_negative_zero_is_zero() -> None:
    assert read_value(FIELDS["money"], "-0") == "0.00"


NUMBERS = [
    a_field("integer", minimum=0, maximum=600),
    a_field("integer"),
    a_field("number", decimals=1, minimum=0.5),
    a_field("number", maximum=-3),
    a_field("money", minimum=0, maximum=999.99),
    a_field("money"),
    a_field("text"),
    a_field("date"),
]


@given(
    st.sampled_from(NUMBERS),
    st.integers(-1000, 1000)
    | st.integers()
    | st.floats()
    | st.integers(-(10**6), 10**6).map(lambda n: n / 100),
)
def test_the_short_way_comes_to_the_same_as_the_long_one(field: Field, raw: float) -> None:
    def read(reader: Callable[[Field, object], object]) -> object:
        try:
            return reader(field, raw)
        except BadValue as problem:
            return problem.code

    found, expected = read(quick_value), read(read_value)
    assert (found, type(found)) == (expected, type(expected))


def test_what_its_own_fields_have_read_is_only_looked_over() -> None:
    whole = Canonical(VISIT, {"mode": "door", "minutes": 5})
    assert read_values(VISIT, whole) == whole
    assert type(read_values(VISIT, whole)) is dict
    short: dict[str, Value] = {"minutes": 5}
    more: dict[str, Value] = {"mode": "door", "x": 1}
    for values, code in ((short, "missing"), (more, "unknown_field")):
        with pytest.raises(BadValues) as caught:
            read_values(VISIT, Canonical(VISIT, values))
        assert [problem.code for problem in caught.value.problems] == [code]


def test_what_another_kind_has_read_is_read_anew() -> None:
    other = replace(VISIT, id="call")
    with pytest.raises(BadValues):
        read_values(VISIT, Canonical(other, {"mode": "sideways"}))


def test_all_problems_of_a_fact_are_told_at_once() -> None:
    with pytest.raises(BadValues) as caught:
        read_values(VISIT, {"minutes": "很久", "weather": "晴"})
    found = {(problem.place, problem.code) for problem in caught.value.problems}
    assert found == {("weather", "unknown_field"), ("minutes", "type"), ("mode", "missing")}


def test_empty_optional_fields_are_left_out() -> None:
    assert read_values(VISIT, {"mode": "上门", "minutes": "  "}) == {"mode": "door"}
