"""What is handed out comes in again and changes nothing; nothing in it is ever a formula."""

from __future__ import annotations

import io
from pathlib import Path
from uuid import uuid4

import openpyxl
import pytest

from bangfu.exchange.sheets import exporting, writing
from bangfu.exchange.sheets.importing import Import
from bangfu.records import ledger, queries
from bangfu.records.disclosure import Request
from bangfu.records.models import Fact
from tests.cast import NOW, Cast, settle, uid
from tests.exchange.sheetbook import SHEETBOOK, Rows, accepted, asked, rules, tried, workbook, wrong
from tests.exchange.test_importing import HOUSEHOLDS, MEMBERS

__all__ = ["rules"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(tmp_path: Path) -> Cast:
    cast = settle()
    accepted(workbook(tmp_path / "in.xlsx", {"户": HOUSEHOLDS, "人员": MEMBERS}), cast)
    rows: Rows = [["户编号", "日期", "措施名称", "金额(元)"], ["001", "2017-03-01", "=1+1", 1200],
            ["H001", "2017-04-01", "-种牛", 800.5],
            ["H001", "2017-04-02", "@电商", ""]]  # fmt: skip
    accepted(workbook(tmp_path / "measures.xlsx", {"措施": rows}), cast)
    return cast


def handed_out(kind: str, cast: Cast, *, by: str = "registrar", full: bool = False) -> bytes:
    policy = cast.policy(by)
    return exporting.export(
        policy, SHEETBOOK.kinds[kind], SHEETBOOK, asked=Request("meeting", str(uuid4()), NOW),
        who="计安平", about=uid("county"), full=full,
    )  # fmt: skip


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize(
    "kind",
    ["household_profile", "member_profile", "measure", "registry.person", "registry.household",
     "registry.assignment", "registry.unit", "registry.branch", "registry.membership"],
)  # fmt: skip
def test_what_we_export_comes_in_again_and_changes_nothing(
    cast: Cast, kind: str, full: bool
) -> None:
    made = handed_out(kind, cast, full=full)
    before = ledger.head()
    report = Import(asked(made, cast), queries.handbook()).accepted(now=NOW)
    assert (set(report.counts), wrong(report)) == ({"same"}, {})
    assert ledger.head() == before
    assert len(report.outcomes) > 0


def test_the_sheet_carries_the_national_headers_and_says_who_took_it(cast: Cast) -> None:
    book = openpyxl.load_workbook(io.BytesIO(handed_out("member_profile", cast)))
    rows = list(book.worksheets[0].values)
    assert {"姓名", "证件号码", "健康状况", "务工月收入(元)"} <= set(rows[1])
    assert "计安平" in rows[0][1] and "会议使用" in rows[0][1]
    assert "4199001961" not in str(rows)
    export = Fact.objects.get(kind="export")
    assert f'"rows":{len(rows) - 2}' in export.values


def test_id_numbers_leave_in_full_only_with_those_who_register_people(cast: Cast) -> None:
    book = openpyxl.load_workbook(io.BytesIO(handed_out("registry.person", cast, full=True)))
    assert "419900196103050013" in str(list(book.worksheets[0].values))
    with pytest.raises(Exception, match="证件号码"):
        handed_out("household_visit", cast, by="helper", full=True)


def test_cells_that_begin_like_formulas_stay_texts(cast: Cast) -> None:
    book = openpyxl.load_workbook(io.BytesIO(handed_out("measure", cast)))
    cells = [cell for row in book.worksheets[0] for cell in row]
    assert {"=1+1", "-种牛", "@电商"} <= {cell.value for cell in cells}
    assert all(cell.data_type != "f" for cell in cells)
    assert all(cell.quotePrefix for cell in cells if cell.value in ("=1+1", "-种牛", "@电商"))


def test_an_edited_export_comes_back_as_corrections(cast: Cast, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(handed_out("measure", cast)))
    sheet = book.worksheets[0]
    [cell] = [cell for row in sheet for cell in row if cell.value == 800.5]
    cell.value = 900
    for row in sheet:
        for other in row:
            if isinstance(other.value, str) and other.value.startswith("="):
                other.data_type = "s"
    book.save(tmp_path / "edited.xlsx")
    done = accepted(tmp_path / "edited.xlsx", cast)
    assert done.counts == {"same": 2, "changed": 1}
    assert Fact.objects.filter(kind="measure").exclude(amends=None).count() == 1


def test_refused_rows_come_back_in_the_same_sheet_with_the_reason(
    cast: Cast, tmp_path: Path
) -> None:
    rows: Rows = [["2017年帮扶措施"], ["户编号", "措施名称", "金额(元)", "日期"],
            ["001", "修路", "很多", "2017-05-01"], ["H001", "水井", 5, "2017-05-01"],
            ["H999", "=水井", 5, "2017-05-01"]]  # fmt: skip
    path = workbook(tmp_path / "a.xlsx", {"措施": rows}, merge="A1:D1")
    report = accepted(path, cast)
    assert report.counts == {"new": 1, "refused": 2}
    back = tmp_path / "back.xlsx"
    back.write_bytes(writing.refused(path, report, "zh"))
    book = openpyxl.load_workbook(back)
    [sheet] = book.worksheets
    found = list(sheet.values)
    assert sheet.title == "措施"
    assert found[1] == ("户编号", "措施名称", "金额(元)", "日期", "不通过原因")
    assert found[2] == ("001", "修路", "很多", "2017-05-01", "C3: “金额”应为数字") or "C3" in str(
        found[2][4]
    )
    assert found[3][:2] == ("H999", "=水井") and "没有登记这个户（H999）" in found[3][4]
    sheet["C3"] = 12
    sheet["A4"] = "H002"
    sheet["B4"].data_type = "s"
    book.save(back)
    assert accepted(back, cast).counts == {"new": 2}
    assert tried(back, cast).counts == {"same": 2}


def test_an_empty_sheet_has_the_headers_and_drop_downs_and_is_read_again(
    cast: Cast, tmp_path: Path
) -> None:
    path = tmp_path / "empty.xlsx"
    path.write_bytes(writing.template(SHEETBOOK.kinds["member_profile"], SHEETBOOK, "zh"))
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    assert len(sheet.data_validations.dataValidation) == 2
    heads = [cell.value for cell in sheet[1]]
    row = {"姓名": "桑有余", "证件号码": "419900196103050013", "健康状况": "长期慢性病"}
    for place, head in enumerate(heads, start=1):
        sheet.cell(2, place).value = row.get(head)
    book.save(path)
    assert tried(path, cast).counts == {"changed": 1}
