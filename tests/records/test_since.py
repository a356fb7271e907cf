"""What is kept of a reader's numbers is what he would get anew, whatever happened meanwhile."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection

from bangfu.core.facts import Draft
from bangfu.core.periods import Period
from bangfu.records import actions, ledger, numbers, queries, since
from bangfu.records.access import Policy, Scope
from bangfu.records.handbooks import use_handbook
from bangfu.records.mirror import current
from bangfu.records.since import Whom
from tests.cast import NOW, TODAY, Cast, as_registrar, founding, member, post, status, uid
from tests.records.test_visible import BOOK, entered, grade, leave, meeting

LATER = NOW + timedelta(days=1)
READERS = ("helper", "outsider", "secretary")
MONTH = Period(date(2017, 6, 20), date(2017, 8, 1))
Happening = Callable[[Cast, random.Random], tuple[str, Draft]]


@pytest.fixture(autouse=True)
def nothing_kept(rules: None) -> Iterator[None]:
    numbers.forget()
    with use_handbook(BOOK):
        yield
    numbers.forget()


def visit(cast: Cast, dice: random.Random) -> tuple[str, Draft]:
    who, where = dice.choice([
        ("helper", "household"), ("helper", "second household"), ("outsider", "west household"),
    ])  # fmt: skip
    on = TODAY - timedelta(days=dice.randrange(30))
    return who, cast.draft(subject=where, by=who, on=on, name=f"visit {dice.random()}")


def correction(cast: Cast, dice: random.Random) -> tuple[str, Draft]:
    who, draft = visit(cast, dice)
    [fact] = actions.record([draft], by=cast.policy(who), now=LATER)
    later = replace(draft, uid=uid(f"corrects {dice.random()}"), amends=fact.uid, reason="记错")
    return who, replace(later, occurred_on=TODAY - timedelta(days=dice.randrange(60)))


def household(_cast: Cast, dice: random.Random) -> tuple[str, Draft]:
    name = f"home {dice.random()}"
    return "registrar", as_registrar(
        founding("household", name, name="新户", place=uid("stone bridge"))
    )


def helped(cast: Cast, dice: random.Random) -> tuple[str, Draft]:
    who, draft = household(cast, dice)
    [fact] = actions.record([draft], by=cast.policy(who), now=LATER)
    name = f"helps {dice.random()}"
    taken = post(name, "helper", "helper", "household", start=date(2017, 7, 3))
    return who, as_registrar(replace(taken, subject=fact.subject))


def poor(_cast: Cast, dice: random.Random) -> tuple[str, Draft]:
    value = dice.choice(["lifted", "registered_poor"])
    where = dice.choice(["household", "second household", "west household"])
    start = TODAY - timedelta(days=dice.randrange(20))
    return "registrar", as_registrar(
        status(f"poor {dice.random()}", where, "category", value, start=start)
    )


def lives(cast: Cast, dice: random.Random) -> tuple[str, Draft]:
    name = f"person {dice.random()}"
    person = as_registrar(founding("person", name, name="新人", place=uid("stone bridge")))
    actions.record([person], by=cast.policy("registrar"), now=LATER)
    return "registrar", as_registrar(member(name, "household", "子女"))


def met(cast: Cast, dice: random.Random) -> tuple[str, Draft]:
    there = dice.choice(["secretary", "helper", "head", "west head"])
    return "west officer", meeting(cast, "reed pond", there)


def away(cast: Cast, dice: random.Random) -> tuple[str, Draft]:
    where, by = dice.choice([("stone bridge", "officer"), ("reed pond", "west officer")])
    return by, leave(cast, where, dice.choice(["helper", "outsider"]))


def graded(cast: Cast, dice: random.Random) -> tuple[str, Draft]:
    who = dice.choice(["helper", "outsider", "secretary"])
    return "registrar", grade(cast, who, f"{dice.randint(1, 9)}级")


HAPPENINGS: tuple[Happening, ...] = (
    visit, visit, visit, correction, helped, poor, lives, met, away, graded,
)  # fmt: skip


def seen(policy: Policy) -> object:
    """What his pages show of numbers and names."""
    owed = queries.owed(policy, as_of=TODAY, within=MONTH).rows()
    names = queries.names(policy, {row.subject for row in owed} | {policy.person or 0})
    calls = [0]

    def page() -> tuple[object, ...]:
        calls[0] += 1
        return tuple(map(str, owed))

    return owed, names, queries.kept(policy, "page", page, as_of=TODAY)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_kept_is_what_would_be_computed_anew(cast: Cast, seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(12):
        for who in READERS:
            kept = seen(cast.policy(who))
            numbers.forget()
            assert kept == seen(cast.policy(who))
        # Several at once, so that rows of more than one fact are added to those kept.
        for _ in range(dice.randrange(1, 4)):
            who, draft = dice.choice(HAPPENINGS)(cast, dice)
            entered(draft, by=who)
        for who in dice.sample(READERS, 2):
            seen(cast.policy(who))


@pytest.mark.parametrize("happening", HAPPENINGS[2:], ids=lambda one: one.__name__)
def test_one_happening_is_seen_by_everybody_whom_it_concerns(
    cast: Cast, happening: Happening
) -> None:
    dice = random.Random(7)
    for _ in range(8):
        for who in READERS:
            seen(cast.policy(who))
        by, draft = happening(cast, dice)
        entered(draft, by=by)
        for who in READERS:
            kept = seen(cast.policy(who))
            numbers.forget()
            assert kept == seen(cast.policy(who))


def test_what_happens_elsewhere_leaves_it_standing(cast: Cast) -> None:
    policy = cast.policy("helper")
    before = numbers._stands_since(policy)
    outsider = cast.draft(subject="west household", by="outsider")
    actions.record([outsider], by=cast.policy("outsider"), now=LATER)
    assert numbers._stands_since(policy) == before
    assert ledger.head() != before
    actions.record([cast.draft()], by=cast.policy("helper"), now=LATER)
    after = numbers._stands_since(policy)
    assert after == ledger.head()
    moved = as_registrar(status("west rises", "west household", "category", "lifted"))
    actions.record([moved], by=cast.policy("registrar"), now=LATER)
    assert numbers._stands_since(policy) == ledger.head() != after


def test_a_post_entered_while_it_is_found_out_whom_to_watch_is_watched(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between reading who answers for the household and reading the head of the ledger."""
    policy, whom = cast.policy("helper"), current.concerned
    helps = BOOK.roles["helper"]
    shared = replace(BOOK, roles={**BOOK.roles, "helper": replace(helps, exclusive=False)})

    def slowly(scope: Scope) -> Whom:
        numbers_of = whom(scope)
        monkeypatch.setattr(current, "concerned", whom)
        second = post("also helps", "helper", "secretary", "household", start=date(2017, 6, 1))
        actions.record([as_registrar(second)], by=cast.policy("registrar"), now=LATER)
        return numbers_of

    with use_handbook(replace(shared, digest="3" * 64)):
        monkeypatch.setattr(current, "concerned", slowly)
        seen(policy)
        entered(leave(cast, "stone bridge", "secretary"), by="officer")
        kept = seen(policy)
        numbers.forget()
        assert kept == seen(policy)


