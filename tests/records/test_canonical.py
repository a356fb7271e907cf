"""What is hashed is the same bytes for the same content, and other bytes for any other."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.records.canonical import canonical

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBERS = st.integers(-(2**63), 2**63 - 1)
VALUES = TEXTS | NUMBERS | st.booleans() | st.none() | st.lists(TEXTS, max_size=3)
BODIES = st.dictionaries(TEXTS, VALUES, max_size=5)
MORNING = datetime(2017, 7, 31, 9, 0, tzinfo=UTC)


@given(BODIES)
def test_the_order_of_keys_never_matters(body: dict[str, object]) -> None:
    assert canonical(body) == canonical(dict(reversed(body.items())))


@given(BODIES, BODIES)
def test_other_content_has_other_bytes(one: dict[str, object], other: dict[str, object]) -> None:
    same = one == other and {k: type(v) for k, v in one.items()} == {
        k: type(v) for k, v in other.items()
    }
    assert (canonical(one) == canonical(other)) == same


def test_a_body_is_plain_utf8_json() -> None:
    assert canonical({"b": "户", "a": 1}) == '{"a":1,"b":"户"}'.encode()


@given(BODIES)
def test_the_bytes_are_those_of_the_standard_library(body: dict[str, object]) -> None:
    plain = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert canonical(body) == plain.encode()


@pytest.mark.parametrize("value", [MORNING, MORNING.date(), Decimal(1), 2**64, {1}, "\ud800"])
def test_what_has_no_one_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical({"a": value})
