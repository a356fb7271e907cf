"""疑点: by who can mend them, about whom, exempted and told at once; and the income card."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bangfu.core.facts import Draft, Value
from bangfu.core.formulas import Proposes
from bangfu.records import actions, queries
from bangfu.records.handbooks import handbook, use_handbook
from tests.cast import NOW, TODAY, Cast, uid
from tests.web.conftest import SignIn
from tests.web.reading import links, text, value_of

WRONG: dict[str, Value] = {
    "household_type": "lifted", "land_crop": "120.00", "power_home": True, "house_area": "90.00",
    "road": "concrete", "safe_water": True, "land_forest": "0.00",
}  # fmt: skip


def profile(cast: Cast, name: str, by: str, household: str, **values: Value) -> Draft:
    draft = cast.draft(
        "household_profile", name=name, subject=household, by=by, on=date(2017, 7, 20),
        values=values,
    )  # fmt: skip
    actions.record([draft], by=cast.policy(by), now=NOW)
    return draft


def account(cast: Cast, name: str, household: str, by: str, **values: Value) -> None:
    given: dict[str, Value] = {
        "from": "2016-08-01", "to": "2017-07-20", "moment": "yearly", "heads": 1, **values,
    }  # fmt: skip
    draft = cast.draft(
        "income_account", name=name, subject=household, by=by, on=date(2017, 7, 20), values=given
    )
    actions.record([draft], by=cast.policy(by), now=NOW)


@pytest.fixture
def doubtful(cast: Cast) -> Cast:
    profile(cast, "profile", "helper", "household", **WRONG)
    return cast


def test_doubts_are_grouped_by_who_can_mend_them(doubtful: Cast, browser: SignIn) -> None:
    page = browser("officer").get("/doubts")
    assert "帮扶责任人" in text(page)
    mine = browser("officer").get(f"/doubts?who={uid('helper')}&check=lifted_crop_land")
    assert "脱贫户耕地面积过大或为负" in text(mine)
    assert "耕地面积 120 亩，不在 0 到 100 亩之间" in text(mine)
    english = text(browser("officer", "en").get(f"/doubts?who={uid('helper')}"))
    assert "Crop land 120 mu, not between 0 and 100" in english
    assert f"/doubts/of/{uid('household')}" in links(mine)


def test_one_household_opens_to_the_rule_its_facts_and_the_exemption(
    doubtful: Cast, browser: SignIn
) -> None:
    client = browser("officer")
    page = client.get(f"/doubts/of/{uid('household')}")
    assert "/handbook/check/lifted_crop_land" in links(page)
    assert f"/fact/{uid('profile')}" in links(page)
    assert "参数 most：100 亩" in text(client.get("/handbook/check/lifted_crop_land"))
    forms = [one for one in links(page) if one.startswith("/record/household_exempted")]
    form = next(one for one in forms if one.endswith("v.check=lifted_crop_land"))
    opened = client.get(form)
    assert value_of(opened, "v.check") == "lifted_crop_land"
    sent = {
        "uid": value_of(opened, "uid"), "occurred_on": "2017-07-24", "subject": uid("household"),
        "performed_by": uid("officer"), "v.check": "lifted_crop_land", "v.reason": "true_so",
        "v.until": "2017-12-31",
    }  # fmt: skip
    assert client.post("/record/household_exempted", sent).status_code == 302
    assert "豁免到2017年12月31日 周日" in text(
        client.get("/doubts?state=exempt&check=lifted_crop_land")
    )
    helper = client.get(f"/doubts?who={uid('helper')}&check=lifted_crop_land")
    assert "耕地面积 120 亩" not in text(helper)


def test_whoever_enters_is_told_at_once(cast: Cast, browser: SignIn) -> None:
    client = browser("helper")
    page = client.get(f"/record/household_profile?subject={uid('household')}")
    sent = {
        "uid": value_of(page, "uid"), "occurred_on": "2017-07-20", "subject": uid("household"),
        "performed_by": uid("helper"), "v.household_type": "lifted", "v.land_crop": "120",
    }  # fmt: skip
    answer = client.post("/record/household_profile", sent, follow=True)
    assert "疑点" in text(answer)
    assert "脱贫户耕地面积过大或为负" in text(answer)


def test_the_file_of_the_household_names_them(doubtful: Cast, browser: SignIn) -> None:
    page = browser("officer").get(f"/household/{uid('household')}")
    assert "脱贫户耕地面积过大或为负" in text(page)
    assert f"/doubts/of/{uid('household')}" in links(page)


def test_nobody_else_sees_them(doubtful: Cast, browser: SignIn) -> None:
    assert browser("outsider").get(f"/doubts/of/{uid('household')}").status_code == 404
    assert browser("outsider").get(f"/income/{uid('household')}").status_code == 404
    assert "耕地面积" not in text(browser("outsider").get("/doubts"))


def test_the_list_does_not_say_what_is_personal_the_page_does(cast: Cast, browser: SignIn) -> None:
    account(cast, "account", "household", "officer", stated_per_head="1234.00")
    client = browser("officer")
    listed = text(client.get("/doubts?check=income_very_low"))
    assert "人均纯收入 （不显示） 元，低于 4000 元" in listed
    assert "1234" not in listed
    opened = client.get(f"/doubts/of/{uid('household')}")
    assert "人均纯收入 1234 元，低于 4000 元" in text(opened)


def test_the_course_of_the_month_is_as_each_day_knew_it(doubtful: Cast, browser: SignIn) -> None:
    points = queries.course(doubtful.policy("officer"), as_of=TODAY)
    assert [number for _day, number in points[:-1]] == [0] * (len(points) - 1)
    assert points[-1][0] == TODAY
    assert points[-1][1] > 0
    page = browser("officer").get("/doubts/course")
    assert str(points[-1][1]) in text(page)


def test_every_figure_of_the_income_card_opens_to_its_facts(cast: Cast, browser: SignIn) -> None:
    account(
        cast,
        "account",
        "household",
        "officer",
        a1="5000.00",
        a3="2400.00",
        d2="1000.00",
        e1="600.00",
    )
    page = browser("helper").get(f"/income/{uid('household')}")
    said = text(page)
    for words in (
        "工资性收入：务工 5,000.00",
        "工资性收入：公益岗位 2,400.00",
        "− 生产经营性支出 600.00",
        "共 7,800.00",
    ):
        assert words in said, words
    assert f"/fact/{uid('account')}" in links(page)


def test_a_fall_below_the_line_is_proposed_and_opens_nothing(cast: Cast, browser: SignIn) -> None:
    account(cast, "account", "household", "officer", a1="100.00")
    rules = handbook()
    shipped = rules.formulas["net_income"].proposes
    assert shipped == Proposes("risk_lead", "below", "monitoring_line"), "taken up from 2021 on"
    proposes = Proposes("household_visit", "below", "monitoring_line")
    income = replace(rules.formulas["net_income"], proposes=proposes)
    before = queries.sequence()
    with use_handbook(replace(rules, formulas={**rules.formulas, "net_income": income})):
        page = browser("helper").get("/income")
        assert "人均纯收入低于监测范围" in text(page).replace("（人均纯收入）", "")
        assert any(one.startswith("/record/household_visit?subject=") for one in links(page))
        assert "100.00" not in text(page)
    assert queries.sequence() == before
