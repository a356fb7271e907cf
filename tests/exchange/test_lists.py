"""Monthly lists of departments: matched, compared, and what each changed said in full."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import openpyxl
import pytest
from pytest_django import Settings

from bangfu.core.rules import Handbook
from bangfu.exchange.sheets import writing
from bangfu.exchange.sheets.importing import Asked, Import
from bangfu.exchange.sheets.report import Report
from bangfu.handbook import county_folder, load
from bangfu.records import actions, queries
from bangfu.records.effects import Effect
from bangfu.records.handbooks import use_handbook
from tests.cast import NOW, Cast, settle
from tests.exchange.sheetbook import Rows, workbook, wrong

pytestmark = pytest.mark.django_db

DAY = date(2024, 6, 30)
HEAD = "41990019610502001X"
MEDICAL: Rows = [
    ["2024年6月大额自付医疗费用名单（医保局）"],
    ["序号", "姓名", "身份证号", "乡镇", "行政村", "近12个月个人自付（元）", "就诊次数"],
    [1, "谷大有", HEAD, "东乡", "石桥村", 26500.5, 7],
    [2, "外县人", "419900197001010038", "东乡", "石桥村", 31000, 2],
]
HOUSES: Rows = [
    ["乡镇", "行政村", "户主姓名", "户主证件号码", "鉴定等级", "鉴定日期", "文化程度"],
    ["东乡", "石桥村", "谷大有", HEAD, "D级", "2024-06-03", "小学"],
]
CARDS: Rows = [
    ["姓名", "出生日期", "行政村", "残疾人证号", "残疾种类", "残疾级别", "发证日期"],
    ["谷大有", "1961-05-02", "石桥村", HEAD + "43", "肢体、视力", "三级", "2019-03-01"],
]


@pytest.fixture(scope="module")
def shipped() -> Handbook:
    return load(county_folder("xiangcheng"))


@pytest.fixture
def cast(shipped: Handbook, settings: Settings, tmp_path: Path) -> Iterator[Cast]:
    settings.BANGFU_DATA = tmp_path / "data"
    settings.BANGFU_MASTER_KEY_FILE = tmp_path / "data/keys/master.key"
    settings.BANGFU_OUTSIDE = tmp_path / "data/outside"
    with use_handbook(shipped):
        yield settle(as_of=DAY)


def taken(rows: Rows, cast: Cast, path: Path, *, by: str = "registrar") -> tuple[Report, Effect]:
    """The list accepted, and what it changed for whoever sent it."""
    policy = cast.policy(by, as_of=DAY)
    file = workbook(path / f"{uuid4()}.xlsx", {"名单": rows})
    report = Import(Asked(file, uuid4(), DAY, policy), queries.handbook()).accepted(now=NOW)
    return report, queries.effect_of(policy, report.span, as_of=DAY)


def checks(found: tuple[object, ...]) -> list[str]:
    return [one.check for one in found]  # type: ignore[attr-defined]


def entered(cast: Cast, kind: str, subject: str, *, day: date, **values: object) -> None:
    draft = cast.draft(kind, subject=subject, by="registrar", on=day, values=values)  # type: ignore[arg-type]
    actions.record([draft], by=cast.policy("registrar", as_of=DAY), now=NOW)


def test_a_row_beyond_the_line_proposes_a_lead_and_opens_nothing(
    cast: Cast, tmp_path: Path
) -> None:
    report, found = taken(MEDICAL, cast, tmp_path)
    assert report.counts == {"new": 1, "absent": 1}
    assert [(one.check, one.subject) for one in found.proposed] == [
        ("listed_medical_expense", cast.number("household"))
    ]
    policy = cast.policy("registrar", as_of=DAY)
    screening = queries.screening(policy, as_of=DAY)
    assert checks(screening.leads) == ["listed_medical_expense"]
    assert "listed_medical_expense" not in checks(screening.doubts)
    assert queries.cases(policy, as_of=DAY) == []


def test_a_lead_that_is_taken_up_is_proposed_no_longer(cast: Cast, tmp_path: Path) -> None:
    taken(MEDICAL, cast, tmp_path)
    draft = cast.draft(
        "risk_lead", by="helper", on=DAY,
        values={"source": "department", "department": "医保部门", "risk": "illness"},
    )  # fmt: skip
    actions.record([draft], by=cast.policy("helper", as_of=DAY), now=NOW)
    policy = cast.policy("registrar", as_of=DAY)
    assert queries.screening(policy, as_of=DAY).leads == ()
    assert len(queries.cases(policy, as_of=DAY)) == 1


def test_the_same_list_again_changes_nothing_and_a_new_sum_is_a_change(
    cast: Cast, tmp_path: Path
) -> None:
    taken(MEDICAL, cast, tmp_path)
    again, found = taken(MEDICAL, cast, tmp_path)
    assert (again.counts, again.facts, found) == ({"same": 1, "absent": 1}, 0, Effect())
    less = [*list(MEDICAL)[:2], [1, "谷大有", HEAD, "东乡", "石桥村", 800, 7]]
    report, found = taken(less, cast, tmp_path)
    assert report.counts == {"changed": 1}
    assert [(c.before, c.now) for c in report.outcomes[0].changes] == [("26500.50", "800.00")]
    assert checks(found.settled) == ["listed_medical_expense"]


def test_whom_we_do_not_have_comes_back_with_the_reason(cast: Cast, tmp_path: Path) -> None:
    policy = cast.policy("registrar", as_of=DAY)
    file = workbook(tmp_path / "list.xlsx", {"名单": MEDICAL})
    report = Import(Asked(file, uuid4(), DAY, policy), queries.handbook()).tried(now=NOW)
    book = openpyxl.load_workbook(io.BytesIO(writing.refused(file, report, "zh-hans")))
    rows = list(book.worksheets[0].values)
    assert [row[1] for row in rows[2:]] == ["外县人"]
    assert "没有登记这个人员" in str(rows[2][-1])


def test_a_list_names_the_head_and_touches_nothing_but_itself(cast: Cast, tmp_path: Path) -> None:
    report, found = taken(HOUSES, cast, tmp_path)
    assert (report.counts, report.sheets[0].kinds) == ({"new": 1}, ["house_list"])
    assert report.sheets[0].unknown == ["G 文化程度"], "a department does not write the profile"
    assert checks(found.proposed) == ["listed_house"]


def test_a_list_closes_the_doubt_whose_fact_it_brings_and_opens_the_one_it_contradicts(
    cast: Cast, tmp_path: Path
) -> None:
    before = DAY - timedelta(days=60)
    entered(cast, "household_profile", "household", day=before, monitor_type="marginal",
            size=1, risk_1="disability", identified_on="2023-05-01", house_grade="a")  # fmt: skip
    entered(cast, "member_profile", "head", day=before, health=["disabled"], labour="weak")
    _report, found = taken(CARDS, cast, tmp_path, by="officer")
    assert "disabled_without_card" in checks(found.closed)
    _report, found = taken(HOUSES, cast, tmp_path, by="officer")
    assert "house_list_differs" in checks(found.opened)
    [differs] = [one for one in found.stand if one.check == "house_list_differs"]
    assert (differs.role, differs.holders) == ("helper", (cast.number("helper"),))


def test_a_household_that_withdrew_its_consent_is_not_matched(cast: Cast, tmp_path: Path) -> None:
    entered(cast, "data_consent", "household", day=date(2024, 5, 1), given=True)
    assert taken(MEDICAL, cast, tmp_path)[0].counts == {"new": 1, "absent": 1}
    entered(cast, "data_consent", "household", day=date(2024, 6, 10), given=False)
    policy = cast.policy("registrar", as_of=DAY)
    assert queries.screening(policy, as_of=DAY).leads == (), "nor is what was matched before used"
    report, _found = taken(HOUSES, cast, tmp_path)
    assert report.counts == {"refused": 1}
    assert "该户2024年6月10日撤回了信息核对授权" in wrong(report)["2"][0]
    entered(cast, "data_consent", "household", day=date(2024, 6, 20), given=True)
    assert taken(HOUSES, cast, tmp_path)[0].counts == {"new": 1}


def test_what_others_recorded_since_is_not_told_as_the_effect_of_a_list(
    cast: Cast, tmp_path: Path
) -> None:
    policy = cast.policy("registrar", as_of=DAY)
    report, found = taken(MEDICAL, cast, tmp_path)
    entered(cast, "data_consent", "household", day=DAY, given=False)
    assert queries.effect_of(policy, report.span, as_of=DAY) == found
    assert queries.effect_of(cast.policy("west officer", as_of=DAY), report.span, as_of=DAY) == (
        Effect()
    )
