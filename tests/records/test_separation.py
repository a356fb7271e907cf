"""Posts that the handbook keeps apart: whoever holds the one cannot take up the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bangfu.core.facts import Draft
from bangfu.core.rules import Separation, Term
from bangfu.core.text import Refused, Text
from bangfu.records import actions
from bangfu.records.handbooks import use_handbook
from bangfu.records.models import Fact
from tests.cast import NOW, Cast, uid
from tests.records.rulebook import RULEBOOK, SOURCE

SINCE = date(2017, 1, 1)
APART = Separation(
    "entry", Text("登记与审计分开", "Entry and audit apart"), ("registrar", "township_officer"),
    (Term(SINCE, None, SOURCE),), ("auditor",),
)  # fmt: skip
WITHIN = Separation(
    "ground", Text("不得自己督自己", "Nobody checks himself"), ("village_lead", "first_secretary"),
    (Term(SINCE, None, SOURCE),),
)  # fmt: skip
BOOK = replace(RULEBOOK, separations={APART.id: APART, WITHIN.id: WITHIN})


@pytest.fixture(autouse=True)
def book(rules: None) -> Iterator[None]:
    """The small handbook with two rules that keep posts apart."""
    with use_handbook(BOOK):
        yield


def post(cast: Cast, role: str, who: str, where: str, *, on: date = date(2017, 7, 3)) -> Draft:
    return cast.draft(
        "registry.assignment", subject=where, by="registrar", on=on, values={"role": role},
        participants=(("holder", uid(who)),),
    )  # fmt: skip


def end(cast: Cast, of: str, where: str, on: date, **more: object) -> Draft:
    return cast.draft(
        "registry.assignment_end", subject=where, by="registrar", on=on,
        values={"assignment": of}, **more,
    )  # fmt: skip


def refused(cast: Cast, *drafts: Draft, by: str = "registrar") -> Refused:
    before = Fact.objects.count()
    with pytest.raises(Refused) as caught:
        actions.record(drafts, by=cast.policy(by), now=NOW)
    assert Fact.objects.count() == before
    assert caught.value.code == "posts_apart", caught.value.code
    return caught.value


def test_the_refusal_names_both_posts_and_the_rule_in_both_languages(cast: Cast) -> None:
    said = refused(cast, post(cast, "auditor", "officer", "county"))
    assert said.text.zh.startswith(
        "“auditor”和“township_officer”不能由同一人担任（登记与审计分开）"
    )
    assert "“auditor” and “township_officer” cannot be held by the same person" in said.text.en
    assert "(Entry and audit apart)" in said.text.en


def test_either_post_may_be_the_later_one_and_both_may_come_in_one_batch(cast: Cast) -> None:
    refused(cast, post(cast, "township_officer", "auditor", "west"))
    refused(
        cast,
        post(cast, "auditor", "outsider", "county"),
        post(cast, "registrar", "outsider", "county"),
    )


def test_posts_that_follow_each_other_are_no_clash(cast: Cast) -> None:
    first = end(cast, uid("east office"), "east", date(2017, 7, 1))
    then = post(cast, "auditor", "officer", "county", on=date(2017, 7, 1))
    actions.record([first, then], by=cast.policy("registrar"), now=NOW)
    # The first one cannot come back while the other lasts.
    void = cast.draft(
        "void", subject="east", by="registrar", values={}, amends=first.uid, reason="x"
    )
    refused(cast, void)
    refused(cast, end(cast, uid("east office"), "east", date(2017, 7, 8), amends=first.uid,
                      reason="日期写错"))  # fmt: skip


def test_a_correction_cannot_put_another_holder_in(cast: Cast) -> None:
    audits = post(cast, "auditor", "officer", "county")
    refused(cast, replace(audits, amends=uid("audits"), reason="写错了人"))


def test_the_rule_of_the_first_day_on_which_both_are_held_decides(cast: Cast) -> None:
    early = post(cast, "auditor", "officer", "county", on=SINCE - timedelta(days=1))
    actions.record([early], by=cast.policy("registrar"), now=NOW)
    later = post(cast, "auditor", "west officer", "county", on=SINCE)
    refused(cast, later)


def test_a_post_elsewhere_is_not_named_to_who_does_not_see_it(cast: Cast) -> None:
    away = post(cast, "village_lead", "outsider", "stone bridge")
    actions.record([away], by=cast.policy("registrar"), now=NOW)
    lead = post(cast, "first_secretary", "outsider", "reed pond")
    known = refused(cast, lead)
    assert "village_lead" in known.text.zh, "the county's registrar sees both"
    hidden = refused(cast, replace(lead, performed_by=uid("west officer")), by="west officer")
    assert "village_lead" not in hidden.text.zh + hidden.text.en
    assert "不得自己督自己" in hidden.text.zh


def test_posts_that_no_rule_names_are_held_together(cast: Cast) -> None:
    both = post(cast, "village_lead", "auditor", "reed pond")
    actions.record([both], by=cast.policy("registrar"), now=NOW)
