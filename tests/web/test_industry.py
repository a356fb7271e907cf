"""产业就业: what villages gain, how projects stand, and that nobody's pay is told elsewhere."""

from __future__ import annotations

from datetime import date

import pytest

from bangfu.core.facts import Draft, Value
from bangfu.records import actions, queries
from bangfu.records.models import Fact
from bangfu.web import clock
from tests.cast import TODAY, Cast, uid
from tests.web.conftest import SignIn
from tests.web.reading import text

SHOP, PAY = "workshop", "2345.00"
WORKERS = ("head", "worker 1", "worker 2", "worker 3", "worker 4")


def enter(cast: Cast, kind: str, subject: str, by: str = "officer", /, **values: Value) -> str:
    draft = cast.draft(kind, subject=subject, by=by, on=date(2017, 7, 10), values=values)
    return actions.record([draft], by=cast.policy(by), now=clock.now())[0].uid


def register(cast: Cast, kind: str, name: str, /, **values: Value) -> None:
    draft = Draft(uid(name), f"registry.{kind}", date(2017, 7, 1), uid(name), uid("registrar"),
                  values | {"place": uid("stone bridge")})  # fmt: skip
    actions.record([draft], by=cast.policy("registrar"), now=clock.now())


def paid(cast: Cast, worker: str, amount: str = PAY) -> str:
    return enter(cast, "wage", worker, workshop=uid(SHOP), month="2017-06-01", amount=amount)


@pytest.fixture
def worked(cast: Cast) -> Cast:
    """A workshop, its first worker's wage, and what her household gains by it."""
    register(cast, "project", SHOP, name="石桥鞋面车间")
    for number, name in enumerate(WORKERS[1:]):
        register(cast, "person", name, name=f"谷丙{'甲乙丙丁'[number]}")
    enter(cast, "project_brought_in", SHOP, "secretary", category="workshop",
          investment="300000.00", planned_finish="2017-07-20")  # fmt: skip
    enter(cast, "project_milestone", SHOP, "secretary", stage="started")
    enter(cast, "project_money", SHOP, "officer", flow="received", amount="120000.00")
    enter(cast, "project_benefit", "household", project=uid(SHOP), way="grower", amount="8000.00")
    paid(cast, "head")
    return cast


def test_the_household_s_file_tells_its_gains_and_pay(worked: Cast, browser: SignIn) -> None:
    for who in ("helper", "officer"):
        page = text(browser(who).get(f"/household/{uid('household')}"))
        for said in ("培育种养大户", "石桥鞋面车间", "8000 元", "务工工资 · 谷大有", "2345 元"):
            assert said in page, (who, said)


def test_one_person_s_pay_is_told_nowhere_else(worked: Cast, browser: SignIn) -> None:
    for name in WORKERS[1:]:
        paid(worked, name, "2000.00")
    wage = Fact.objects.get(kind="wage", subject__uid=uid("head")).uid
    registrar = browser("registrar")
    page = text(registrar.get(f"/fact/{wage}"))
    assert "只在一户一档里显示" in page
    village, head = uid("stone bridge"), uid("head")
    pages = [
        f"/fact/{wage}", "/industry", f"/industry?in={village}", f"/desk/of/{head}",
        "/trace/figure:workshop_pay", f"/api/facts/{wage}", f"/fact/{wage}/correct",
    ]  # fmt: skip
    for address in pages:
        answer = registrar.get(address)
        assert "2345" not in answer.content.decode(), address
    assert "2345" not in text(browser("helper").get(f"/fact/{wage}"))


def test_the_middle_wage_is_told_of_five_and_not_of_four(worked: Cast, browser: SignIn) -> None:
    officer = browser("officer")
    for name in WORKERS[1:4]:
        paid(worked, name, "2000.00")
    assert "2,000" not in text(officer.get("/industry")).split("各村就业增收")[1]
    paid(worked, WORKERS[4], "2000.00")
    village = text(officer.get("/industry")).split("各村就业增收")[1]
    assert "2,000" in village
    assert "石桥村" in village


def test_a_project_shows_its_money_its_milestone_and_its_delay(
    worked: Cast, browser: SignIn
) -> None:
    page = text(browser("officer").get("/industry"))
    for said in ("石桥鞋面车间", "开工", "300,000", "120,000", "超期 11 天"):
        assert said in page, said
    assert "石桥鞋面车间" not in text(browser("west officer").get("/industry"))


def test_a_village_opens_to_the_facts_behind_it(worked: Cast, browser: SignIn) -> None:
    officer = browser("officer")
    behind = officer.get(f"/industry?in={uid('stone bridge')}")
    wage = Fact.objects.get(kind="wage").uid
    assert f"/fact/{wage}" in behind.content.decode()
    assert officer.get(f"/industry?in={uid('reed pond')}").status_code == 404


def test_a_first_secretary_s_page_says_what_he_achieved(worked: Cast, browser: SignIn) -> None:
    enter(worked, "farmland_developed", SHOP, "secretary", mu="35.5")
    page = text(browser("officer").get(f"/board?person={uid('secretary')}"))
    achieved = page.split("2017 年成效")[1].split("2017 年已办")[0]
    assert "第一书记协调引进项目 1 个" in achieved
    assert "第一书记发展高效农业面积 35.5 亩" in achieved
    assert "种植养殖大户" not in achieved, "the township did that"
    found = queries.achieved(worked.policy("officer"), worked.number("secretary"), as_of=TODAY)
    assert {one.figure: one.value for one in found} == {"projects": 1, "mu": 35.5}
