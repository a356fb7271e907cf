"""What is kept beside the tables is what the same question would make anew."""

from __future__ import annotations

from dataclasses import replace

from bangfu.core.periods import Period
from bangfu.engine import frames
from bangfu.engine.duties import owed
from tests.engine.cast import GU, YUN, duty, helps, is_, june, term, visits, world
from tests.engine.county import HANDBOOK
from tests.world import tables_of

JUNE = Period(june(1), june(30))
RULE = duty(term(where="category = 'poor'"))
RULES = replace(HANDBOOK, duties={RULE.id: RULE}, deadlines={})
KNOWN = (helps(YUN, GU), is_(GU, "category", "poor", number=3))


def test_facts_that_come_are_counted_in_the_cells_that_are_kept() -> None:
    before = tables_of(world(*KNOWN), RULES, as_of=june(20))
    undone = owed(RULES, before, as_of=june(20), within=JUNE)
    assert before.frames
    visited = world(*KNOWN, visits(YUN, GU, on=june(14), number=7))
    after = replace(tables_of(visited, RULES, as_of=june(20)), frames=before.frames)
    done = owed(RULES, after, as_of=june(20), within=JUNE)
    anew = tables_of(visited, RULES, as_of=june(20))
    assert done.rows() == owed(RULES, anew, as_of=june(20), within=JUNE).rows() != undone.rows()
    assert owed(RULES, before, as_of=june(20), within=JUNE).rows() == undone.rows()


def test_another_handbook_day_or_period_has_its_own() -> None:
    tables = tables_of(world(*KNOWN), RULES, as_of=june(20))
    twice = duty(term(at_least=2))
    other = replace(RULES, duties={twice.id: twice})
    short = Period(june(12), june(19))
    for rules, day, within in (
        (RULES, june(20), JUNE), (other, june(20), JUNE), (RULES, june(15), JUNE),
        (RULES, june(20), short), (RULES, june(20), JUNE),
    ):  # fmt: skip
        fresh = tables_of(world(*KNOWN), rules, as_of=june(20))
        kept = owed(rules, tables, as_of=day, within=within).rows()
        assert kept == owed(rules, fresh, as_of=day, within=within).rows()


def test_what_is_large_is_not_kept() -> None:
    tables = tables_of(world(*KNOWN), RULES, as_of=june(20))
    few = list(range(frames.MOST_ROWS + 1))
    assert frames.framed(tables, RULES, "large", lambda: few) is few
    assert frames.framed(tables, RULES, "large", list) == []
