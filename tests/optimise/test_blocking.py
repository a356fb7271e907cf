"""Where no plan serves all, it says which households share too few places, and what would help."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from bench.county_pairs.data import county
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.optimise.blocking import blocked
from bangfu.optimise.inputs import BARRED, NOBODY, Question, Rule
from bangfu.optimise.pairing import propose
from tests.optimise import small


def walled(*, villages: int = 3, helpers: int = 8) -> tuple[Question, int]:
    """A county in which some villages are reached by one group of a few helpers only."""
    asked = county(houses=1_500)
    count = np.bincount(asked.households.place, minlength=len(asked.km))
    some = np.argsort(-count)[:villages]
    group = asked.km.shape[1]
    wall = np.zeros((len(asked.km), group + 1), bool)
    wall[some, :group] = True
    who = asked.helpers
    few = np.flatnonzero((who.cap == 6) & ~np.isin(who.home, some))[:helpers]
    new_group = who.group.copy()
    new_group[few] = group
    return (
        replace(
            asked,
            helpers=replace(who, group=new_group),
            km=np.pad(asked.km, ((0, 0), (0, 1))),
            linked=np.pad(asked.linked, ((0, 0), (0, 1))),
            out_of_reach=wall,
            below_grade=np.zeros_like(asked.below_grade),
            relatives=(np.zeros(0, np.int64), np.zeros(0, np.int64)),
        ),
        int(count[some].sum()),
    )


def test_villages_that_too_few_may_help_are_named_with_the_rule() -> None:
    asked, many = walled(helpers=3)
    plan = propose(asked)
    (one,) = blocked(asked, plan)
    assert len(one.households) == many
    assert (len(one.helpers), one.places) == (3, 18)
    assert one.short == len(plan.open) == many - 18 > 0
    assert one.relaxing == (Rule.REACH,)
    assert one.text().en == (
        f"{many} households in 3 villages share 3 eligible helpers with 18 places; "
        f"{many - 18} short. Relaxing one of these alone would do: who may help where."
    )
    assert "3个村" in one.text().zh
    assert "帮扶范围" in one.text().zh


def test_one_household_more_for_each_may_do() -> None:
    asked, many = walled(helpers=8)
    places = many - 2
    caps = asked.helpers.cap.copy()
    caps[asked.helpers.group == asked.km.shape[1] - 1] = [
        places - places // 8 * 7,
        *[places // 8] * 7,
    ]
    asked = replace(asked, helpers=replace(asked.helpers, cap=caps))
    (one,) = blocked(asked, propose(asked))
    assert one.short == 2
    assert Rule.CAP in one.relaxing


def test_a_plan_that_serves_all_is_not_blocked() -> None:
    asked = county(houses=300)
    assert blocked(asked, propose(asked)) == []


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.integers(3, 10))
def test_what_blocks_is_told_truly(seed: int, many: int) -> None:
    asked = small.question(seed, households=many, helpers=5, tight=True)
    plan = propose(asked)
    found = blocked(asked, plan)
    assert sum(one.short for one in found) == len(plan.open)
    for one in found:
        allowed = {
            j for i in one.households for j in range(5) if small.pair_cost(asked, i, j) is not None
        }
        assert allowed == set(one.helpers.tolist())
        assert one.places == sum(asked.helpers.cap[j] for j in allowed) < len(one.households)
        for rule in Rule:
            served = propose(asked.without(rule)).helper_of[one.households] != NOBODY
            assert (rule in one.relaxing) >= bool(served.all())


def test_barred_is_more_than_any_pair() -> None:
    asked = county(houses=300)
    assert asked.by_place[~asked.out_of_reach].max() * 2 < BARRED
