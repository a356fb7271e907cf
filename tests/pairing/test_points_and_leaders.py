"""Plans with points of difficulty, and of leaders for villages, from the county's columns."""

from __future__ import annotations

import numpy as np

from bangfu.optimise.inputs import NOBODY
from bangfu.records import queries
from bangfu.records.access import Policy
from bangfu.records.models import Assignment
from bangfu.records.pairing import actions, approving
from bangfu.records.pairing.proposal import Proposal
from bangfu.web import clock
from tests.cast import TODAY, Cast, as_registrar, founding, status, uid
from tests.pairing.cast import HELPERS, particulars, record
from tests.web.conftest import SignIn
from tests.web.reading import text

HOMES = ("household", "second household", "west household")


def proposed(by: Policy, rule: str) -> Proposal:
    plan = actions.ask_for(by, rule, now=clock.now())
    found = queries.proposal(by, plan, now=clock.now())
    assert found is not None
    return found


def difficult(county: Cast, **homes: str) -> None:
    record(county, *(
        as_registrar(status(f"{home} {how}", home.replace("_", " "), "difficulty", how))
        for home, how in homes.items()
    ))  # fmt: skip


def test_nobody_carries_more_points_than_allowed(county: Cast, by: Policy) -> None:
    difficult(county, household="heavy", second_household="heavy")
    for name in ("farmer", "teacher", "outsider"):
        particulars(county, name, capacity=0)
    particulars(county, "helper", capacity=3)
    found = proposed(by, "helper_by_points")
    question = found.asked.question
    assert sorted(question.points.tolist()) == [1, 3, 3]
    helper = found.asked.helper(county.number("helper"))
    assert question.helpers.cap[helper] == 3, "of fifteen households and points three each"
    assert (question.load(found.chosen) <= question.helpers.cap).all()
    assert (found.chosen == NOBODY).sum() == 2, "3 points are one household, heavy or not"
    [said] = found.blocked
    assert "没有安排" in said.zh
    assert "have nobody" in said.en


def test_which_rule_would_unblock_points_is_said(county: Cast, by: Policy) -> None:
    difficult(county, household="heavy", second_household="heavy")
    for name in HELPERS:
        particulars(county, name, home=uid("stone bridge"))
    found = proposed(by, "helper_by_points")
    [said] = found.blocked
    assert "回避本村" in said.zh
    assert "home-village avoidance" in said.en


def test_a_plan_by_points_says_how_near_it_is_to_its_bound(
    county: Cast, by: Policy, browser: SignIn
) -> None:
    difficult(county, household="heavy", second_household="medium")
    found = proposed(by, "helper_by_points")
    assert found.line.bound <= found.line.objective
    page = text(browser("registrar").get(f"/pairing/{found.line.uid}"))
    assert "按难度分结对" in page
    assert "此户 3 分" in page
    assert f"{found.line.bound:,}" in page or "没有比这更省的方案" in page


def leaders(county: Cast, *names: str) -> None:
    people = [founding("person", name, name=name, unit=uid("bureau")) for name in names]
    people += [status(f"{name} leads", name, "level", "county") for name in names]
    people += [status(f"{place} poor", place, "poor_village", "yes")
               for place in ("stone bridge", "reed pond")]  # fmt: skip
    record(county, *(as_registrar(one) for one in people))


def test_each_poor_village_gets_a_leader_with_the_certificate(
    county: Cast, by: Policy, browser: SignIn
) -> None:
    leaders(county, "甲领导", "乙领导")
    particulars(county, "甲领导", home=uid("stone bridge"))
    found = proposed(by, "lead_of_poor_village")
    assert found.asked.kind == "village"
    assert found.line.objective == found.line.bound
    assert len(np.unique(found.chosen)) == len(found.chosen), "one village each"
    row = found.asked.household(county.number("stone bridge"))
    assert found.asked.helpers[found.chosen[row]] != county.number("甲领导"), "not his home"
    page = text(browser("registrar").get(f"/pairing/{found.line.uid}"))
    assert "没有比这更省的方案" in page
    assert "证明：按方案的价格" in page
    assert "此人共 1 个村" in page
    done = approving.approve(
        by, found.line.uid, households=None, document="襄组〔2017〕9号", on=TODAY, now=clock.now()
    )
    assert done.households == len(found.chosen)
    held = Assignment.objects.filter(role="county_lead", retired_seq=None, end=None)
    assert held.get(subject__uid=uid("stone bridge")).person.name == "乙领导"


def test_villages_without_a_leader_say_why(county: Cast, by: Policy) -> None:
    leaders(county, "甲领导")
    [said] = proposed(by, "lead_of_poor_village").blocked
    assert "2个村共用1名符合条件的人选，只有1个名额，缺1个" in said.zh
    assert "每人户数上限" in said.zh
    assert "2 villages share 1 eligible leaders with 1 places; 1 short" in said.en
