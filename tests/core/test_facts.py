"""What is hashed is the same bytes for the same content, and other bytes for any other."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from bangfu.core.facts import GENESIS, VOID, Fact, link, standing

MORNING = datetime(2017, 7, 31, 9, 0, tzinfo=UTC)


def a_fact(sequence: int, kind: str = "visit", amended_by: str | None = None) -> Fact:
    return Fact(
        uid=f"f{sequence}",
        sequence=sequence,
        kind=kind,
        occurred_on=date(2017, 7, 31),
        subject="household",
        performed_by="helper",
        recorded_by="helper",
        recorded_at=MORNING,
        values={},
        amended_by=amended_by,
    )


@given(st.binary(max_size=30), st.binary(max_size=30))
def test_a_link_depends_on_the_body_and_on_all_before_it(one: bytes, other: bytes) -> None:
    first, second = link(GENESIS, one), link(GENESIS, other)
    assert (first == second) == (one == other)
    assert (link(first, one) == link(second, one)) == (one == other)


def test_a_link_is_what_an_auditor_can_compute_by_hand() -> None:
    expected = hashlib.sha256(b"0" * 64 + b"\n" + b"{}").hexdigest()
    assert link(GENESIS, b"{}") == expected


def test_only_facts_that_nobody_amended_stand_in_the_order_of_the_ledger() -> None:
    facts = [a_fact(3), a_fact(1), a_fact(2, amended_by="f4"), a_fact(4, kind=VOID)]
    assert [fact.sequence for fact in standing(facts)] == [1, 3]
