"""Plans of pairs: asked from the county's columns, changed by hand, approved into the ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from bangfu.core.text import Refused
from bangfu.records import queries
from bangfu.records.access import Policy
from bangfu.records.handbooks import handbook
from bangfu.records.models import Assignment, Fact, Subject
from bangfu.records.pairing import actions, approving
from bangfu.records.pairing.proposal import Proposal
from bangfu.records.pairing_rows import PairingPlan
from bangfu.web import clock
from tests.cast import BEGIN, TODAY, Cast, as_registrar, post, uid
from tests.pairing.cast import avoids, particulars, record

ORDER: approving.Order = {
    "households": [], "left": 0, "changed": 0, "document": "", "on": TODAY.isoformat(), "by": 0,
    "day": TODAY.isoformat(), "told": True,
}  # fmt: skip
HOMES = ("household", "second household", "west household")


def proposed(by: Policy) -> Proposal:
    return opened(by, actions.ask_for(by, "helper", now=clock.now()))


def opened(by: Policy, plan: str) -> Proposal:
    found = queries.proposal(by, plan, now=clock.now())
    assert found is not None
    return found


def pairs(found: Proposal) -> dict[str, str]:
    """Who helps whom in a plan, by the words of the cast."""
    names = {Subject.objects.get(uid=uid(name)).id: name
             for name in (*HOMES, "helper", "outsider", "farmer", "teacher")}  # fmt: skip
    return {
        names[int(home)]: names[int(found.asked.helpers[helper])] if helper >= 0 else ""
        for home, helper in zip(found.asked.households, found.chosen, strict=True)
    }


def helper_of(home: str) -> str:
    [held] = Assignment.objects.filter(
        subject__uid=uid(home), role="helper", retired_seq=None, end=None
    )
    return held.person.name


def test_the_cheapest_plan_keeps_whom_it_costs_nothing_to_keep(by: Policy) -> None:
    found = proposed(by)
    assert found.line.objective == found.line.bound
    assert pairs(found)["west household"] == "outsider"
    assert len(found.asked.helpers) == 4


def test_a_plan_rests_on_its_day_and_the_ledger_of_its_making(county: Cast, by: Policy) -> None:
    before = proposed(by)
    avoids(county, "helper", "household")
    assert pairs(opened(by, before.line.uid)) == pairs(before)
    assert pairs(proposed(by))["household"] != "helper"


def test_a_home_village_is_avoided(county: Cast, by: Policy) -> None:
    particulars(county, "helper", home=uid("stone bridge"))
    found = pairs(proposed(by))
    assert "helper" not in (found["household"], found["second household"])


def test_whoever_can_take_fewer_gets_no_more(county: Cast, by: Policy) -> None:
    for name in ("helper", "farmer", "teacher"):
        particulars(county, name, capacity=1)
    found = list(pairs(proposed(by)).values())
    assert max(found.count(name) for name in ("helper", "farmer", "teacher")) == 1


def test_where_no_plan_exists_it_says_why_and_what_would_do(county: Cast, by: Policy) -> None:
    for name in ("helper", "farmer", "teacher", "outsider"):
        particulars(county, name, capacity=1 if name == "helper" else 0)
    found = proposed(by)
    [said] = found.blocked
    assert "2个村的3户共用1名符合条件的帮扶人，只有1个名额，缺2个" in said.zh
    particulars(county, "farmer", capacity=1)
    [said] = proposed(by).blocked
    assert "每人户数上限" in said.zh


def test_nobody_but_those_who_may_help_is_asked(county: Cast, by: Policy) -> None:
    found = proposed(by)
    assert set(found.asked.helpers) == {
        county.number(name) for name in ("helper", "outsider", "farmer", "teacher")
    }


def test_an_edit_costs_what_it_says(county: Cast, by: Policy) -> None:
    found = proposed(by)
    before = found.standing(found.chosen).cost
    cost = actions.edit(by, found.line.uid, household=uid("household"), helper=uid("farmer"),
                        now=clock.now())  # fmt: skip
    after = opened(by, found.line.uid)
    assert pairs(after)["household"] == "farmer"
    assert after.standing(after.chosen).cost - before == cost
    assert after.line.edits == 1


def test_an_edit_against_a_rule_is_refused_by_its_name(county: Cast, by: Policy) -> None:
    avoids(county, "teacher", "household")
    found = proposed(by)
    for helper, code, words in (
        ("teacher", "against_rule", "亲属回避"), ("officer", "not_eligible", "可以帮扶的人"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=words) as refused:
            actions.edit(by, found.line.uid, household=uid("household"), helper=uid(helper),
                         now=clock.now())  # fmt: skip
        assert refused.value.code == code
    assert not opened(by, found.line.uid).edits


def carried(
    by: Policy, plan: str, *, homes: set[int] | None = None, on: date = TODAY
) -> approving.Carried:
    return approving.approve(
        by, plan, households=homes, document="襄结〔2017〕1号", on=on, now=clock.now()
    )


def test_an_approval_makes_posts_that_name_the_plan(county: Cast, by: Policy) -> None:
    found = proposed(by)
    actions.edit(by, found.line.uid, household=uid("household"), helper=uid("farmer"),
                 now=clock.now())  # fmt: skip
    done = carried(by, found.line.uid, homes={county.number("household")})
    assert (done.households, done.changed, done.moved) == (1, 1, 0)
    assert helper_of("household") == "农广田"
    [held] = Assignment.objects.filter(subject__uid=uid("household"), retired_seq=None, end=None)
    assert held.basis == f"结对方案 {found.line.number}（襄结〔2017〕1号）"
    assert held.start == TODAY
    approval = Fact.objects.get(kind="pairing_approval")
    assert queries.facts(by, [approval.sequence])[0].values["households"] == 1
    assert opened(by, found.line.uid).approved.sum() == 1
    before = Assignment.objects.get(subject__uid=uid("household"), end=TODAY, retired_seq=None)
    assert before.person.name == "云淑兰"


def test_the_rest_can_be_approved_later_and_nothing_twice(county: Cast, by: Policy) -> None:
    found = proposed(by)
    carried(by, found.line.uid, homes={county.number("household")})
    assert carried(by, found.line.uid).households == 2
    with pytest.raises(Refused, match="已批准"):
        carried(by, found.line.uid)
    with pytest.raises(Refused, match="已批准"):
        actions.edit(by, found.line.uid, household=uid("household"), helper="", now=clock.now())


class Cut(Exception):
    """The power went."""


def test_what_broke_off_is_finished_by_approving_again_and_nothing_twice(
    county: Cast, by: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(approving, "PORTION", 1)
    found = proposed(by)
    for home in HOMES:
        actions.edit(by, found.line.uid, household=uid(home), helper=uid("farmer"),
                     now=clock.now())  # fmt: skip

    def cut(done: int, whole: int) -> None:
        raise Cut

    def approve(after: timedelta, *, cuts: bool = False) -> approving.Carried:
        def apart(plan: str) -> None:
            approving.carry(plan, clock=clock.now, progress=cut if cuts else None)

        return approving.approve(
            by, found.line.uid, households=None, document="襄结〔2017〕1号", on=TODAY,
            now=clock.now() + after, apart=apart,
        )  # fmt: skip

    with pytest.raises(Cut):
        approve(timedelta(0), cuts=True)
    [line] = queries.plans(by, now=clock.now())
    assert (line.state, line.approved, line.left) == ("carrying", 1, 2)
    with pytest.raises(Refused, match="正在批准办理"):
        approve(timedelta(minutes=1))
    [line] = queries.plans(by, now=clock.now() + timedelta(minutes=5))
    assert line.state == "done", "its pairs can be looked at, and the rest gone on with"
    approve(timedelta(minutes=5))
    assert [helper_of(home) for home in HOMES] == ["农广田"] * 3
    [line] = queries.plans(by, now=clock.now())
    assert (line.approved, line.left) == (3, 0)
    assert Fact.objects.filter(kind="pairing_approval").count() == 1
    with pytest.raises(Refused, match="已批准"):
        approve(timedelta(minutes=10))


def test_what_is_refused_half_way_is_told_and_what_was_done_stays(
    county: Cast, by: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(approving, "PORTION", 1)
    found = proposed(by)
    for home in HOMES:
        actions.edit(by, found.line.uid, household=uid(home), helper=uid("farmer"),
                     now=clock.now())  # fmt: skip
    carried_apart: list[str] = []
    approving.approve(by, found.line.uid, households=None, document="", on=BEGIN,
                      now=clock.now(), apart=carried_apart.append)  # fmt: skip
    with pytest.raises(Refused):
        approving.carry(carried_apart[0], clock=clock.now)
    [line] = queries.plans(by, now=clock.now())
    order = line.told["order"]
    assert line.left == 0
    assert isinstance(order, dict)
    assert order["problem"]["zh"]


def test_a_household_that_moved_since_is_left_out_and_told(county: Cast, by: Policy) -> None:
    found = proposed(by)
    for home in HOMES[:2]:
        actions.edit(by, found.line.uid, household=uid(home), helper=uid("farmer"),
                     now=clock.now())  # fmt: skip
    end = county.draft("registry.assignment_end", subject="household", by="registrar",
                       on=TODAY, values={"assignment": uid("helps")})  # fmt: skip
    taken = as_registrar(post("takes over", "helper", "teacher", "household", start=TODAY))
    record(county, end, taken)
    done = carried(by, found.line.uid)
    assert (done.households, done.moved) == (2, 1)
    assert helper_of("household") == "教清风"
    assert helper_of("second household") == "农广田"


def test_a_pair_that_is_forbidden_by_now_is_left_out_and_told(county: Cast, by: Policy) -> None:
    found = proposed(by)
    for home in HOMES[:2]:
        actions.edit(by, found.line.uid, household=uid(home), helper=uid("farmer"),
                     now=clock.now())  # fmt: skip
    avoids(county, "farmer", "household")
    done = carried(by, found.line.uid)
    assert (done.households, done.moved, done.barred) == (2, 0, 1)
    assert helper_of("household") == "云淑兰"
    assert helper_of("second household") == "农广田"


def test_helpers_at_their_caps_change_places(county: Cast, by: Policy) -> None:
    """Each has room for one only when he has given his own away: they move together."""
    end = county.draft("registry.assignment_end", subject="second household", by="registrar",
                       on=TODAY, values={"assignment": uid("helps too")})  # fmt: skip
    taken = as_registrar(post("takes over", "helper", "farmer", "second household", start=TODAY))
    record(county, end, taken)
    for name in ("helper", "farmer"):
        particulars(county, name, capacity=1)
    found = proposed(by)
    asked = found.asked
    rows = [asked.household(county.number(name)) for name in HOMES[:2]]
    swapped = found.chosen.copy()
    swapped[rows] = [asked.helper(county.number(name)) for name in ("farmer", "helper")]
    ring = replace(found, plan=replace(found.plan, helper_of=swapped))
    approving.PORTION, portion = 1, approving.PORTION
    try:
        assert approving._in_portions(ring, rows) == [rows]
    finally:
        approving.PORTION = portion
    drafts = approving._drafts(by, PairingPlan.objects.get(uid=found.line.uid), ring, rows,
                               order=ORDER)  # fmt: skip
    kinds = [draft.kind.removeprefix("registry.") for draft in drafts]
    assert kinds == ["assignment_end", "assignment_end", "assignment", "assignment"]


def test_a_patch_gives_away_theirs_and_moves_nobody_else(by: Policy) -> None:
    plan = actions.patch(by, "helper", gone=[uid("helper")], now=clock.now())
    found = opened(by, plan)
    now = pairs(found)
    assert "helper" not in now.values()
    assert now["west household"] == "outsider"
    assert found.line.households == 2
    again = opened(by, actions.ask_for(by, "helper", gone=found.line.gone, now=clock.now()))
    assert again.line.objective <= found.line.objective
    assert "helper" not in pairs(again).values()


def test_a_patch_without_anybody_leaving_fills_what_is_vacant(county: Cast, by: Policy) -> None:
    with pytest.raises(Refused, match="没有要补位的户"):
        actions.patch(by, "helper", gone=[], now=clock.now())
    end = county.draft("registry.assignment_end", subject="household", by="registrar",
                       on=TODAY, values={"assignment": uid("helps")})  # fmt: skip
    record(county, end)
    found = opened(by, actions.patch(by, "helper", gone=[], now=clock.now()))
    assert [county.number("household")] == found.asked.households[found.of].tolist()
    assert carried(by, found.line.uid).changed == 1


def test_only_offices_that_enter_posts_for_the_county_make_plans(county: Cast, by: Policy) -> None:
    plan = actions.ask_for(by, "helper", now=clock.now())
    for name in ("helper", "officer", "auditor", "secretary"):
        policy = county.policy(name)
        assert not queries.plans(policy, now=clock.now())
        assert queries.plan(policy, plan, now=clock.now()) is None
        assert queries.proposal(policy, plan, now=clock.now()) is None
        with pytest.raises(Refused, match="岗位不管"):
            actions.ask_for(policy, "helper", now=clock.now())


def test_what_is_kept_is_numbers_only(by: Policy) -> None:
    proposed(by)
    row = PairingPlan.objects.get()
    assert "云淑兰".encode() not in bytes(row.answer or b"")
    assert "云淑兰" not in str(row.told)


def test_a_run_that_fails_says_why(county: Cast, by: Policy) -> None:
    plan = actions.ask_for(by, "helper", now=clock.now())
    PairingPlan.objects.filter(uid=plan).update(rule="gone")
    actions.work(by, plan, clock=clock.now)
    line = queries.plan(by, plan, now=clock.now())
    assert line
    assert line.state == "failed"
    assert queries.proposal(by, plan, now=clock.now()) is None


def test_a_large_one_is_worked_out_apart(by: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 0)
    asked: list[str] = []
    plan = actions.ask_for(by, "helper", now=clock.now(), apart=asked.append)
    line = queries.plan(by, plan, now=clock.now())
    assert asked == [plan]
    assert line
    assert line.state == "waiting"
    actions.work(by, plan, clock=clock.now)
    assert opened(by, plan).line.objective == opened(by, plan).line.bound


def test_one_plan_is_worked_out_at_a_time(by: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 0)
    asked: list[str] = []
    now = clock.now()
    first = actions.ask_for(by, "helper", now=now, apart=asked.append)
    with pytest.raises(Refused, match="正在测算另一个方案") as refused:
        actions.ask_for(by, "helper", now=now + timedelta(minutes=2), apart=asked.append)
    assert (refused.value.code, asked) == ("another_plan", [first])
    actions.work(by, first, clock=lambda: now)
    second = actions.ask_for(by, "helper", now=now, apart=asked.append)
    # The second has said nothing for so long that it has ended without a word.
    third = actions.ask_for(by, "helper", now=now + timedelta(minutes=4), apart=asked.append)
    assert asked == [first, second, third]


def test_needs_are_held_against_skills(by: Policy) -> None:
    found = proposed(by)
    question = found.asked.question
    at = found.asked.household(Subject.objects.get(uid=uid("household")).id)
    farmer = found.asked.helper(Subject.objects.get(uid=uid("farmer")).id)
    teacher = found.asked.helper(Subject.objects.get(uid=uid("teacher")).id)
    costs = question.cost(np.array([at, at]), np.array([farmer, teacher]))
    term = handbook().pairings["helper"].terms[-1]
    assert costs[1] - costs[0] == term.unmet
