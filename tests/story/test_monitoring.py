"""One household from a risk noticed to the risk removed, and back again, through the pages."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bangfu.records import actions
from bangfu.records.models import Fact
from tests.cast import NOW, Cast, founding, post, settle, status, uid
from tests.story.conftest import Walks
from tests.story.walking import Walker
from tests.web.reading import text

HOME = uid("household")
TODAY = date(2026, 7, 31)
IDENTITY = "41990019610502001X"


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast in the summer of 2026: the household was lifted, a leader decides for the county."""
    found = settle(as_of=TODAY)
    drafts = [
        founding("person", "leader", name="领千山", unit=uid("bureau")),
        post("leads county", "county_leader", "leader", "county"),
        status("lifted", "household", "category", "lifted", start=date(2019, 12, 31)),
    ]
    by = found.policy("registrar", as_of=TODAY)
    mine = [replace(one, performed_by=uid("registrar")) for one in drafts]
    actions.record(mine, by=by, now=NOW + timedelta(days=3300))
    return found


def newest(kind: str) -> str:
    return Fact.objects.filter(kind=kind, amends=None).latest("sequence").uid


def enter(at: Walker, kind: str, case: str, on: str, **values: str | list[str]) -> str:
    """Open the form from the case and send it; what the page then says."""
    at.open(f"/record/{kind}?case={case}&subject={HOME}")
    stored = Fact.objects.filter(kind=kind).count()
    said = at.send(form=0, **values, occurred_on=on)
    assert Fact.objects.filter(kind=kind).count() == stored + 1, said
    return said


def wrong(at: Walker, kind: str, case: str, on: str, **values: str) -> str:
    """A wrong turn: the form comes back with the reason, and nothing is stored."""
    before = Fact.objects.count()
    sent = {"subject": HOME, "v.case": case, "occurred_on": on, "uid": str(uuid.uuid4())}
    sent |= {name.replace("__", "."): value for name, value in values.items()}
    answer = at.client.post(f"/record/{kind}", sent)
    assert answer.status_code == 422, answer.status_code
    assert Fact.objects.count() == before
    return text(answer)


VISIT = {"v__finding": "at_risk", "v__income_per_head": "5200", "v__out_of_pocket": "41000",
         "v__findings": "户主住院", "v__authorisation": "授1号"}  # fmt: skip
REVIEW = {"v__present": "23", "v__minutes": "评1号", "v__result": "agreed", "v__kind": "monitored"}


def test_from_a_risk_noticed_to_the_risk_removed_and_back(cast: Cast, walks: Walks) -> None:
    helper, secretary = walks("helper"), walks("secretary")
    officer, registrar = walks("officer"), walks("registrar")
    case = noticed(helper, secretary)
    put_up(cast, secretary, officer, case)
    decided(registrar, officer, case)
    helped(helper, registrar, case)
    removed(helper, secretary, officer, registrar)
    relapsed(helper, registrar)


def noticed(helper: Walker, secretary: Walker) -> str:
    """The household tells its helper; the visit brings the authorisation."""
    helper.open(f"/record/risk_lead?subject={HOME}")
    said = wrong(helper, "risk_lead", "", "2025-12-20", v__source="own", occurred_on="2027-01-01")
    assert "还没有到" in said or "将来" in said
    helper.send(occurred_on="2025-12-20", subject=HOME, v__source="own", v__risk="illness",
                v__details="户主查出大病，自付四万多")  # fmt: skip
    case = newest("risk_lead")
    page = helper.open(f"/case/{case}")
    assert "下一步 入户核实" in page
    assert "云淑兰" in page, "the helper is the first who may go"
    said = wrong(secretary, "risk_lead", "", "2025-12-21", v__source="check")
    assert "2025-12-20 立的“监测对象识别”还没有办结" in said
    said = wrong(secretary, "village_review", case, "2025-12-22",
                 **{k.replace("v__", "v."): v for k, v in REVIEW.items()})  # fmt: skip
    assert "现在该办的是“入户核实”，不能办“民主评议”" in said
    unsigned = {k: v for k, v in VISIT.items() if k != "v__authorisation"}
    said = wrong(helper, "risk_visit", case, "2025-12-22", **unsigned)
    assert "“入户核实”要有“授权承诺书编号”才算办了" in said
    enter(helper, "risk_visit", case, "2025-12-22", **VISIT)
    return case


def put_up(cast: Cast, secretary: Walker, officer: Walker, case: str) -> None:
    """The village reviews and posts; somebody objects, which stops the clock; then the township."""
    assert secretary.client.get(f"/record/township_check?case={case}").status_code == 404
    enter(secretary, "village_review", case, "2025-12-24", **REVIEW)
    said = wrong(secretary, "risk_notice", case, "2025-12-25", v__where="村委会门口",
                 v__kind="sudden")  # fmt: skip
    assert "“监测类别”与前面的步骤不一致" in said
    enter(secretary, "risk_notice", case, "2025-12-25", v__where="村委会门口", v__kind="monitored")
    page = secretary.open(f"/case/{case}/notice")
    assert "拟将石桥村谷大有户纳入监测帮扶，类别为防止返贫致贫对象" in page
    assert "公示期自2025年12月25日至2025年12月30日" in page
    for secret in (IDENTITY, "13900000002", "大病", "住院", "41000", "5200", "授1号"):
        assert secret not in page
    said = wrong(officer, "township_check", case, "2025-12-28", v__document="审1号",
                 v__result="passed")  # fmt: skip
    assert "要满 5 天才能办，最早 2025-12-30" in said
    enter(secretary, "notice_objection", case, "2025-12-27", v__text="他儿子在外打工")
    page = officer.open(f"/case/{case}")
    assert "中止" in page
    said = wrong(officer, "township_check", case, "2025-12-31", v__document="审1号",
                 v__result="passed")  # fmt: skip
    assert "从 2025-12-27 起中止，先办“异议答复”" in said
    enter(secretary, "objection_answered", case, "2025-12-29", v__result="unfounded",
          v__text="儿子已分户")  # fmt: skip
    enter(officer, "township_check", case, "2026-01-02", v__document="审1号", v__result="passed")


