"""一户一档: one page for a household, for who may see it; its card and papers tell no secrets."""

from __future__ import annotations

from datetime import date

import pytest

from bangfu.core.facts import Value
from bangfu.core.text import Refused
from bangfu.records import actions
from bangfu.records.models import Fact
from bangfu.web import clock
from tests.cast import TODAY, Cast, uid
from tests.web.conftest import SignIn
from tests.web.reading import text

HOME = f"/household/{uid('household')}"
PHONE, IDENTITY, ACCOUNT = "13900000002", "41990019610502001X", "6217000012345678"


def note(
    cast: Cast, kind: str, subject: str, by: str = "officer", *, on: date = TODAY,
    span: tuple[str, str] | None = None, **values: Value,
) -> str:  # fmt: skip
    if span:
        values |= {"from": span[0], "to": span[1]}
    draft = cast.draft(kind, subject=subject, by=by, on=on, values=values)
    return actions.record([draft], by=cast.policy(by), now=clock.now())[0].uid


@pytest.fixture
def surveyed(cast: Cast) -> Cast:
    """The household with its profile, its head's, a measure, an account of income and a visit."""
    note(cast, "household_profile", "household", size=1, account=ACCOUNT, risk_1="illness",
         on=date(2017, 5, 1))  # fmt: skip
    note(cast, "household_profile", "household", size=1, account=ACCOUNT, risk_1="disability",
         road="gravel", on=date(2017, 7, 1))  # fmt: skip
    note(cast, "member_profile", "head", labour="weak", health=["severe"], education="primary")
    note(cast, "measure", "household", category="health", done_on="2017-07-03", amount="1250.00")
    note(cast, "measure", "household", category="industry")
    note(cast, "income_account", "household", span=("2016-07-01", "2017-06-30"),
         moment="yearly", heads=1, a1="5600.00")  # fmt: skip
    note(cast, "household_visit", "household", by="helper", mode="door", need="屋顶漏雨")
    return cast


def test_the_file_tells_who_needs_what_and_who_helps(surveyed: Cast, browser: SignIn) -> None:
    for who in ("helper", "secretary", "officer", "registrar"):
        page = text(browser(who).get(HOME))
        for said in ("谷大有", "户主", "男", "56", "弱劳动力或半劳动力", "患有大病", "云淑兰",
                     "屋顶漏雨", "健康帮扶", "产业帮扶", "1250 元", "建档立卡贫困户",
                     "5600 元", "砂石路"):  # fmt: skip
            assert said in page, (who, said)


def test_the_newest_profile_is_what_holds(surveyed: Cast, browser: SignIn) -> None:
    page = text(browser("helper").get(HOME))
    assert "因残" in page
    assert "因病" not in page
    newest = Fact.objects.filter(kind="household_profile").latest("occurred_on")
    actions.void(uid=newest.uid, reason="调查有误", by=surveyed.policy("officer"), now=clock.now())
    page = text(browser("helper").get(HOME))
    assert "因病" in page
    assert "砂石路" not in page


def test_several_departments_tags_stand_on_one_person(surveyed: Cast, browser: SignIn) -> None:
    for tag in ("subsistence", "disabled"):
        note(surveyed, "registry.status", "head", "registrar", on=date(2017, 7, 1), status=tag,
             value="yes")  # fmt: skip
    page = text(browser("helper").get(HOME))
    assert "低保对象（民政部门）" in page
    assert "持证残疾人（残联）" in page
    note(surveyed, "registry.status", "head", "registrar", status="subsistence", value="")
    page = text(browser("helper").get(HOME))
    assert "低保对象" not in page
    assert "持证残疾人（残联）" in page


def test_identifiers_are_masked_and_asked_for_with_a_purpose(
    surveyed: Cast, browser: SignIn
) -> None:
    page = browser("officer").get(HOME).content.decode()
    for secret in (PHONE, IDENTITY, ACCOUNT):
        assert secret not in page
    assert "139****0002" in page
    assert "/reveal/phone" in page
    assert "/reveal/account" in page


def test_a_household_elsewhere_is_not_there(surveyed: Cast, browser: SignIn) -> None:
    for page in ("", "/card", "/authorisation"):
        assert browser("outsider").get(HOME + page).status_code == 404
        assert browser("west officer").get(HOME + page).status_code == 404
        elsewhere = f"/household/{uid('west household')}{page}"
        assert browser("helper").get(elsewhere).status_code == 404
    assert browser("helper").get(f"/household/{uid('head')}").status_code == 404


def test_the_list_holds_one_s_own_households(surveyed: Cast, browser: SignIn) -> None:
    page = text(browser("helper").get("/households"))
    assert "谷大有" in page
    assert "田有余" in page
    assert "苗春生" not in page
    assert "田有余" not in text(browser("helper").get("/households?q=001"))


def test_the_card_tells_no_secrets_and_has_a_code(surveyed: Cast, browser: SignIn) -> None:
    note(surveyed, "registry.status", "household", "registrar", status="difficulty", value="heavy")
    answer = browser("helper").get(f"{HOME}/card")
    page = answer.content.decode()
    assert "<svg" in page
    for said in ("谷大有", "云淑兰", "健康帮扶", "建档立卡贫困户"):
        assert said in page
    for secret in (PHONE, IDENTITY, ACCOUNT, "139****", "患有大病", "因残", "屋顶漏雨", "5600",
                   "较重"):  # fmt: skip
        assert secret not in page


def test_the_authorisation_names_household_and_village(surveyed: Cast, browser: SignIn) -> None:
    page = text(browser("helper").get(f"{HOME}/authorisation"))
    assert "石桥村" in page
    assert "谷大有" in page
    assert "可以随时撤回授权" in page


def test_all_of_it_is_there_in_english(surveyed: Cast, browser: SignIn) -> None:
    client = browser("helper", "en")
    client.cookies["django_language"] = "en"
    page = text(client.get(HOME))
    for said in ("Members", "Who helps", "Measures", "Doubtful entries", "Weak or half labour"):
        assert said in page


def test_the_helper_notes_the_profile_of_a_member_and_of_nobody_else(
    cast: Cast, browser: SignIn
) -> None:
    page = browser("helper").get(HOME).content.decode()
    assert f"/record/member_profile?subject={uid('head')}" in page
    note(cast, "member_profile", "head", "helper", labour="weak")
    for who, subject in (("helper", "west head"), ("outsider", "head"), ("helper", "officer")):
        with pytest.raises(Refused):
            note(cast, "member_profile", subject, who, labour="weak")
    gone = cast.draft(
        "registry.membership_end", by="officer", on=date(2017, 7, 20),
        values={"membership": uid("head lives there"), "why": "迁出"},
    )  # fmt: skip
    actions.record([gone], by=cast.policy("officer"), now=clock.now())
    with pytest.raises(Refused):
        note(cast, "member_profile", "head", "helper", labour="weak")


def test_a_fact_leads_to_the_file(surveyed: Cast, browser: SignIn) -> None:
    fact = Fact.objects.filter(kind="measure").latest("sequence").uid
    assert f'href="{HOME}"' in browser("helper").get(f"/fact/{fact}").content.decode()
