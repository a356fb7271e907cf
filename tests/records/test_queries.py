"""What pages ask: histories, the last values, who could have done it, and the county's days."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bangfu.core.periods import Period
from bangfu.core.results import State
from bangfu.core.text import Refused
from bangfu.records import actions, numbers, queries
from bangfu.records.access import founder
from bangfu.records.guard import guarded
from bangfu.records.models import Meta
from tests.cast import LINKS, NOW, PLACES, SUBJECTS, TODAY, Cast, uid

WEEK = Period(date(2017, 7, 24), date(2017, 7, 31))


def test_today_is_the_stored_day_or_the_local_one(cast: Cast) -> None:
    late = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
    assert queries.today(late) == TODAY
    Meta.objects.filter(key="as_of").update(value="")
    numbers.forget()  # a ledger's stored day does not change
    assert queries.today(late) == date(2026, 3, 2), "it is four in the morning in Xiangcheng"


def test_a_county_is_founded_once_and_remembers_how(cast: Cast) -> None:
    found = queries.founded()
    assert found is not None
    assert (found["county"], found["as_of"]) == ("testing", "2017-07-31")
    with pytest.raises(Refused) as caught:
        actions.found([*PLACES, *SUBJECTS, *LINKS], as_of=TODAY, now=NOW)
    assert caught.value.code == "founded_already"


@pytest.mark.usefixtures("db")
def test_before_there_is_a_county_there_is_nothing() -> None:
    assert queries.founded() is None
    assert queries.sequence() == 0
    assert queries.known_at(TODAY) == 0
    everything = queries.tables(founder(TODAY), as_of=TODAY)
    assert not everything.facts["household_visit"].fact.size


def test_a_history_is_the_whole_chain_from_any_of_its_facts(cast: Cast) -> None:
    helper = cast.policy("helper")
    [first] = actions.record([cast.draft()], by=helper, now=NOW)
    second = actions.correct(draft=cast.draft(amends=first.uid, reason="改"), by=helper, now=NOW)
    third = actions.void(uid=second.uid, reason="撤", by=helper, now=NOW)
    for one in (first, second, third):
        chain = queries.history(helper, one.uid)
        assert [fact.uid for fact in chain] == [first.uid, second.uid, third.uid]
        assert [fact.amended_by for fact in chain] == [second.uid, third.uid, None]
        assert [fact.reason for fact in chain] == ["", "改", "撤"]


@pytest.mark.sqlite  # it speaks of SQLite's plans
@pytest.mark.parametrize("wall", [False, True])
def test_a_history_is_found_without_reading_the_whole_ledger(wall: bool, cast: Cast) -> None:
    helper = cast.policy("helper")
    [first] = actions.record([cast.draft()], by=helper, now=NOW)
    actions.correct(draft=cast.draft(amends=first.uid, reason="改"), by=helper, now=NOW)
    with guarded(helper) if wall else nullcontext(), CaptureQueriesContext(connection) as asked:
        assert len(queries.history(helper, first.uid)) == 2
        with connection.cursor() as cursor:
            for query in asked.captured_queries:
                cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
                plan = [row[-1] for row in cursor.fetchall()]
                assert not {"SCAN records_fact", "SCAN t"}.intersection(plan), query["sql"]


def test_as_last_time_gives_what_is_not_personal(cast: Cast) -> None:
    helper = cast.policy("helper")
    assert queries.last_values(helper, "household_visit") == {}
    for minutes in (20, 25):
        values = {"mode": "door", "minutes": minutes, "need": "修房顶", "account": "6228480402"}
        actions.record([cast.draft(values=values)], by=helper, now=NOW)
    assert queries.last_values(helper, "household_visit") == {"mode": "door", "minutes": 25}
    [_, last] = [fact for fact in queries.facts(helper, range(100)) if fact.standing][-2:]
    actions.void(uid=last.uid, reason="", by=helper, now=NOW)
    assert queries.last_values(helper, "household_visit") == {"mode": "door", "minutes": 20}


def test_what_may_be_recorded_follows_from_posts_and_terms(cast: Cast) -> None:
    kinds = {kind.id for kind in queries.recordable_kinds(cast.policy("helper"))}
    assert kinds == {"household_visit", "household_contact", "feedback"}
    officer = {kind.id for kind in queries.recordable_kinds(cast.policy("officer"))}
    assert "registry.person" in officer
    assert "old_round" not in officer


def test_my_subjects_are_those_of_my_posts(cast: Cast) -> None:
    mine = queries.my_subjects(cast.policy("helper"))
    assert {one.name for one in mine} == {"谷大有", "田有余"}
    assert queries.my_subjects(cast.policy("helper"), "first_secretary") == []


def test_who_could_have_done_it_holds_a_post_for_all_of_them(cast: Cast) -> None:
    kind = queries.handbook().kinds["household_visit"]
    officer = cast.policy("officer")
    both = [uid("household"), uid("second household")]
    assert {one.name for one in queries.performers(officer, kind, both)} == {"云淑兰", "舒长青"}
    foreign = queries.performers(officer, kind, [uid("west household")])
    assert foreign == []


def test_a_visit_is_off_the_list_at_once_and_back_when_it_is_voided(cast: Cast) -> None:
    helper, officer = cast.policy("helper"), cast.policy("officer")

    def states(policy: object) -> dict[int, State]:
        owed = queries.owed(helper if policy is helper else officer, as_of=TODAY, within=WEEK)
        return {item.subject: item.state for item in owed.rows()}

    home = cast.number("household")
    assert states(helper)[home] == State.OVERDUE
    [visit] = actions.record([cast.draft(on=date(2017, 7, 26))], by=helper, now=NOW)
    assert states(helper)[home] == states(officer)[home] == State.DONE
    before = queries.sequence()
    actions.void(uid=visit.uid, reason="", by=officer, now=NOW)
    assert states(helper)[home] == states(officer)[home] == State.OVERDUE
    then = queries.owed(helper, as_of=TODAY, within=WEEK, known_at=before)
    assert {item.subject: item.state for item in then.rows()}[home] == State.DONE


def test_a_figure_counts_what_its_reader_sees_and_opens_to_it(cast: Cast) -> None:
    [visit] = actions.record([cast.draft()], by=cast.policy("helper"), now=NOW)
    west = cast.draft(subject="west household", by="outsider")
    actions.record([west], by=cast.policy("outsider"), now=NOW)
    for who, count in (("registrar", 2), ("officer", 1), ("helper", 1), ("west officer", 1)):
        policy = cast.policy(who)
        assert queries.figure(policy, "visits", as_of=TODAY).value == count
        assert queries.figures(policy, as_of=TODAY)["visits"].value == count
        traced = queries.trace(policy, "figure:visits", as_of=TODAY)
        assert len(queries.facts(policy, traced.facts())) == count
    assert queries.trace(cast.policy("helper"), "figure:visits", as_of=TODAY).facts() == (
        visit.sequence,
    )


def test_the_time_of_recording_never_runs_backwards(cast: Cast) -> None:
    helper = cast.policy("helper")
    [first] = actions.record([cast.draft()], by=helper, now=NOW + timedelta(minutes=4))
    [second] = actions.record([cast.draft()], by=helper, now=NOW)
    assert second.recorded_at == first.recorded_at
    entries = [
        actions.Entry(cast.draft(), uid("helper"), NOW + timedelta(days=2)),
        actions.Entry(cast.draft(), uid("helper"), NOW + timedelta(days=1)),
    ]
    with pytest.raises(Refused) as caught:
        actions.record_batch(entries, as_of=TODAY + timedelta(days=9))
    assert caught.value.code == "unordered"


def test_a_batch_goes_by_the_posts_of_each_days_recording(cast: Cast) -> None:
    early = datetime(2017, 7, 22, 9, 0, tzinfo=UTC)
    draft = cast.draft(on=date(2017, 7, 25))
    with pytest.raises(Refused) as caught:
        actions.record_batch([actions.Entry(draft, uid("helper"), early)], as_of=TODAY)
    assert caught.value.code == "future_day", "it had not come when it was recorded"
    told: list[int] = []
    entries = [actions.Entry(cast.draft(), uid("helper"), NOW) for _ in range(3)]
    assert actions.record_batch(entries, as_of=TODAY, progress=told.append) == 3