def decided(registrar: Walker, officer: Walker, case: str) -> None:
    """The county decides, within fifteen days and the two that stood still."""
    page = officer.open(f"/case/{case}")
    assert "经办 县级领导" in page, "who decides holds it"
    assert "2026年1月6日" in page, "fifteen days from the lead, and two that stood still"
    said = wrong(registrar, "risk_decision", case, "2026-01-04", v__kind="monitored",
                 v__result="monitored", v__document="定1号",
                 performed_by=uid("registrar"))  # fmt: skip
    assert "县级领导" in said
    said = wrong(registrar, "risk_decision", case, "2026-01-04", v__kind="monitored",
                 v__result="monitored", performed_by=uid("leader"))  # fmt: skip
    assert "要有“审定文号”" in said
    enter(registrar, "risk_decision", case, "2026-01-04", v__kind="monitored",
          v__result="monitored", v__document="定1号", performed_by=uid("leader"))  # fmt: skip
    assert "防止返贫致贫对象" in registrar.open(f"/desk/of/{HOME}"), "set by the decision itself"


def helped(helper: Walker, registrar: Walker, case: str) -> None:
    """The plan within ten days, the first measure; a lead about who is monitored opens nothing."""
    assert "下一步 制定帮扶计划" in helper.open(f"/case/{case}")
    enter(helper, "help_plan", case, "2026-01-12", v__measures=["health", "employment"])
    said = wrong(helper, "measure", case, "2026-01-20", v__category="health")
    assert "要有“实施时间”" in said
    enter(helper, "measure", case, "2026-01-20", v__category="health", v__done_on="2026-01-20",
          v__amount="3000")  # fmt: skip
    assert "已办结" in helper.open(f"/case/{case}")
    said = wrong(helper, "risk_lead", "", "2026-02-01", v__source="check")
    assert "不能立案" in said
    said = wrong(helper, "removal_proposal", "", "2026-06-01", v__basis="steady")
    assert "从 2026-01-04 起要满 183 天，最早 2026-07-06" in said


def removed(helper: Walker, secretary: Walker, officer: Walker, registrar: Walker) -> None:
    """Half a year later: no labour, then a problem, then removed by the same steps."""
    registrar.open(f"/desk/of/{HOME}/registry.status?status=no_labour")
    registrar.send(occurred_on="2026-07-01", v__value="yes")
    said = wrong(helper, "removal_proposal", "", "2026-07-07", v__basis="steady")
    assert "没有整户无劳动力" in said, "a household wholly without labour is not removed"
    flag = newest("registry.status")
    registrar.open(f"/fact/{flag}/void")
    registrar.send(form=0, reason="认定有误，儿子能务工")
    enter(helper, "removal_proposal", "", "2026-07-07", v__basis="steady", subject=HOME)
    case = newest("removal_proposal")
    gone = {"v__finding": "stable", "v__authorisation": "授2号", "v__income_per_head": "14300"}
    said = wrong(helper, "removal_visit", case, "2026-07-08", **gone)
    assert "要有“监测范围”才算办了" in said, "the line that the income is above"
    enter(helper, "removal_visit", case, "2026-07-08", **gone, v__line="8300")
    said = wrong(secretary, "removal_notice", case, "2026-07-09", v__where="村委会门口")
    assert "现在该办的是“民主评议”" in said
    enter(secretary, "removal_review", case, "2026-07-09", v__present="19", v__minutes="评2号",
          v__result="agreed")  # fmt: skip
    enter(secretary, "removal_notice", case, "2026-07-10", v__where="村委会门口")
    assert "风险已稳定消除" in secretary.open(f"/case/{case}/notice")
    enter(officer, "removal_check", case, "2026-07-16", v__document="审2号", v__result="passed")
    enter(registrar, "removal_decision", case, "2026-07-18", v__document="定2号", v__how="help",
          v__result="removed", performed_by=uid("leader"))  # fmt: skip
    assert "已办结" in registrar.open(f"/case/{case}")
    assert "风险已消除户" in registrar.open(f"/desk/of/{HOME}")


def relapsed(helper: Walker, registrar: Walker) -> None:
    """The risk is back: a new lead that names the removal, and the whole way again."""
    before = newest("removal_decision")
    enter(helper, "risk_lead", "", "2026-07-25", v__source="check", v__risk="unsteady_job",
          v__relapse=before, subject=HOME)  # fmt: skip
    case = newest("risk_lead")
    page = helper.open(f"/case/{case}")
    assert "此前的消除" in page
    assert "下一步 入户核实" in page
    page = registrar.open("/cases?state=all")
    assert page.count("谷大有") == 3
