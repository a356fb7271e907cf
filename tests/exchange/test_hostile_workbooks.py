"""Whatever a workbook holds, it is read or refused, quickly and in little memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from bangfu.core.text import Refused
from bangfu.exchange.sheets.layout import layout
from bangfu.exchange.sheets.workbook import Row, opened
from tests.exchange import hostile
from tests.exchange.sheetbook import SHEETBOOK

HERE = Path(__file__).parent


def read(path: Path) -> list[list[object]]:
    """All cells of all sheets, the headers of each looked for."""
    found: list[list[object]] = []
    with opened(path) as book:
        for number in range(len(book.names)):
            sheet = book.sheet(number)
            rows = list(sheet.rows)
            layout(rows[:30], sheet.merged, SHEETBOOK, SHEETBOOK.kinds.values())
            found += [row.cells for row in rows]
    return found


def code(path: Path) -> str:
    """By which code a workbook is refused."""
    with pytest.raises(Refused) as refused:
        read(path)
    assert refused.value.text.zh and refused.value.text.en
    return refused.value.code


def plain(path: Path, change: Callable[[xlsxwriter.Workbook], object]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        change(book)
    return path


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_text("户编号,户主姓名\n1,2\n")
    assert code(tmp_path / "a.xlsx") == "not_a_workbook"
    (tmp_path / "b.xlsx").write_bytes(b"PK\x03\x04 and nothing")
    assert code(tmp_path / "b.xlsx") == "broken_workbook"
    (tmp_path / "c.xlsx").write_bytes(b"")
    assert code(tmp_path / "c.xlsx") == "not_a_workbook"


def test_a_password_is_refused(tmp_path: Path) -> None:
    assert code(HERE / "locked.xlsx") == "password"


def test_an_old_workbook_is_read() -> None:
    assert read(HERE / "old.xls") == [["户编号"], ["001"]]


def test_entities_are_refused_before_anything_opens_them(tmp_path: Path) -> None:
    assert code(hostile.laughing(tmp_path / "a.xlsx")) == "entities"
    assert code(hostile.outside(tmp_path / "b.xlsx")) == "entities"


def test_formulas_are_refused_by_cell(tmp_path: Path) -> None:
    path = plain(tmp_path / "a.xlsx", lambda b: b.add_worksheet().write_formula("C7", "=1+1"))
    with pytest.raises(Refused, match="C7") as refused:
        read(path)
    assert refused.value.code == "formulas"
    prefixed = hostile.rows('<x:row r="2"><x:c r="B2"><x:f>1+1</x:f></x:c></x:row>')
    assert code(hostile.raw(tmp_path / "b.xlsx", prefixed)) == "formulas"


def test_errors_left_behind_by_formulas_are_refused(tmp_path: Path) -> None:
    body = '<row r="2"><c r="B2" t="e"><v>#N/A</v></c></row>'
    assert code(hostile.raw(tmp_path / "a.xlsx", hostile.rows(body))) == "error_cells"


@pytest.mark.parametrize("to", ["xl/ws/sheet1.xml", "xl/media/image1.png", "xl/a"])
def test_formulas_and_errors_are_found_wherever_a_sheet_lies(tmp_path: Path, to: str) -> None:
    plain = hostile.rows('<row r="2"><c r="B2"><v>99999</v></c></row>')
    assert read(hostile.moved(tmp_path / "a.xlsx", plain, to=to))[1][1] == 99999
    body = '<row r="2"><c r="B2"><f>1+1</f><v>99999</v></c></row>'
    assert code(hostile.moved(tmp_path / "b.xlsx", hostile.rows(body), to=to)) == "formulas"
    body = '<row r="2"><c r="B2" t="e"><v>#N/A</v></c></row>'
    assert code(hostile.moved(tmp_path / "c.xlsx", hostile.rows(body), to=to)) == "error_cells"


@pytest.mark.parametrize(
    ("cell", "refused"),
    [
        ('<c r="B2"><f\n>1+1</f><v>9</v></c>', "formulas"),
        ('<c r="B2"><f\tca="1">1+1</f><v>9</v></c>', "formulas"),
        ('<a-b:c r="B2"><a-b:f>1+1</a-b:f><a-b:v>9</a-b:v></a-b:c>', "formulas"),
        ("<c r='B2' t='e'><v>#N/A</v></c>", "error_cells"),
        ('<c t = "e"><v>#N/A</v></c>', "error_cells"),
        ('<c\nr="B2"\nt="e"><v>#N/A</v></c>', "error_cells"),
        (f'<c r="B2" a="{"x" * 9_000}" b="{">" * 9_000}" t="e"><v>#N/A</v></c>', "error_cells"),
    ],
)
def test_formulas_and_errors_are_found_however_they_are_written(
    tmp_path: Path, cell: str, refused: str
) -> None:
    for number, before in enumerate((0, 1_000_000 - 400, (1 << 20) - 6_000)):
        body = f'<row r="2">{" " * before}{cell}</row>'
        assert code(hostile.raw(tmp_path / f"{number}.xlsx", hostile.rows(body))) == refused


def test_words_that_look_like_a_formula_or_an_error_are_read(tmp_path: Path) -> None:
    words = 't="e" &lt;f> <![CDATA[=1]]>'
    body = f'<row r="2"><c r="A2" t="inlineStr"><is><t>{words}</t></is></c></row>'
    more = {"xl__media__image1.png": b"<f>" * 9, "xl__charts__chart1.xml": b"<c:f>A1</c:f>"}
    found = read(hostile.raw(tmp_path / "a.xlsx", hostile.rows(body), **more))
    assert found[1] == ['t="e" <f> =1']


def test_macros_are_refused(tmp_path: Path) -> None:
    more = {"xl__vbaProject.bin": b"x"}
    assert code(hostile.raw(tmp_path / "a.xlsx", hostile.rows(""), **more)) == "macros"
    for number, type_ in enumerate((
        "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        "application/vnd.ms-office.vbaProject",
        "application/vnd.ms-excel.macrosheet+xml",
    )):  # fmt: skip
        path = hostile.moved(tmp_path / f"{number}.xlsx", hostile.rows(""), type_=type_)
        assert code(path) == "macros"
    more = {"xl___rels__other.xml.rels": b'<Relationship Type="x/relationships/vbaProject"/>'}
    assert code(hostile.raw(tmp_path / "b.xlsx", hostile.rows(""), **more)) == "macros"


def test_hidden_sheets_are_refused(tmp_path: Path) -> None:
    def hide(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("看得见")
        book.add_worksheet("藏起来").hide()

    with pytest.raises(Refused, match="藏起来") as refused:
        read(plain(tmp_path / "a.xlsx", hide))
    assert refused.value.code == "hidden_sheet"


def test_headers_that_stand_twice_are_refused_by_column(tmp_path: Path) -> None:
    row = Row(1, ["户编号", "户主姓名", "户 编号"])
    with pytest.raises(Refused, match="A 列和 C 列") as refused:
        layout([row], [], SHEETBOOK, SHEETBOOK.kinds.values())
    assert refused.value.code == "duplicate_header"


def test_something_far_away_is_refused_and_takes_no_memory(tmp_path: Path) -> None:
    assert code(hostile.far_away(tmp_path / "a.xlsx")) == "too_much"


# In a process of its own: a child begins with what its parent had, and this one may have much.
_ALONE = """
import resource, sys
from pathlib import Path
import django

django.setup()
from bangfu.core.text import Refused
from tests.exchange.test_hostile_workbooks import read

code = "-"
try:
    read(Path(sys.argv[1]))
except Refused as refused:
    code = refused.code
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def test_elements_nested_without_end_do_no_harm(tmp_path: Path) -> None:
    path, begun = hostile.nested(tmp_path / "a.xlsx"), time.monotonic()
    run = subprocess.run(
        [sys.executable, "-c", _ALONE, str(path)], check=True, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path),
             "DJANGO_SETTINGS_MODULE": "bangfu.settings"},
    )  # fmt: skip
    refused, most = run.stdout.split()
    assert refused in ("-", "broken_workbook", "too_much")
    assert time.monotonic() - begun < 20
    assert int(most) < 512 * 1024
