"""Terms are half-open, words change with the time, the registry's kinds hold together."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.core.calendar import WorkCalendar
from bangfu.core.registry import (
    ERASURE,
    FOUNDING,
    REGISTRY_KINDS,
    SUBJECT_TITLES,
    VOID_KIND,
    Assignment,
)
from bangfu.core.rules import FactKind, Handbook, NameTerm, Source, Term, term_on
from bangfu.core.text import Refused, Text

SOURCE = Source("试行办法", "每月走访", "local")
TURN = date(2021, 1, 1)
OLD, NEW = Term(date(2016, 1, 1), TURN, SOURCE), Term(TURN, None, SOURCE)


def test_a_term_ends_on_the_day_the_next_one_starts() -> None:
    assert term_on([OLD, NEW], TURN - timedelta(days=1)) is OLD
    assert term_on([OLD, NEW], TURN) is NEW
    assert [OLD.holds(TURN), NEW.holds(TURN)] == [False, True]


def test_before_the_first_term_nothing_holds() -> None:
    assert term_on([OLD, NEW], date(2015, 12, 31)) is None


@given(st.dates(date(2015, 1, 1), date(2030, 1, 1)))
def test_at_most_one_of_two_terms_that_meet_holds(day: date) -> None:
    assert [OLD.holds(day), NEW.holds(day)].count(True) == (1 if day >= OLD.start else 0)


def test_a_post_is_held_from_its_first_day_up_to_its_end() -> None:
    post = Assignment("a", "p", "helper", "h", date(2017, 1, 1), date(2017, 2, 1))
    days = (date(2016, 12, 31), date(2017, 1, 1), date(2017, 1, 31), date(2017, 2, 1))
    assert [post.holds(day) for day in days] == [False, True, True, False]


def test_a_thing_is_called_what_it_was_called_on_the_day() -> None:
    names = (
        NameTerm(date(2014, 1, 1), TURN, Text("扶贫办", "Poverty relief office")),
        NameTerm(TURN, None, Text("乡村振兴局", "Rural revitalisation bureau")),
    )
    calendar = WorkCalendar(frozenset(), frozenset(), frozenset())
    book = Handbook("x", Text("县", "County"), "", calendar, {}, {}, {}, names={"body": names})
    assert [book.word("body", day) for day in (date(2017, 1, 1), TURN)] == [
        name.title for name in names
    ]
    assert book.word("body", date(2013, 1, 1)) is None
    assert book.word("nothing", TURN) is None


@pytest.mark.parametrize("kind", REGISTRY_KINDS, ids=lambda kind: kind.id)
def test_a_registry_kind_has_words_terms_and_recorders(kind: FactKind) -> None:
    assert kind.registry
    assert kind.id.startswith("registry.")
    assert kind.terms
    # Who may erase is what a role's `may_erase` says.
    assert kind.recorders or kind.id == ERASURE
    assert all(field.title.zh and field.title.en for field in kind.fields)
    assert all(field.personal for field in kind.fields if field.identifier)


def test_every_founding_fact_is_a_kind_and_together_they_found_every_type() -> None:
    kinds = {kind.id for kind in REGISTRY_KINDS}
    assert set(FOUNDING) <= kinds
    assert {subject for types in FOUNDING.values() for subject in types} == set(SUBJECT_TITLES)


def test_a_withdrawal_has_no_fields_of_its_own() -> None:
    assert VOID_KIND.fields == ()
    assert not VOID_KIND.registry


def test_a_refusal_speaks_both_languages_and_says_where() -> None:
    refusal = Refused("no", "不行", "It cannot be", place="field")
    assert [refusal.say(language) for language in ("zh", "zh-hans", "en", "en-gb")] == [
        "不行", "不行", "It cannot be", "It cannot be",
    ]  # fmt: skip
    assert str(refusal) == "field: 不行 / It cannot be"
