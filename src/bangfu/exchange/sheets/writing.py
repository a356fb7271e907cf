"""Workbooks as we write them: texts stay texts, so that nothing in them is ever a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter

from bangfu.core.rules import FactKind, Field, Handbook
from bangfu.core.text import Text
from bangfu.exchange.sheets.headers import KEYS, REASON
from bangfu.exchange.sheets.layout import FOUNDS
from bangfu.exchange.sheets.report import LEFT_OUT, Outcome, Report
from bangfu.exchange.sheets.workbook import Cell, Sheet, opened
from bangfu.records.plans import ANY_TYPE

_RISKY = ("=", "+", "-", "@", "\t", "\r")
_WIDEST = 40
_LISTED = 500
_OPTIONS = Text("选项", "Options")


class Book:
    """A workbook that is being written, into memory."""

    def __init__(self) -> None:
        self._file = io.BytesIO()
        self._book = xlsxwriter.Workbook(self._file, {"in_memory": True, "constant_memory": False})
        self.text = self._book.add_format({"num_format": "@"})
        # Marks the cell as text for whoever edits it later.
        self.quoted = self._book.add_format({"num_format": "@", "quote_prefix": True})
        self.head = self._book.add_format(
            {"bold": True, "num_format": "@", "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        self.wrapped = self._book.add_format({"text_wrap": True, "num_format": "@"})

    def sheet(self, name: str) -> Any:
        """A new sheet under a name that Excel allows."""
        bare = "".join(" " if mark in "[]:*?/\\" else mark for mark in name).strip("' ")[:31]
        return self._book.add_worksheet(bare or "Sheet")

    def write(self, sheet: Any, row: int, cells: Sequence[Cell], *, head: bool = False) -> None:
        """One row; numbers as numbers, all else as text."""
        for column, cell in enumerate(cells):
            if cell is None or cell == "":
                continue
            if isinstance(cell, bool):
                sheet.write_string(row, column, "是" if cell else "否", self.text)
            elif isinstance(cell, int | float):
                sheet.write_number(row, column, cell)
            elif isinstance(cell, dict):
                sheet.write_string(row, column, str(cell["lost"]), self.text)
            else:
                form = self.quoted if cell.startswith(_RISKY) else self.text
                sheet.write_string(row, column, cell, self.head if head else form)

    def done(self) -> bytes:
        """The finished workbook."""
        self._book.close()
        return self._file.getvalue()


def refused(source: Any, report: Report, language: str) -> bytes:
    """The workbook again with the rows that did not go in, each with the reason why."""
    wanted: dict[int, dict[int, Outcome]] = {}
    for verdict in LEFT_OUT:
        for one in report.rows(verdict):
            wanted.setdefault(one.sheet, {})[one.number] = one
    book = Book()
    with opened(source) as read:
        for about in report.sheets:
            rows = wanted.get(about.number)
            if rows:
                _refused_sheet(
                    book, read.sheet(about.number), rows, head=about.head, language=language
                )
    return book.done()


def _refused_sheet(
    book: Book, source: Sheet, wanted: dict[int, Outcome], *, head: int, language: str
) -> None:
    """One sheet of them: the titles and headers as they were, a column more."""
    sheet = book.sheet(source.name)
    at = width = 0
    for row in source.rows:
        if row.number <= head:
            width = max(width, len(row.cells))
            book.write(sheet, at, row.cells, head=row.number == head)
            if row.number == head:
                width = _reason_column(row.cells, width)
                sheet.write_string(at, width, REASON.say(language), book.head)
                sheet.set_column(width, width, 60)
                sheet.freeze_panes(at + 1, 0)
            at += 1
        elif row.number in wanted:
            book.write(sheet, at, row.cells[:width])
            sheet.write_string(at, width, reason(wanted[row.number], language), book.wrapped)
            at += 1


def _reason_column(cells: Sequence[Cell], width: int) -> int:
    """Where the reasons go: into the column of an earlier time, if there is one."""
    words = (REASON.zh, REASON.en)
    return next((place for place, cell in enumerate(cells) if cell in words), width)


def reason(one: Outcome, language: str) -> str:
    """Why a row did not go in."""
    parts = [f"{problem.cell}: {problem.text.say(language)}" for problem in one.problems]
    if one.verdict == "doubtful":
        asked = Text("不能确定是谁，可能是", "It may be one of these").say(language)
        parts.append(f"{asked}: " + "; ".join(text.say(language) for _, text in one.candidates))
    return "\n".join(parts)


def header_of(item: Field) -> str:
    """The header of a field's column: the one that it came with."""
    return item.header or item.title.zh


