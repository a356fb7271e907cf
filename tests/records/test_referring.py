"""What lies outside one's scope answers like what is not there, also where a draft names it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bangfu.core.facts import Draft
from bangfu.core.rules import FactKind, Recorder
from bangfu.core.text import Refused
from bangfu.records import actions, queries, referring
from bangfu.records.access import FOUNDER
from bangfu.records.handbooks import use_handbook
from bangfu.records.models import Fact
from tests.cast import NOW, Cast, uid
from tests.records.rulebook import ALWAYS, RULEBOOK, field, words

NOTICE = FactKind(
    "notice", words("notice"), "county", ALWAYS, "work", (Recorder("registrar", "county"),),
    fields=(field("title", required=True),),
)  # fmt: skip
FOLLOWING = FactKind(
    "following", words("following"), "household", ALWAYS, "work",
    (Recorder("helper", "subject"), Recorder("township_officer", "place")),
    fields=(
        field("visit", "reference", to="household_visit"),
        field("notice", "reference", to="notice"),
        field("post", "reference", to="registry.assignment"),
        field("unit", "reference", to="unit"),
        field("home", "reference", to="household"),
        field("village", "reference", to="village"),
    ),
)  # fmt: skip
KINDS = {**RULEBOOK.kinds, NOTICE.id: NOTICE, FOLLOWING.id: FOLLOWING}
BOOK = replace(RULEBOOK, kinds=KINDS, digest="1" * 64)


@pytest.fixture(autouse=True)
def book(rules: None) -> Iterator[None]:
    """The small handbook with a kind whose fields refer to things of every sort."""
    with use_handbook(BOOK):
        yield


@pytest.fixture
def full(cast: Cast) -> Cast:
    """A visit in the east, one in the west, and a notice to the whole county."""
    for name, where, who in (("east visit", "household", "helper"),
                             ("west visit", "west household", "outsider")):  # fmt: skip
        actions.record([cast.draft(name=name, subject=where, by=who)], by=cast.policy(who), now=NOW)
    notice = cast.draft("notice", name="notice", subject="county", by="registrar",
                        values={"title": "医保缴费"})  # fmt: skip
    actions.record([notice], by=cast.policy("registrar"), now=NOW)
    return cast


def follows(cast: Cast, **values: str) -> Draft:
    return cast.draft("following", values=values)


def refused(cast: Cast, draft: Draft, *, by: str = "helper") -> Refused:
    with pytest.raises(Refused) as caught:
        actions.record([draft], by=cast.policy(by), now=NOW)
    return caught.value


FOREIGN = {
    "visit": "west visit", "post": "west helps", "unit": "bureau", "home": "west household",
    "village": "reed pond",
}  # fmt: skip
NEAR = {"visit": "east visit", "post": "helps", "home": "second household", "notice": "notice",
        "village": "stone bridge"}  # fmt: skip


@pytest.mark.parametrize("name", FOREIGN)
def test_a_reference_to_what_lies_elsewhere_answers_like_one_to_nothing(
    name: str, full: Cast
) -> None:
    foreign = refused(full, follows(full, **{name: uid(FOREIGN[name])}))
    absent = refused(full, follows(full, **{name: uid("nothing at all")}))
    assert (foreign.code, foreign.text, foreign.place) == (absent.code, absent.text, absent.place)
    assert foreign.code == "bad_reference"


@pytest.mark.parametrize("name", NEAR)
def test_what_one_may_know_can_be_referred_to(name: str, full: Cast) -> None:
    actions.record([follows(full, **{name: uid(NEAR[name])})], by=full.policy("helper"), now=NOW)


def test_whoever_sees_all_may_refer_to_all_of_the_right_sort(full: Cast) -> None:
    values = {name: uid(named) for name, named in FOREIGN.items()}
    draft = replace(follows(full, **values), performed_by=uid("helper"))
    entry = actions.Entry(draft, uid("helper"), NOW)
    assert actions.record_batch([entry], as_of=full.policy("helper").as_of) == 1, "an import"
    with pytest.raises(Refused, match="wrong type"):
        wrong = replace(follows(full, visit=uid("west household")), performed_by=uid("helper"))
        actions.record_batch([actions.Entry(wrong, uid("helper"), NOW)],
                             as_of=full.policy("helper").as_of)  # fmt: skip


def test_a_correction_keeps_a_reference_that_its_writer_may_not_name(full: Cast) -> None:
    first = follows(full, unit=uid("bureau"))
    actions.record_batch([actions.Entry(first, uid("helper"), NOW)],
                         as_of=full.policy("helper").as_of)  # fmt: skip
    kept = replace(follows(full, unit=uid("bureau"), home=uid("second household")),
                   amends=first.uid, reason="漏了户")  # fmt: skip
    actions.record([kept], by=full.policy("helper"), now=NOW)
    other = replace(follows(full, home=uid("west household")), amends=kept.uid, reason="x")
    assert refused(full, other).code == "bad_reference"


def test_facts_from_above_and_ones_own_are_offered_by_their_words(full: Cast) -> None:
    policy = full.policy("helper")
    assert [one.name for one in queries.facts_to_name(policy, "notice", "医保", most=5)] == [
        "医保缴费"
    ]
    assert queries.facts_to_name(policy, "notice", "养老", most=5) == []
    seen = {one.uid for one in queries.facts_to_name(policy, "household_visit", "", most=9)}
    assert seen == {uid("east visit")}


def test_an_old_fact_is_found_behind_many_newer_ones(
    full: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(referring, "MOST_ASKED", 1)
    policy = full.policy("helper")
    newest = queries.facts_to_name(policy, "household_visit", "", most=1)
    assert [one.uid for one in newest] == [uid("east visit")], "the west's are later"
    assert queries.facts_to_name(policy, "notice", "医保", most=5)


# ---- a uid that a fact elsewhere has --------------------------------------------------------


def test_a_uid_that_is_taken_elsewhere_is_answered_like_a_reserved_one(full: Cast) -> None:
    taken = refused(full, replace(full.draft(), uid=uid("west visit")))
    reserved = refused(full, replace(full.draft(), uid=FOUNDER))
    assert (taken.code, taken.place) == (reserved.code, reserved.place) == ("bad_uid", "uid")
    assert taken.text.zh.replace(uid("west visit"), "") == reserved.text.zh.replace(FOUNDER, "")
    assert taken.text.en.replace(uid("west visit"), "") == reserved.text.en.replace(FOUNDER, "")


def test_nothing_else_of_the_draft_is_looked_at_before_that_answer(full: Cast) -> None:
    wrong = full.draft(subject="west household", values={"mode": "door"})
    assert refused(full, replace(wrong, uid=uid("west visit"))).code == "bad_uid"
    assert refused(full, replace(wrong, uid=FOUNDER)).code == "bad_uid"


def test_a_uid_taken_by_a_fact_that_one_sees_is_a_conflict(full: Cast) -> None:
    mine = replace(full.draft(values={"mode": "phone"}), uid=uid("east visit"))
    assert refused(full, mine).code == "conflict"
    seen = replace(full.draft(by="secretary"), uid=uid("east visit"))
    assert refused(full, seen, by="secretary").code == "conflict", "in his village"


def test_the_same_under_a_new_uid_is_stored(full: Cast) -> None:
    draft = replace(full.draft(), uid=uid("west visit"))
    outcome = actions.record_each([draft], by=full.policy("helper"), now=NOW)[0]
    assert outcome.refused is not None
    assert outcome.refused.code == "bad_uid"
    again = replace(draft, uid=str(uuid.uuid4()))
    assert actions.record_each([again], by=full.policy("helper"), now=NOW)[0].state == "stored"
    assert Fact.objects.filter(uid=again.uid).exists()
