"""What counts for a reader opens for him, by the pages' rule and by the wall; nothing else does."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bangfu.core.facts import Draft
from bangfu.core.periods import Period
from bangfu.core.rules import Handbook
from bangfu.core.text import Refused
from bangfu.engine.tables import Tables
from bangfu.records import actions, queries
from bangfu.records.access import NOBODY, Policy
from bangfu.records.guard import guarded
from bangfu.records.handbooks import use_handbook
from bangfu.records.models import Assignment, Fact, Participant, SubjectPast
from bangfu.records.visible import HIDDEN, needs
from tests.cast import NOW, TODAY, Cast, uid
from tests.records.rulebook import RULEBOOK

READERS = ("officer", "west officer", "secretary", "helper", "outsider")
MONTH = Period(date(2017, 7, 1), date(2017, 8, 1))
LATER = NOW + timedelta(days=1)
_TERM = replace(RULEBOOK.duties["weekly_visit"].terms[0], excused_by=())
MEETINGS = replace(
    RULEBOOK.duties["weekly_visit"], id="meetings", role="first_secretary",
    facts=("village_meeting",), via="attendee", per="holder", terms=(_TERM,),
)  # fmt: skip
BOOK: Handbook = replace(RULEBOOK, duties={**RULEBOOK.duties, "meetings": MEETINGS})


@pytest.fixture(autouse=True)
def book(rules: None) -> Iterator[None]:
    """The small handbook with a duty that a meeting anywhere fulfils."""
    with use_handbook(BOOK):
        yield


def entered(*drafts: Draft, by: str = "registrar") -> None:
    """Write them as an import brings them."""
    actions.record_batch([actions.Entry(d, uid(by), LATER) for d in drafts], as_of=TODAY)


def meeting(cast: Cast, where: str, *attendees: str, name: str = "") -> Draft:
    draft = cast.draft(
        "village_meeting", subject=where, by="west officer", minute=570,
        participants=tuple(("attendee", uid(name)) for name in attendees),
    )  # fmt: skip
    return replace(draft, uid=uid(name)) if name else draft


def leave(cast: Cast, where: str, who: str) -> Draft:
    days = {"from": "2017-07-20", "to": "2017-08-02"}
    return cast.draft("leave", subject=where, by=who, values=days)


def grade(cast: Cast, who: str, value: str) -> Draft:
    values = {"status": "grade", "value": value}
    return cast.draft("registry.status", subject=who, by="registrar", values=values)


def moved(cast: Cast, last: str, where: str) -> Draft:
    return cast.draft(
        "registry.household", subject="household", by="registrar", on=date(2016, 1, 4),
        amends=last, values={"name": "谷大有", "place": uid(where)},
    )  # fmt: skip


@pytest.fixture
def busy(cast: Cast) -> Cast:
    """East and west: meetings, leave and grades of people who answer for the other side."""
    lead = cast.draft(
        "registry.assignment", subject="stone bridge", by="registrar", on=date(2017, 1, 2),
        values={"role": "village_lead"}, participants=(("holder", uid("outsider")),),
    )  # fmt: skip
    entered(lead, grade(cast, "outsider", "七级"), grade(cast, "west officer", "八级"))
    entered(cast.draft(participants=(("companion", uid("west head")),)), by="helper")
    entered(cast.draft(), cast.draft(), by="helper")
    entered(cast.draft(subject="west household", by="outsider"), by="outsider")
    held = meeting(cast, "reed pond", "secretary", "west head", name="held")
    entered(held, meeting(cast, "reed pond", "west head"), by="west officer")
    away = [leave(cast, "reed pond", who) for who in ("outsider", "west officer")]
    entered(*away, by="west officer")
    entered(moved(cast, uid("household"), "reed pond"))
    actions.void(uid=held.uid, reason="重复", by=cast.policy("west officer"), now=LATER)
    entered(meeting(cast, "reed pond", "secretary", "west head", name="again"), by="west officer")
    return cast


def at_random(cast: Cast, seed: int) -> None:
    """A small world made by chance; what the checks refuse is left out."""
    chance = random.Random(seed)
    for _ in range(90):
        draft = by_chance(cast, chance)
        for by in ("registrar", "officer", "west officer"):
            with suppress(Refused):
                entered(draft, by=by)
                break


def by_chance(cast: Cast, chance: random.Random) -> Draft:
    """A draft of any sort, sensible or not."""
    who, other = chance.sample(("helper", "outsider", "secretary", "officer", "head"), 2)
    home, second = chance.sample(("household", "second household", "west household"), 2)
    village = chance.choice(("stone bridge", "reed pond"))
    held = list(Fact.objects.filter(amended_by=None, kind__in=("village_meeting", "leave")))
    choice = chance.randrange(8 if held else 7)
    if choice == 0:
        return cast.draft(subject=home, by=who, participants=(("companion", uid(other)),))
    if choice == 1:
        return cast.draft("household_contact", subject=home, by=who, more_subjects=(uid(second),))
    if choice == 2:
        return meeting(cast, village, who, other)
    if choice == 3:
        return leave(cast, village, who)
    if choice == 4:
        return grade(cast, who, str(chance.randint(1, 9)))
    if choice == 5:
        last = Fact.objects.filter(kind="registry.household", amended_by=None)
        return moved(cast, last.get(subject__uid=uid("household")).uid, village)
    if choice == 6:
        return cast.draft(
            "registry.assignment", subject=village, by="registrar", on=date(2017, 3, 1),
            values={"role": "village_lead"}, participants=(("holder", uid(who)),),
        )  # fmt: skip
    one = chance.choice(held)
    return Draft(
        str(uuid.UUID(int=chance.getrandbits(128), version=4)), "void", TODAY, one.subject.uid,
        uid("registrar"), amends=one.uid, reason="重复",
    )  # fmt: skip


def read_by(tables: Tables) -> set[int]:
    """Every fact that some number over these tables may name."""
    found: set[int] = set()
    for facts in tables.facts.values():
        found.update(facts.fact.tolist())
    for parts in tables.participants.values():
        found.update(parts.fact.tolist())
    for posts in tables.assignments.values():
        found.update(posts.id.tolist())
    for statuses in tables.statuses.values():
        found.update(statuses.id.tolist())
    return found


def opening(policy: Policy, known_at: int | None) -> set[int]:
    numbers = range(1, queries.sequence() + 1)
    return {one.sequence for one in queries.facts(policy, numbers, known_at=known_at)}


def check_what_counts_opens(cast: Cast) -> None:
    head = queries.sequence()
    for name in READERS:
        policy = cast.policy(name)
        for known_at in (None, head, *range(head - 1, 30, -9)):
            counted = read_by(queries.tables(policy, as_of=TODAY, known_at=known_at))
            rows = queries.owed(policy, as_of=TODAY, within=MONTH, known_at=known_at).rows()
            assert {number for row in rows for number in row.because} <= counted
            assert counted - opening(policy, known_at) == set(), (name, known_at)
            with guarded(policy):
                assert counted - opening(policy, known_at) == set(), (name, known_at)


def check_the_wall_says_the_same(cast: Cast) -> None:
    # What opens at some time opens at the last moment of a version, or now.
    moments: set[int | None] = {None}
    for versions in (SubjectPast, Assignment):
        retired = versions._default_manager.filter(retired_seq__gt=0)
        moments |= {int(last or 0) - 1 for last in retired.values_list("retired_seq", flat=True)}
    for name in READERS:
        policy = cast.policy(name)
        # The wall does not know until when one asks: it shows what opens at any time.
        ever = set().union(*(opening(policy, at) for at in moments))
        with guarded(policy):
            assert set(Fact.objects.values_list("sequence", flat=True)) == ever, name


def test_what_counts_for_a_reader_opens_for_him(busy: Cast) -> None:
    check_what_counts_opens(busy)


def test_the_wall_and_the_pages_have_one_rule(busy: Cast) -> None:
    check_the_wall_says_the_same(busy)


@pytest.mark.parametrize("seed", [1, 2])
def test_both_hold_in_a_world_made_by_chance(seed: int, cast: Cast) -> None:
    before = queries.sequence()
    at_random(cast, seed)
    assert queries.sequence() > before + 25
    check_what_counts_opens(cast)
    check_the_wall_says_the_same(cast)


def test_a_foreign_fact_opens_in_what_the_number_needs(busy: Cast) -> None:
    officer = busy.policy("officer")
    found = queries.fact(officer, uid("again"))
    assert found is not None
    assert (found.kind, found.occurred_on) == ("village_meeting", date(2017, 7, 20))
    assert found.participants == (("attendee", uid("secretary")),)
    assert (found.subject, found.performed_by, found.minute) == (HIDDEN, HIDDEN, None)
    assert (found.recorded_by, found.recorded_at) == (uid("west officer"), LATER)
    away = [one for one in queries.facts(officer, range(200)) if one.kind == "leave"]
    assert [(one.performed_by, one.subject) for one in away] == [(uid("outsider"), HIDDEN)]
    assert away[0].values == {"from": "2017-07-20", "to": "2017-08-02"}
    [status] = [one for one in queries.facts(officer, range(200)) if "grade" in one.values.values()]
    assert (status.subject, status.values["value"]) == (uid("outsider"), "七级")


def test_the_wall_blanks_what_a_foreign_fact_holds_besides(busy: Cast) -> None:
    with guarded(busy.policy("officer")):
        row = Fact.objects.get(uid=uid("again"))
        assert (row.values, row.reason) == ("{}", "")
        parts = Participant.objects.filter(fact=row.sequence)
        assert [part.participant_id for part in parts] == [busy.number("secretary")]
        assert all(one.values == "{}" for one in Fact.objects.filter(kind="leave"))
    with guarded(busy.policy("west officer")):
        assert Participant.objects.filter(fact__uid=uid("again")).count() == 2


def test_a_withdrawal_is_seen_with_the_foreign_fact_that_it_withdraws(busy: Cast) -> None:
    officer = busy.policy("officer")
    found = queries.fact(officer, uid("held"))
    assert found is not None
    assert found.amended_by is not None
    chain = queries.history(officer, uid("held"))
    assert [one.kind for one in chain] == ["village_meeting", "void"]
    assert chain[1].reason == ""


def test_an_old_report_opens_what_it_counted_and_today_s_does_not(busy: Cast) -> None:
    officer, home = busy.policy("officer"), uid("household")
    visit = Fact.objects.filter(subject__uid=home, kind="household_visit").latest("sequence")
    assert queries.fact(officer, visit.uid) is None
    then = queries.fact(officer, visit.uid, known_at=visit.sequence)
    assert then is not None
    assert then.subject == home
    entered(busy.draft(name="after"), by="helper")
    assert queries.fact(officer, uid("after")) is None
    with guarded(officer):
        assert not Fact.objects.filter(uid=uid("after")).exists()
        assert queries.history(officer, visit.uid, known_at=visit.sequence)


def test_an_id_number_finds_its_person_only_for_posts_that_enter_people(cast: Cast) -> None:
    number = "41990019610502001X"
    for who, finds in (("registrar", True), ("helper", False), ("secretary", False)):
        found = queries.find(cast.policy(who), number, types=("person",))
        assert [one.uid for one in found] == [uid("head")] * finds, who


def test_what_numbers_need_is_worked_out_once_a_handbook() -> None:
    first = needs(BOOK)
    assert needs(BOOK) is first
    assert ("village_meeting", "attendee") in first.pairs
    other = needs(RULEBOOK)
    assert ("village_meeting", "attendee") not in other.pairs, "same digest, another handbook"
    assert needs(BOOK) == first


PUBLIC = replace(RULEBOOK.kinds["village_meeting"], public=True)


def test_what_is_public_opens_in_full_to_whoever_has_signed_in(busy: Cast) -> None:
    with use_handbook(replace(BOOK, kinds={**BOOK.kinds, PUBLIC.id: PUBLIC}, digest="public")):
        entered(meeting(busy, "reed pond", "west head", name="told"), by="west officer")
        for who in ("officer", "helper", "head"):
            policy = busy.policy(who)
            found = queries.fact(policy, uid("told"))
            assert found is not None, who
            assert (found.subject, found.participants, found.minute) == (
                uid("reed pond"), (("attendee", uid("west head")),), 570,
            )  # fmt: skip
            tables = queries.tables(policy, as_of=TODAY)
            assert found.sequence in tables.facts["village_meeting"].fact, who
            assert found.sequence in tables.participants["village_meeting"].fact, who
            with guarded(policy):
                assert queries.fact(policy, uid("told")) == found, who
        assert queries.fact(NOBODY, uid("told")) is None
        assert not len(queries.tables(NOBODY, as_of=TODAY).facts["village_meeting"])
        check_what_counts_opens(busy)
        check_the_wall_says_the_same(busy)