def key_columns(kind: FactKind) -> list[str]:
    """The keys that say what a row of a kind is about and when, in the order of their columns."""
    if kind.id in ("registry.assignment", "registry.status"):
        return ["about", "day"]
    if kind.id == FOUNDS.get(kind.subject):
        places = ["township", "village", "group"] if kind.field("place") else []
        return ["household", *places] if kind.subject == "person" else places
    subject: dict[str, list[str]] = {
        "household": ["household", "head", "township", "village"],
        "person": ["name", "id", "birth", "household", "village"],
        "unit": ["unit"], "branch": ["branch"], "project": ["project"],
        "township": ["township"], "village": ["township", "village"],
        "group": ["township", "village", "group"],
    }  # fmt: skip
    about = subject.get(kind.subject, ["about"]) if kind.id not in ANY_TYPE else ["about"]
    return [*about, "day"]


def key_title(key: str) -> str:
    """The header of a key's column."""
    return KEYS[key][0].zh


def template(kind: FactKind, handbook: Handbook, language: str) -> bytes:
    """An empty sheet for a kind, with drop-downs where there is a choice."""
    book = Book()
    sheet = book.sheet(kind.title.say(language))
    lists = book.sheet(_OPTIONS.say(language))
    heads: list[tuple[str, Field | None]] = [(key_title(key), None) for key in key_columns(kind)]
    # Where a registered subject lies is told by the columns of its places.
    fields = [
        one for one in kind.fields
        if not kind.registry or one.type != "reference" or one.to != "place"
    ]  # fmt: skip
    taken = {title for title, _ in heads}
    heads += [(header_of(one), one) for one in fields if header_of(one) not in taken]
    heads += [(role.title.zh, None) for role in kind.participants]
    heads += [
        (f"{role.title.zh}证件号码", None) for role in kind.participants if role.type == "person"
    ]
    listed = 0
    for column, (title, item) in enumerate(heads):
        sheet.write_string(0, column, title, book.head)
        sheet.set_column(column, column, min(max(10, 2 * len(title) + 2), _WIDEST), book.text)
        options = _options(kind, item, handbook) if item else []
        if options:
            for row, option in enumerate(options):
                lists.write_string(row, listed, option, book.text)
            name = xlsxwriter.utility.xl_range_abs(0, listed, len(options) - 1, listed)
            sheet.data_validation(
                1, column, _LISTED, column,
                {"validate": "list", "source": f"='{lists.get_name()}'!{name}",
                 "error_type": "warning"},
            )  # fmt: skip
            listed += 1
    sheet.freeze_panes(1, 0)
    return book.done()


def _options(kind: FactKind, item: Field, handbook: Handbook) -> list[str]:
    if (kind.id, item.id) == ("registry.assignment", "role"):
        return [role.title.zh for role in handbook.roles.values()]
    if item.type == "boolean":
        return ["是", "否"]
    return [title.zh for title in item.options.values()] if item.type == "choice" else []


def table(title: str, notes: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A sheet with a title row, headers and rows; `notes` stands beside the title."""
    book = Book()
    sheet = book.sheet(title)
    book.write(sheet, 0, [title, notes])
    book.write(sheet, 1, heads, head=True)
    for number, row in enumerate(rows, start=2):
        book.write(sheet, number, row)
    for column, head in enumerate(heads):
        sheet.set_column(column, column, min(max(10, 2 * len(head) + 2), _WIDEST))
    sheet.freeze_panes(2, 0)
    return book.done()