def not_asked() -> Whom:
    """For whom is known already."""
    raise AssertionError


def test_a_ledger_that_was_set_back_or_replaced_is_read_again(cast: Cast) -> None:
    home = Whom(frozenset({cast.number("household")}))
    numbers_of = since.base_of("some", lambda: home)
    assert numbers_of == since.base_of("some", not_asked)
    actions.record([cast.draft()], by=cast.policy("helper"), now=LATER)
    first = ledger.head()
    assert since.concerning(home, numbers_of, first) == {first.sequence: "household_visit"}
    other = first._replace(hash="0" * 64)
    assert since.concerning(home, numbers_of, other) is None
    assert since.base_of("some", lambda: home) == first
    assert connection.vendor


def test_whoever_has_not_asked_for_long_reads_everything_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(since, "LONGEST", 3)
    policy = cast.policy("helper")
    begin = numbers._stands_since(policy)
    for number in range(5):
        outsider = cast.draft(subject="west household", by="outsider", name=f"far {number}")
        actions.record([outsider], by=cast.policy("outsider"), now=LATER)
        since.follow(ledger.head())
    assert numbers._stands_since(policy) == ledger.head() != begin


def test_what_is_read_of_other_kinds_stands_when_a_fact_of_one_comes(cast: Cast) -> None:
    policy = cast.policy("helper")
    meetings, visits = {"meeting"}, {"household_visit"}
    before = [numbers._stands_since(policy, kinds) for kinds in (meetings, visits)]
    [fact] = actions.record([cast.draft()], by=cast.policy("helper"), now=LATER)
    assert numbers._stands_since(policy, meetings) == before[0]
    assert numbers._stands_since(policy, visits) == ledger.head() != before[1]
    # The registry and what corrects or withdraws a fact change whatever was read.
    actions.void(uid=fact.uid, reason="记错", by=cast.policy("helper"), now=LATER)
    assert numbers._stands_since(policy, meetings) == ledger.head()


def test_a_colleague_s_work_leaves_it_standing_but_not_what_counts_for_him(cast: Cast) -> None:
    """The helper's household has a first secretary too: only leave and classes count for him."""
    whom = Whom(frozenset({cast.number("household")}), frozenset({cast.number("outsider")}))
    begin = ledger.head()
    far = cast.draft(subject="west household", by="outsider", name="far")
    actions.record([far], by=cast.policy("outsider"), now=LATER)
    assert since.concerning(whom, begin, ledger.head()) is None  # nothing is known of before
    begin = ledger.head()
    far = cast.draft(subject="west household", by="outsider", name="farther")
    actions.record([far], by=cast.policy("outsider"), now=LATER)
    assert since.concerning(whom, begin, ledger.head()) == {}
    by, draft = "west officer", leave(cast, "reed pond", "outsider")
    entered(draft, by=by)
    assert since.concerning(whom, begin, ledger.head()) == {ledger.head().sequence: "leave"}


def test_nobody_waits_for_another_s_reading_and_both_hashes_count(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    whom = Whom(frozenset({cast.number("household")}))
    begin = ledger.head()
    since.follow(begin)
    actions.record([cast.draft()], by=cast.policy("helper"), now=LATER)
    first, read = ledger.head(), since._read

    def slowly(after: int, upto: int) -> dict[int, since._Line]:
        assert since._turn.acquire(blocking=False), "the lines are read while others wait"
        since._turn.release()
        monkeypatch.setattr(since, "_read", read)
        since.follow(first)  # somebody else, who was quicker
        return read(after, upto)

    monkeypatch.setattr(since, "_read", slowly)
    assert since.concerning(whom, begin, first) == {first.sequence: "household_visit"}
    forged = begin._replace(hash="0" * 64)
    assert since.concerning(whom, forged, first) is None
    assert since.concerning(whom, begin, first._replace(hash="0" * 64)) is None
