"""Each match says why, what else there was and at what cost; a patch moves nobody else."""

from __future__ import annotations

import numpy as np
from bench.county_pairs.data import county
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.optimise.inputs import BARRED, NOBODY, Ints, Question
from bangfu.optimise.pairing import propose
from bangfu.optimise.reasons import edit_cost, match, patch
from tests.optimise import small


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_the_refused_alternative_costs_what_is_said(seed: int) -> None:
    asked = small.question(seed)
    plan = propose(asked)
    for i in np.flatnonzero(plan.helper_of != NOBODY):
        why = match(asked, plan, int(i))
        assert why.cost == small.pair_cost(asked, int(i), why.helper)
        assert why.at_least >= 0
        if why.alternative == NOBODY:
            continue
        after = plan.helper_of.copy()
        after[i] = why.alternative
        exactly = small.plan_cost(asked, after)
        assert why.exactly == (None if exactly is None else exactly - plan.objective)
        assert why.exactly is None or why.exactly >= why.at_least


def test_the_terms_are_said_in_both_languages() -> None:
    asked = county(houses=300)
    plan = propose(asked)
    why = match(asked, plan, 0)
    assert f"{why.km:.1f} km" in why.text().en
    assert f"路程{why.km:.1f}公里" in why.text().zh
    assert why.load == (plan.helper_of == why.helper).sum()


def test_an_edit_against_a_rule_has_no_price() -> None:
    asked = county(houses=300)
    plan = propose(asked)
    native = int(np.flatnonzero(asked.helpers.home == asked.households.place[0])[0])
    assert edit_cost(asked, plan.helper_of, {0: native}) is None
    assert edit_cost(asked, plan.helper_of, {0: int(plan.helper_of[0])}) == 0
    assert edit_cost(asked, plan.helper_of, {0: NOBODY, 1: NOBODY}) is not None


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 3))
def test_a_patch_is_the_cheapest_that_moves_nobody_else(seed: int, gone: int) -> None:
    asked = small.question(seed)
    plan = propose(asked)
    found = patch(asked, plan.helper_of, np.array([gone]))
    stay = plan.helper_of != gone
    assert (found.helper_of[stay] == plan.helper_of[stay]).all()
    assert gone not in found.helper_of
    assert small.plan_cost(asked, found.helper_of) == found.cost
    assert found.cost == _best_patch(asked, plan.helper_of, gone)


def _best_patch(asked: Question, before: Ints, gone: int) -> int:
    tried = [list(before)]
    for i in np.flatnonzero(before == gone):
        choices = [j for j in range(NOBODY, asked.size[1]) if j != gone]
        tried = [[*one[:i], j, *one[i + 1 :]] for one in tried for j in choices]
    costs = [small.plan_cost(asked, np.array(one)) for one in tried]
    return min(BARRED * 100 if cost is None else cost for cost in costs)
