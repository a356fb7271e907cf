"""Scores are the sums of their lines; steps stand on them. By example, and for random records."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings

from bangfu.core.results import ScoreValue, State, Step
from bangfu.core.rules import (
    Duty,
    Handbook,
    Indicator,
    Ladder,
    LadderTerm,
    Rung,
    Score,
    ScoreTerm,
)
from bangfu.engine.ladder import steps
from bangfu.engine.scores import scores
from tests import oracle
from tests.engine.cast import (
    BEGIN,
    EAST,
    GU,
    JUNE,
    SHE,
    STONE_BRIDGE,
    TIAN,
    WEST,
    YUN,
    duty,
    helps,
    june,
    term,
    visits,
    world,
)
from tests.engine.county import HANDBOOK, SOURCE, handbook, text
from tests.engine.strategies import duties, late_days, worlds
from tests.world import Held, World, tables_of

VISITS = Indicator("visits", text("visits"), weight=60.0, duty="visits")
ROUNDS = Indicator("rounds", text("rounds"), fact="visit", points=2.0, cap=5.0)
AFTER_JUNE = date(2017, 7, 5)


def rules(*indicators: Indicator, rule: Duty | None = None, **changes: object) -> Handbook:
    terms = (ScoreTerm(BEGIN, None, SOURCE, every="month", indicators=indicators),)
    plain = Score("score", text("score"), "person", terms)
    score = replace(plain, **changes)  # type: ignore[arg-type]
    return replace(handbook([rule or duty(term(grace=1))]), scores={"score": score})


def ranking(known: World, handbook_: Handbook, *, as_of: date = AFTER_JUNE) -> list[ScoreValue]:
    tables = tables_of(known, handbook_, as_of=as_of)
    return scores(handbook_, tables, "score", day=june(15), as_of=as_of)


# Of the four weeks that are due in June, Yun met two and was late in one, She met all.
THREE_OF_FOUR = [
    visits(YUN, GU, on=june(2), number=7),
    visits(YUN, GU, on=june(12), number=8),
    visits(YUN, GU, on=june(14), number=9),
]
ALL_FOUR = [visits(SHE, TIAN, on=june(2 + 7 * week), number=20 + week) for week in range(4)]
BOTH = world(helps(YUN, GU), helps(SHE, TIAN), *THREE_OF_FOUR, *ALL_FOUR)


def test_a_line_is_the_share_met_times_its_weight_and_late_counts_half() -> None:
    she, yun = ranking(BOTH, rules(VISITS))
    assert (she.holder, she.points, she.rank) == (SHE, 60.0, 1)
    (line,) = yun.lines
    states = [one.state for one in line.obligations]
    assert states == [State.DONE, State.LATE, State.DONE, State.OVERDUE]
    assert (line.share, line.points, line.counted, line.because) == (0.625, 37.5, 4, (7, 8, 9))
    assert (yun.holder, yun.rank, yun.points) == (YUN, 2, 37.5)


def test_points_for_facts_stop_at_their_cap_and_count_a_round_once() -> None:
    known = world(helps(YUN, GU), visits(YUN, GU, TIAN, on=june(2), number=7))
    (only,) = ranking(known, rules(ROUNDS))
    assert (only.points, only.lines[0].because, only.lines[0].share) == (2.0, (7,), None)
    she = next(one for one in ranking(BOTH, rules(ROUNDS)) if one.holder == SHE)
    assert (she.points, she.lines[0].counted) == (5.0, 4)


def test_what_is_not_decided_yet_does_not_count() -> None:
    found = ranking(BOTH, rules(VISITS), as_of=june(10))
    assert [(one.holder, one.lines[0].counted) for one in found] == [(YUN, 1), (SHE, 2)]


def test_who_owed_nothing_has_no_line_for_it() -> None:
    known = world(helps(YUN, GU), *ALL_FOUR)
    by_holder = {one.holder: one for one in ranking(known, rules(VISITS, ROUNDS))}
    assert [line.indicator for line in by_holder[SHE].lines] == ["rounds"]
    assert [line.indicator for line in by_holder[YUN].lines] == ["visits"]


def test_places_are_scored_by_the_subjects_in_them() -> None:
    townships = ranking(BOTH, rules(VISITS, ROUNDS, level="township"))
    assert [(one.holder, one.rank) for one in townships] == [(WEST, 1), (EAST, 2)]
    villages = ranking(BOTH, rules(VISITS, level="village"))
    assert villages[-1].holder == STONE_BRIDGE


def test_equals_share_a_rank_and_the_next_one_leaves_a_gap() -> None:
    third = Held(99, "helper", 3, GU, BEGIN)
    known = world(helps(YUN, GU), helps(SHE, TIAN), third, *ALL_FOUR)
    per_holder = rules(VISITS, rule=duty(term(grace=1), per="holder"))
    assert [(one.holder, one.rank) for one in ranking(known, per_holder)] == [
        (SHE, 1), (YUN, 2), (3, 2),
    ]  # fmt: skip


def test_minmax_stretches_the_shares_from_nothing_to_the_whole_weight() -> None:
    stretched = rules(VISITS)
    only = replace(stretched.scores["score"].terms[0], normalise="minmax")
    score = replace(stretched.scores["score"], terms=(only,))
    found = ranking(BOTH, replace(stretched, scores={"score": score}))
    assert [one.points for one in found] == [60.0, 0.0]


@settings(max_examples=60)
@given(duties("visits"), worlds(), late_days)
def test_a_score_is_exactly_the_sum_of_its_lines(rule: Duty, known: World, as_of: date) -> None:
    heavy = replace(VISITS, weight=33.3)
    found = ranking(known, rules(heavy, ROUNDS, rule=rule), as_of=as_of)
    for one in found:
        assert one.points == sum(line.points for line in one.lines)
    closed = [
        one
        for one in oracle.owed(handbook([rule]), known, as_of=as_of, within=JUNE)
        if JUNE.holds(one.due) and one.state not in {State.DUE, State.EXCUSED}
    ]
    lines = [line for one in found for line in one.lines if line.indicator == "visits"]
    read = [one for line in lines for one in line.obligations]
    assert sorted(read, key=repr) == sorted(closed, key=repr)


# Steps


def proposed(known: World, *rungs: Rung, as_of: date = AFTER_JUNE) -> list[Step]:
    ladder = Ladder("ladder", text("ladder"), (LadderTerm(BEGIN, None, SOURCE, rungs),), "score")
    book = replace(rules(VISITS), ladders={"ladder": ladder})
    return steps(book, tables_of(known, book, as_of=as_of), "ladder", as_of=as_of)


STATEMENT = Rung("statement", text("statement"), "bottom", 1, "helper", 5)
TALK = Rung("talk", text("talk"), "overdue", 2, "helper", 7, duty="visits")
AGAIN = Rung("again", text("again"), "repeats", 2, "township_officer", 3, rung="statement")
OFFICER = Held(98, "township_officer", 5, EAST, BEGIN)


def test_the_last_in_rank_makes_a_statement_on_the_last_day_of_the_month() -> None:
    (only,) = proposed(BOTH, STATEMENT)
    assert (only.holder, only.person, only.day) == (YUN, YUN, june(30))
    assert only.reply_by == june(30) + timedelta(days=5)
    post = 1000 + 10 * GU + YUN  # one week has no fact: the post is why it was owed
    assert only.because == (7, 8, 9, post)
    assert "37.5" in only.grounds.zh
    assert "rank 2 of 2" in only.grounds.en


def test_where_all_are_equal_nobody_is_last() -> None:
    equal = world(helps(YUN, GU), helps(SHE, TIAN))
    assert proposed(equal, STATEMENT) == []


def test_the_running_month_is_not_ranked_yet() -> None:
    assert [one.day for one in proposed(BOTH, STATEMENT, as_of=june(29))] == []
    assert [one.day for one in proposed(BOTH, STATEMENT, as_of=june(30))] == [june(30)]


def test_two_overdue_weeks_make_a_talk_from_the_day_the_second_one_closed() -> None:
    known = world(helps(YUN, GU, june(12)), visits(YUN, GU, on=june(14), number=7))
    assert proposed(known, TALK, as_of=june(27)) == []
    (only,) = proposed(known, TALK, as_of=AFTER_JUNE)
    assert (only.person, only.day, only.reply_by) == (YUN, date(2017, 7, 4), date(2017, 7, 11))
    assert only.because == (1000 + 10 * GU + YUN,)


def test_last_twice_running_goes_to_the_officer_of_the_township() -> None:
    may = [
        visits(SHE, TIAN, on=date(2017, 5, 1) + timedelta(days=7 * n), number=40 + n)
        for n in range(5)
    ]
    twice = replace(BOTH, facts=(*BOTH.facts, *may), posts=(*BOTH.posts, OFFICER))
    found = proposed(twice, STATEMENT, AGAIN)
    assert [(one.rung, one.holder, one.person) for one in found] == [
        ("statement", YUN, YUN), ("again", YUN, 5),
    ]  # fmt: skip
    once = replace(BOTH, posts=(helps(YUN, GU, june(1)), helps(SHE, TIAN, june(1))))
    assert [one.rung for one in proposed(once, STATEMENT, AGAIN)] == ["statement"]


def test_over_the_limit_counts_at_once() -> None:
    rung = Rung("over", text("over"), "over", 1, "helper", 5, duty="visits")
    ladder = Ladder("ladder", text("ladder"), (LadderTerm(BEGIN, None, SOURCE, (rung,)),))
    book = replace(handbook([duty(term(at_least=None, at_most=1))]), ladders={"ladder": ladder})
    twice = [visits(YUN, GU, on=june(13), number=number) for number in (7, 8)]
    known = world(helps(YUN, GU), *twice)
    (only,) = steps(book, tables_of(known, book, as_of=june(14)), "ladder", as_of=june(14))
    assert (only.person, only.day, only.because[:2]) == (YUN, june(14), (7, 8))
    assert "2 times since 2017-06-12, limit 1" in only.grounds.en  # the week ends only later


def test_an_unknown_ladder_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        steps(HANDBOOK, tables_of(world(), HANDBOOK, as_of=june(1)), "none", as_of=june(1))
