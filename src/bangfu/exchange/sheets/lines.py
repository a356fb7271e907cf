"""One row of a sheet as it was read: what it says, and what is wrong with which cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from bangfu.core.facts import Draft, Value
from bangfu.core.rules import Field, Handbook, StatusKind
from bangfu.core.text import Refused, Text
from bangfu.core.values import BadValue, read_day
from bangfu.exchange.sheets.cells import MASKED, identifier, reader, text_of
from bangfu.exchange.sheets.headers import letter
from bangfu.exchange.sheets.layout import Layout
from bangfu.exchange.sheets.workbook import Cell, Row

_SERIAL_DAY = Field("day", Text("日期", "Date"), "date")
_IDS = frozenset({"id", "head_id", "performer_id"})


class Problem(NamedTuple):
    """What is wrong with a cell, why, and what helps; `cell` is its name, "C12"."""

    cell: str
    text: Text


@dataclass(slots=True)
class Change:
    """One value that would be another; empty texts for none."""

    header: str
    before: str
    now: str


@dataclass(slots=True)
class Line:
    """A row on its way: read, matched, compared; then its drafts are what it would record.

    `values` by kind are those of the columns that are there, None for an empty cell; `references`
    by kind and field are words that still have to be found. `verdict` is one of "new", "changed",
    "same", "doubtful", "refused", "absent".
    """

    sheet: int
    number: int
    cells: list[Cell]
    keys: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, Value]] = field(default_factory=dict)
    references: dict[tuple[str, str], str] = field(default_factory=dict)
    statuses: dict[str, str] = field(default_factory=dict)
    people: dict[str, tuple[str, str]] = field(default_factory=dict)
    day: date | None = None
    problems: list[Problem] = field(default_factory=list)
    candidates: list[tuple[str, Text]] = field(default_factory=list)
    subject: str = ""
    known: int = 0
    fresh: bool = False
    place: int = 0
    home: str = ""
    home_known: int = 0
    participants: dict[str, str] = field(default_factory=dict)
    performer: str = ""
    about: str = ""
    about_known: int = 0
    about_type: str = ""
    drafts: list[Draft] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    verdict: str = ""

    def refuse(self, column: int | None, zh: str, en: str) -> None:
        """Note what is wrong with the cell of a column, or with the row."""
        cell = f"{letter(column)}{self.number}" if column is not None else f"{self.number}"
        self.problems.append(Problem(cell, Text(zh, en)))
        self.verdict = "refused"

    def decline(self, refused: Refused, column: int | None) -> None:
        """The same by a refusal."""
        self.refuse(column, refused.text.zh, refused.text.en)


class LineReader:
    """Reads the rows of one sheet by its layout."""

    def __init__(self, layout: Layout, sheet: int, handbook: Handbook) -> None:
        self._layout = layout
        self._sheet = sheet
        self._handbook = handbook
        self._keys = [
            (key, column, key in _IDS)
            for key, column in layout.keys.items()
            if key not in ("day", "birth")
        ]
        self._columns: list[tuple[int, str, str, Callable[[Cell], object]]] = []
        self._words: list[tuple[int, str, str]] = []
        for kind in layout.kinds:
            for name, column in layout.fields.get(kind.id, {}).items():
                item = kind.field(name)
                if item is None:
                    continue
                if item.type == "reference" or (kind.id, name) == ("registry.assignment", "role"):
                    self._words.append((column, kind.id, name))
                else:
                    self._columns.append((column, kind.id, name, reader(item)))
        self._day = reader(_SERIAL_DAY)
        self._kinds = [kind.id for kind in layout.kinds]

    def lines(self, rows: Iterable[Row]) -> Iterator[Line]:
        """The lines below the headers, without those that repeat them or only sum up."""
        head = self._layout.head
        for row in rows:
            if row.number > head and not self._repeats(row):
                yield self.line(row)

    def _repeats(self, row: Row) -> bool:
        first = text_of(row.cells[0]) if row.cells else ""
        return first in ("合计", "总计", "小计") or (
            bool(first) and first == self._layout.headers[0] and text_of(row.cells[-1]) in
            self._layout.headers
        )  # fmt: skip

    def line(self, row: Row) -> Line:
        """One row read; everything wrong with it is noted, not only the first."""
        cells = row.cells
        count = len(cells)
        line = Line(self._sheet, row.number, cells)
        for key, column, is_id in self._keys:
            if column < count and cells[column] is not None:
                line.keys[key] = self._key(line, column, cells[column], is_id=is_id)
        values = line.values = {kind: {} for kind in self._kinds}
        for column, kind, name, read in self._columns:
            try:
                value = read(cells[column]) if column < count else None
            except BadValue as problem:
                line.decline(problem, column)
                continue
            if value is not MASKED:
                values[kind][name] = value  # type: ignore[assignment]
        for column, kind, name in self._words:
            word = text_of(cells[column]) if column < count else ""
            if word:
                line.references[kind, name] = word
            else:
                values[kind][name] = None
        self._read_rest(line, cells, count)
        return line

    def _key(self, line: Line, column: int, cell: Cell, *, is_id: bool) -> str:
        if isinstance(cell, dict):
            # Said of the field of the same column too; here for columns that are only a key.
            if column not in {c for c, *_ in self._columns}:
                line.refuse(
                    column,
                    f"号码按数字存放，后面几位已丢失（{cell['lost']}）。先把该列设为文本格式，再重新填写",
                    f"the number has lost its last digits ({cell['lost']}); format the column as "
                    "text and write it anew",
                )
            return ""
        if not is_id:
            return text_of(cell)
        found = identifier(text_of(cell))
        return "" if found is MASKED or found is None else str(found)

    def _read_rest(self, line: Line, cells: list[Cell], count: int) -> None:
        """The day, statuses and who took part."""
        column = self._layout.keys.get("day")
        if column is not None and column < count and cells[column] is not None:
            try:
                line.day = read_day(self._day(cells[column]))
            except BadValue as problem:
                line.decline(problem, column)
        column = self._layout.keys.get("birth")
        if column is not None and column < count and cells[column] is not None:
            try:
                line.keys["birth"] = str(self._day(cells[column]))
            except BadValue:
                line.keys["birth"] = ""
        for status, column in self._layout.statuses.items():
            word = text_of(cells[column]) if column < count else ""
            if word:
                self._read_status(line, self._handbook.statuses[status], word, column)
        for role, (name, number) in self._layout.participants.items():
            words = [
                text_of(cells[c]) if c is not None and c < count else "" for c in (name, number)
            ]
            if any(words):
                given = identifier(words[1]) if words[1] else ""
                line.people[role] = (words[0], "" if given is MASKED else str(given or ""))

    def _read_status(self, line: Line, kind: StatusKind, word: str, column: int) -> None:
        if kind.type == "text":
            line.statuses[kind.id] = word
        elif kind.type == "flag":
            if word in ("是", "有", "yes", "Yes", "1", "true"):
                line.statuses[kind.id] = "yes"
            elif word in ("否", "无", "no", "No", "0", "false"):
                line.statuses[kind.id] = ""
            else:
                line.refuse(
                    column,
                    f"“{kind.title.zh}”只能填“是”或“否”",
                    f"“{kind.title.en}” must be yes or no",
                )
        else:
            for option, title in kind.options.items():
                if word in (option, title.zh, title.en):
                    line.statuses[kind.id] = option
                    return
            zh = "、".join(title.zh for title in kind.options.values())
            en = ", ".join(title.en for title in kind.options.values())
            line.refuse(
                column, f"“{kind.title.zh}”只能是：{zh}", f"“{kind.title.en}” must be one of: {en}"
            )
