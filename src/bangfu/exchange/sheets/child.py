"""The process that opens a workbook: limited in memory and time, it prints the cells as JSON.

    python -m bangfu.exchange.sheets.child FILE

Protocol, one JSON value a line. First {"sheets": [name, ...]}, then for each number that comes in
on a line: {"rows": n, "merged": [[top, left, bottom, right], ...]}, then lists of
[row, [cell, ...]] for the rows that are not empty, then null. A refusal is
{"refused": [code, zh, en, place]}.
Cells are texts, numbers or null; truths come as 是 and 否, days as 2017-07-31, whole numbers
without a point, and a number that has lost digits as {"lost": "4.1E+17"}.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import orjson

from bangfu.core.text import Refused
from bangfu.exchange.sheets import limits
from bangfu.exchange.sheets.inspecting import inspect, locked, too_much, unreadable

# From here on a double no longer tells neighbouring whole numbers apart as Excel shows them.
_EXACT = 10**15
_DOWN = 1_000  # rows down which a merged cell says the same
_TOGETHER = 100  # rows in one line of what it prints


def main(words: list[str]) -> int:
    """Read the workbook that is named, sheet by sheet as asked for."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.READER_BYTES, limits.READER_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.READER_SECONDS, limits.READER_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        try:
            _serve(Path(words[0]))
        except MemoryError:
            raise too_much() from None
    except Refused as refused:
        _say({"refused": [refused.code, refused.text.zh, refused.text.en, refused.place]})
    return 0


def _serve(path: Path) -> None:
    inspect(path)
    import python_calamine

    try:
        book = python_calamine.load_workbook(str(path))
    except python_calamine.PasswordError:
        raise locked() from None
    except python_calamine.CalamineError:
        raise unreadable() from None
    about = book.sheets_metadata
    hidden = [one.name for one in about if one.visible != python_calamine.SheetVisibleEnum.Visible]
    if hidden:
        names = "、".join(hidden)
        raise Refused(
            "hidden_sheet",
            f"有隐藏的工作表（{names}）。请取消隐藏核对，不要的删去，再导入。",
            f"There are hidden sheets ({names}). Unhide them, delete what is not wanted, then "
            "import.",
            place=hidden[0],
        )
    if len(about) > limits.SHEETS:
        raise too_much()
    _say({"sheets": [one.name for one in about]})
    sheet = rows = None
    for line in sys.stdin:
        sheet = rows = None  # the one before goes before the next comes
        try:
            sheet = book.get_sheet_by_index(int(line))
            merged = sheet.merged_cell_ranges or []
            rows = sheet.iter_rows()
        except python_calamine.CalamineError:
            raise unreadable() from None
        if sheet.total_width > limits.COLUMNS or len(merged) > limits.MERGED:
            raise too_much()
        _print_rows(sheet, rows, merged)


def _print_rows(sheet: Any, rows: Iterable[list[Any]], merged: list[Any]) -> None:
    _say({
        "rows": sheet.height,
        "merged": [[*start, *end] for start, end in merged if start[0] < limits.HEAD_ROWS],
    })  # fmt: skip
    top, left = sheet.start or (0, 0)
    down = [(start, end) for start, end in merged if end[0] > start[0]]
    fill: dict[int, list[tuple[int, tuple[int, int]]]] = {}
    for start, end in down:
        for row_number in range(start[0] + 1, min(end[0], start[0] + _DOWN) + 1):
            fill.setdefault(row_number, []).append((start[1], start))
    origins = {start for start, _ in down}
    values: dict[tuple[int, int], Any] = {}
    count = 0
    some: list[tuple[int, list[Any]]] = []
    before: list[Any] = [None] * left
    for number, row in enumerate(rows, start=top):
        cells = before + [cell if type(cell) is str else _plain(cell) for cell in row]
        if number in fill:
            for column, origin in fill[number]:
                if column < len(cells) and cells[column] in ("", None):
                    cells[column] = values.get(origin)
        if origins:
            values.update(
                ((number, column), cells[column])
                for column in range(len(cells)) if (number, column) in origins
            )  # fmt: skip
        while cells and (cells[-1] == "" or cells[-1] is None):
            cells.pop()
        if cells:
            count += 1
            if count > limits.ROWS:
                raise too_much()
            some.append((number + 1, cells))
            if len(some) == _TOGETHER:
                _say(some)
                some = []
    if some:
        _say(some)
    _say(None)


def _plain(cell: Any) -> Any:
    """A cell as JSON has it."""
    if isinstance(cell, float):
        if abs(cell) >= _EXACT:
            return {"lost": f"{cell:.14E}"}
        shown = cell if cell.is_integer() else float(f"{cell:.15g}")
        return int(shown) if shown.is_integer() else shown
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if cell is None or isinstance(cell, int):
        return cell
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)


def _say(value: object) -> None:
    sys.stdout.buffer.write(orjson.dumps(value))
    sys.stdout.buffer.write(b"\n")
    if not isinstance(value, list):
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
