"""Links, wages, posts, loans and classes come as sheets and go out as they came."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import uuid4

import openpyxl
import pytest
from pytest_django import Settings

from bangfu.core.facts import Draft
from bangfu.exchange.sheets import exporting
from bangfu.records import actions, queries
from bangfu.records.disclosure import Request
from bangfu.records.handbooks import use_handbook
from bangfu.records.models import Fact
from tests.cast import NOW, Cast, settle, uid
from tests.demo.invented import handbook
from tests.exchange.sheetbook import Rows, accepted, workbook, wrong

pytestmark = pytest.mark.django_db
PAY = "2060"
WHO = ["户编号", "姓名", "日期"]
SHEETS: dict[str, Rows] = {
    "wage": [[*WHO, "帮扶车间名称", "工资月份", "出勤天数", "实发工资"],
             ["001", "谷大有", "2017-07-08", "石桥鞋面车间", "2017-06-01", 24, PAY]],
    "public_post": [[*WHO, "岗位类型", "岗位名称", "上岗日期", "月报酬"],
                    ["001", "谷大有", "2017-07-01", "村级岗位", "保洁员", "2017-07-01", 500]],
    "craft_trained": [[*WHO, "培训工种", "培训天数", "免费"],
                      ["001", "谷大有", "2017-06-20", "编织", 10, "是"]],
    "project_benefit": [["户编号", "日期", "项目", "带动方式", "年增收金额"],
                        ["001", "2017-07-01", "石桥鞋面车间", "就业务工", 12000]],
    "small_loan": [["户编号", "日期", "贷款金额", "贷款用途", "期限"],
                   ["001", "2017-07-01", 30000, "养殖", 24]],
}  # fmt: skip


@pytest.fixture
def cast(settings: Settings, tmp_path: Path) -> Iterator[Cast]:
    settings.BANGFU_DATA = tmp_path / "data"
    settings.BANGFU_MASTER_KEY_FILE = tmp_path / "data/keys/master.key"
    settings.BANGFU_OUTSIDE = tmp_path / "data/outside"
    with use_handbook(handbook()):
        cast = settle()
        project = Draft(
            uid("shop"), "registry.project", date(2017, 6, 1), uid("shop"), uid("registrar"),
            {"name": "石桥鞋面车间", "place": uid("stone bridge")},
        )  # fmt: skip
        actions.record([project], by=cast.policy("registrar"), now=NOW)
        yield cast


def handed_out(kind: str, cast: Cast, *, full: bool = False) -> bytes:
    return exporting.export(
        cast.policy("registrar"), queries.handbook().kinds[kind], queries.handbook(),
        asked=Request("meeting", str(uuid4()), NOW), who="计安平", about=uid("county"), full=full,
    )  # fmt: skip


@pytest.mark.parametrize("kind", SHEETS)
def test_a_sheet_of_its_kind_comes_in_and_goes_out_unchanged(
    cast: Cast, tmp_path: Path, kind: str
) -> None:
    report = accepted(workbook(tmp_path / "in.xlsx", {"表": SHEETS[kind]}), cast, kind=kind)
    assert (report.counts, wrong(report)) == ({"new": 1}, {})
    assert Fact.objects.filter(kind=kind).count() == 1
    for full in (False, True):
        (tmp_path / "out.xlsx").write_bytes(handed_out(kind, cast, full=full))
        again = accepted(tmp_path / "out.xlsx", cast)
        assert (set(again.counts), wrong(again)) == ({"same"}, {}), full
    assert Fact.objects.filter(kind=kind).count() == 1


def test_a_list_that_is_handed_out_tells_nobody_s_pay(cast: Cast, tmp_path: Path) -> None:
    accepted(workbook(tmp_path / "in.xlsx", {"表": SHEETS["wage"]}), cast, kind="wage")
    (tmp_path / "out.xlsx").write_bytes(handed_out("wage", cast))
    cells = [
        str(cell.value)
        for sheet in openpyxl.load_workbook(tmp_path / "out.xlsx")
        for row in sheet
        for cell in row
    ]
    assert "***" in cells
    assert PAY not in " ".join(cells)


def test_a_project_that_is_not_registered_is_asked_for_by_its_name(
    cast: Cast, tmp_path: Path
) -> None:
    [head, [*row]] = SHEETS["wage"]
    row[3] = "没有的车间"
    report = accepted(workbook(tmp_path / "in.xlsx", {"表": [head, row]}), cast, kind="wage")
    assert "没有的车间" in str(wrong(report))
