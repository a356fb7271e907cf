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


def test_macros_are_refused(tmp_path: Path) -> None:
    more = {"xl__vbaProject.bin": b"x"}
    assert code(hostile.raw(tmp_path / "a.xlsx", hostile.rows(""), **more)) == "macros"


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
