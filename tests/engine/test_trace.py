"""Every number opens to the facts under it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings

from bangfu.core.periods import Period
from bangfu.core.results import Trace
from bangfu.core.rules import (
    Coverage,
    CoverageTerm,
    Figure,
    FigureTerm,
    Handbook,
    Score,
    ScoreTerm,
    Staffing,
    StaffingTerm,
)
from bangfu.core.text import Text
from bangfu.engine.duties import owed
from bangfu.engine.figures import figure
from bangfu.engine.trace import UnknownTarget, trace
from tests.engine.cast import (
    BEGIN,
    GU,
    SHE,
    TIAN,
    YUN,
    deadline,
    duty,
    helps,
    is_,
    june,
    on_leave,
    term,
    visits,
    world,
)
from tests.engine.county import SOURCE, handbook, text
from tests.engine.strategies import EVERYTHING, handbooks, late_days, worlds
from tests.engine.test_scores import VISITS
from tests.world import Done, World, tables_of

POST = 1000 + 10 * GU + YUN
ON = june(20)


def book() -> Handbook:
    count = (FigureTerm(BEGIN, None, SOURCE, parts={"health": "topic = 'health'"}),)
    return replace(
        handbook([duty(term(excused_by=("leave",)))], [deadline(3)]),
        figures={one.id: one for one in (
            Figure("rounds", text("rounds"), "facts:visit", "count", text("times"), count),
            Figure("poor", text("poor"), "subjects:household", "count", text("homes"),
                   (FigureTerm(BEGIN, None, SOURCE, where="category = 'poor'"),)),
            Figure("helpers", text("helpers"), "assignments:helper", "distinct", text("persons"),
                   (FigureTerm(BEGIN, None, SOURCE),), field="person"),
            Figure("missed", text("missed"), "duty:visits", "count", text("times"),
                   (FigureTerm(BEGIN, None, SOURCE, where="state = 'overdue'",
                               since="2017-05-01"),)),
            Figure("met", text("met"), "duty:visits", "share", text("%"),
                   (FigureTerm(BEGIN, None, SOURCE),)),
        )},
        coverage={"visited": Coverage("visited", text("visited"), "household", "visit",
                  (CoverageTerm(BEGIN, None, SOURCE),), by=("category",))},
        staffing={"staffed": Staffing("staffed", text("staffed"), "helper",
                  (StaffingTerm(BEGIN, None, SOURCE),))},
        scores={"score": Score("score", text("score"), "person",
                (ScoreTerm(BEGIN, None, SOURCE, indicators=(VISITS,)),))},
    )  # fmt: skip


KNOWN = world(
    helps(YUN, GU),
    visits(YUN, GU, on=june(6), number=7, topic="health"),
    visits(SHE, TIAN, on=june(7), number=8),
    is_(GU, "category", "poor", number=3),
)


def opened(target: str, known: World = KNOWN, on: date = ON) -> Trace:
    return trace(book(), tables_of(known, book(), as_of=on), target, as_of=on)


def nodes(root: Trace) -> dict[str, Trace]:
    return {child.title.en: child for child in root.children}


def test_a_figure_opens_to_its_facts_its_parts_and_its_rule() -> None:
    root = opened("figure:rounds")
    assert (root.value, root.because) == ("2", (7, 8))
    assert nodes(root)["health"].because == (7,)
    assert nodes(root)["Rule"].value == "试验办法：每周一次。"


def test_a_figure_of_subjects_opens_to_them_and_below_to_what_decided() -> None:
    root = opened("figure:poor")
    assert (root.value, root.because, root.counted()) == ("1", (GU,), (GU,))
    assert nodes(root)["Decided by"].because == (3,)
    assert root.facts() == (3, GU)


def test_a_figure_of_different_persons_opens_to_one_post_each_and_below_to_the_others() -> None:
    known = world(helps(YUN, GU), helps(YUN, TIAN), helps(SHE, TIAN))
    root = opened("figure:helpers", known)
    assert (root.value, len(root.counted())) == ("2", 2)
    assert nodes(root)["Further rows of the same values"].because == (1000 + 10 * TIAN + YUN,)


def test_a_figure_of_obligations_opens_to_each_of_them_by_name() -> None:
    known = world(helps(YUN, GU), visits(YUN, GU, on=june(6), number=7))
    root = opened("figure:missed", known)
    each = nodes(root)["Obligations, one by one"]
    count = len(each.children)
    assert count > 1, "May and June weeks"
    assert (root.value, each.value) == (str(count), str(count))
    assert {one.about for one in each.children} == {GU}
    assert all("Overdue" in one.value and one.because == () for one in each.children)
    assert root.because == (POST,), "one post owes them all"
    assert "Obligations, one by one" not in nodes(opened("figure:met", known)), "a share is of all"


def test_a_part_of_a_figure_is_called_by_its_title() -> None:
    titles = {"health": Text("健康", "Health")}
    figures = book().figures
    terms = tuple(replace(one, part_titles=titles) for one in figures["rounds"].terms)
    named = replace(book(), figures={**figures, "rounds": replace(figures["rounds"], terms=terms)})
    tables = tables_of(KNOWN, named, as_of=ON)
    assert "Health" in nodes(trace(named, tables, "figure:rounds", as_of=ON))


def test_a_coverage_opens_to_its_groups() -> None:
    root = opened("coverage:visited")
    assert root.value == "2/2"
    assert (nodes(root)["poor"].value, nodes(root)["poor"].because) == ("1/1", (7,))


def test_a_staffing_opens_to_the_posts_and_to_what_is_amiss() -> None:
    root = opened("staffing:staffed")
    assert root.value == "1/2"
    held = next(child for child in root.children if child.about == GU)
    assert held.because == (POST,)
    assert (nodes(root)["Vacant"].about, nodes(root)["Vacant"].because) == (TIAN, (TIAN,))


def test_a_met_obligation_opens_to_its_facts_and_to_the_post() -> None:
    root = opened(f"obligation:visits:{GU}:2017-06-05")
    assert (root.value, root.because, root.about) == ("1/1 已办 / Done", (7,), GU)
    assert (nodes(root)["Assignment"].because, nodes(root)["Assignment"].about) == ((POST,), YUN)


def test_an_overdue_obligation_has_no_facts_but_the_post_and_the_rule() -> None:
    root = opened(f"obligation:visits:{GU}:2017-06-12")
    assert root.because == ()
    assert root.facts() == (POST,)
    assert nodes(root)["Rule"].value.startswith("试验办法")


def test_an_excused_obligation_opens_to_the_leave() -> None:
    away = on_leave(YUN, june(12), june(18), number=9)
    root = opened(f"obligation:visits:{GU}:2017-06-12", replace(KNOWN, facts=(*KNOWN.facts, away)))
    assert nodes(root)["Excused by"].because == (9,)


def test_a_deadline_opens_to_the_fact_that_set_it_off() -> None:
    alarm = Done(5, "alarm", june(12), (GU,), SHE)
    root = opened(f"obligation:deadline:{GU}:2017-06-12", replace(KNOWN, facts=(alarm,)))
    assert nodes(root)["Counted from"].because == (5,)


def test_a_score_opens_to_lines_to_obligations_to_facts() -> None:
    root = opened(f"score:score:{YUN}:2017-06-15")
    line = nodes(root)["visits"]
    assert line.value == "20 (33.3 %)"
    assert [child.because for child in line.children] == [(), (7,), ()]
    assert root.facts() == (7, POST)


@pytest.mark.parametrize(
    "target",
    [
        "figure:none", "nothing:rounds", "figure", "figure:rounds:1", "score:score:x",
        "score:score:999", "obligation:visits:11:2017-13-01", "obligation:visits:11:2017-06-06",
        "obligation:visits:999:2017-06-05", "", "::", "obligation:visits:11",
    ],
)  # fmt: skip
def test_what_is_not_there_is_named(target: str) -> None:
    with pytest.raises(UnknownTarget):
        opened(target)


@settings(max_examples=30)
@given(handbooks(), worlds(), late_days)
def test_every_obligation_opens_to_exactly_its_facts(
    rules: Handbook, known: World, on: date
) -> None:
    tables = tables_of(known, rules, as_of=on)
    for one in owed(rules, tables, as_of=on, within=EVERYTHING).rows()[:10]:
        target = f"obligation:{one.rule}:{one.subject}:{one.period.start}:{one.person}"
        root = trace(rules, tables, target, as_of=on)
        found = [root, *root.children]
        assert any(node.because == one.because and node.about == one.subject for node in found)


def test_the_trace_of_a_figure_names_what_the_figure_names() -> None:
    tables = tables_of(KNOWN, book(), as_of=ON)
    assert opened("figure:rounds").facts() == figure(book(), tables, "rounds", as_of=ON).because
    assert Period(june(5), june(12)).holds(june(6))
