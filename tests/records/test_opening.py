"""A case is opened only where its subject is such, for so long, with what must have been done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from bangfu.core.facts import Fact, Value
from bangfu.core.procedures import Clock, Opening
from bangfu.core.text import Refused
from bangfu.records import actions, queries
from bangfu.records.handbooks import use_handbook
from bangfu.records.models import Fact as Row
from tests.cast import NOW, Cast
from tests.records.case_rules import CASEBOOK, TERM, TROUBLE, kind
from tests.records.rulebook import field

OPENING = Opening(
    where="poor_village = 'yes'",
    held=Clock(30),
    evidence={"mended": ("finished",)},
    not_while=("trouble_case",),
)
STRICT = replace(
    CASEBOOK,
    kinds={**CASEBOOK.kinds, "mended": kind("mended", field("finished", "date"))},
    procedures={"trouble_case": replace(TROUBLE, terms=(replace(TERM, opening=OPENING),))},
)
MAY, JUNE = date(2017, 5, 20), date(2017, 6, 19)


@pytest.fixture(autouse=True)
def rules() -> Iterator[None]:
    """The handbook whose procedure asks for something before a case is opened."""
    with use_handbook(STRICT):
        yield


class Village:
    """Stone Bridge, about which facts are written."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast

    def write(self, name: str, on: date, **values: Value) -> Fact:
        by = "registrar" if name.startswith("registry") else "officer"
        draft = self.cast.draft(name, subject="stone bridge", by=by, on=on, values=values)
        return actions.record([draft], by=self.cast.policy(by), now=NOW)[0]

    def poor(self, on: date, value: str = "yes") -> Fact:
        return self.write("registry.status", on, status="poor_village", value=value)

    def refused(self, on: date) -> Refused:
        before = Row.objects.count()
        with pytest.raises(Refused) as caught:
            self.write("trouble", on)
        assert Row.objects.count() == before
        assert "试验办法" in caught.value.say("zh")
        assert "trouble case" in caught.value.say("en")
        return caught.value


@pytest.fixture
def village(cast: Cast) -> Village:
    return Village(cast)


def test_a_case_is_not_opened_where_the_condition_is_not_true(village: Village) -> None:
    assert village.refused(JUNE).code == "opening_where"
    village.poor(date(2017, 6, 20))
    assert village.refused(JUNE).code == "opening_where", "it came true on the next day"


def test_it_must_have_been_true_for_so_long(village: Village) -> None:
    village.poor(MAY)
    village.write("mended", date(2017, 5, 21), finished="2017-05-21")
    said = village.refused(date(2017, 6, 18))
    assert (said.code, said.place) == ("opening_early", "occurred_on")
    assert "2017-06-19" in said.say("zh")
    village.write("trouble", JUNE)


def test_days_before_it_ended_do_not_count(village: Village) -> None:
    village.poor(date(2016, 5, 1))
    village.poor(date(2016, 9, 1), "")
    village.poor(date(2017, 6, 10))
    village.write("mended", date(2017, 6, 11), finished="2017-06-11")
    assert village.refused(JUNE).code == "opening_early"


def test_what_must_have_been_done_must_stand_since_then_with_its_fields(village: Village) -> None:
    village.write("mended", date(2017, 5, 1), finished="2017-05-01")
    village.poor(MAY)
    assert village.refused(JUNE).code == "opening_evidence", "it was done before"
    village.write("mended", date(2017, 5, 21))
    assert village.refused(JUNE).code == "opening_evidence", "it was only planned"
    done = village.write("mended", date(2017, 5, 22), finished="2017-05-22")
    opened = village.write("trouble", JUNE)
    found = queries.case_of(village.cast.policy("officer"), opened.uid, as_of=JUNE)
    assert found is not None
    policy = village.cast.policy("officer")
    actions.void(uid=opened.uid, reason="写错了", by=policy, now=NOW)
    actions.void(uid=done.uid, reason="没有的事", by=policy, now=NOW)
    assert village.refused(JUNE).code == "opening_evidence", "it was withdrawn"


def test_a_second_case_waits_until_the_first_is_closed(village: Village) -> None:
    village.poor(MAY)
    village.write("mended", date(2017, 5, 22), finished="2017-05-22")
    first = village.write("trouble", JUNE)
    said = village.refused(date(2017, 6, 25))
    assert said.code == "opening_beside"
    assert "2017-06-19" in said.say("zh")
    policy = village.cast.policy("officer")
    actions.void(uid=first.uid, reason="写错了", by=policy, now=NOW)
    village.write("trouble", date(2017, 6, 25))


def test_a_batch_checks_its_own_openings(village: Village) -> None:
    village.poor(MAY)
    village.write("mended", date(2017, 5, 22), finished="2017-05-22")
    two = [village.cast.draft("trouble", subject="stone bridge", by="officer", on=JUNE, values={})
           for _ in range(2)]  # fmt: skip
    with pytest.raises(Refused) as caught:
        actions.record(two, by=village.cast.policy("officer"), now=NOW)
    assert caught.value.code == "opening_beside"


def test_correcting_an_opening_does_not_stand_in_its_own_way(village: Village) -> None:
    village.poor(MAY)
    village.write("mended", date(2017, 5, 22), finished="2017-05-22")
    first = village.write("trouble", JUNE)
    draft = village.cast.draft(
        "trouble", subject="stone bridge", by="officer", on=date(2017, 6, 21),
        values={"grave": True}, amends=first.uid,
    )  # fmt: skip
    actions.correct(draft=draft, by=village.cast.policy("officer"), now=NOW)
