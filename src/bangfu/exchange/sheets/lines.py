"""One row of a sheet as it was read: what it says, and what is wrong with which cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import zip_longest
from typing import NamedTuple

from bangfu.core.facts import Draft, Value
from bangfu.core.rules import Field, Handbook, StatusKind
from bangfu.core.text import Refused, Text
from bangfu.core.values import BadValue, read_day
from bangfu.exchange.sheets.cells import MASKED, Reader, identifier, text_of
from bangfu.exchange.sheets.headers import letter
from bangfu.exchange.sheets.layout import Layout
from bangfu.exchange.sheets.workbook import Cell, Row
from bangfu.records.ledger import portions

_SERIAL_DAY = Field("day", Text("日期", "Date"), "date")
_LEFT_OUT = re.compile(r"另有\s*(\d{1,4})\s*[人个]未列出")
_AND = re.compile(r"[、，,；;\n]")
_IDS = frozenset({"id", "head_id", "performer_id"})
# Whatever names something is not longer than this.
_LONGEST = 200


class Problem(NamedTuple):
    """What is wrong with a cell, why, and what helps; `cell` is its name, "C12"."""

    cell: str
    text: Text


class Named(NamedTuple):
    """Somebody as a cell names him; `uids` are all that stand in the row for that role."""

    name: str
    number: str
    uids: tuple[str, ...] = ()


def left_out(count: int) -> str:
    """What a cell says in place of those whom its reader may not name."""
    return f"另有{count}人未列出"


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
    by kind and field are words that still have to be found; `left_out` by role is how many the
    sheet says that it does not name. `verdict` is one of "new", "changed", "same", "doubtful",
    "refused", "absent". It is `alone` unless an earlier portion of its file is about the same.
    """

    sheet: int
    number: int
    cells: list[Cell]
    keys: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, Value]] = field(default_factory=dict)
    references: dict[tuple[str, str], str] = field(default_factory=dict)
    statuses: dict[str, str] = field(default_factory=dict)
    people: dict[str, list[Named]] = field(default_factory=dict)
    day: date | None = None
    problems: list[Problem] = field(default_factory=list)
    candidates: list[tuple[str, Text]] = field(default_factory=list)
    subject: str = ""
    known: int = 0
    fresh: bool = False
    place: int = 0
    home: str = ""
    home_known: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    participants: dict[str, tuple[str, ...]] = field(default_factory=dict)
    performer: str = ""
    about: str = ""
    about_known: int = 0
    about_type: str = ""
    drafts: list[Draft] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    verdict: str = ""
    alone: bool = True

    def parts(self) -> list[tuple[str, str]]:
        """Who takes part: roles and uids."""
        return [(role, uid) for role, uids in self.participants.items() for uid in uids]

    def sole(self, role: str) -> str:
        """The uid of the one who takes that part; empty if nobody does, or several."""
        found = self.participants.get(role, ())
        return found[0] if len(found) == 1 else ""

    def refuse(self, column: int | None, zh: str, en: str) -> None:
        """Note what is wrong with the cell of a column, or with the row."""
        cell = f"{letter(column)}{self.number}" if column is not None else f"{self.number}"
        self.problems.append(Problem(cell, Text(zh, en)))
        self.verdict = "refused"

    def refuse_gone(self, column: int | None) -> None:
        """Note that what its system number names does not stand, for all that the sender sees."""
        self.refuse(
            column,
            "这个系统编号所指的记录已更正、已作废，或不是您管的。请重新导出再改；要新记一条，请清空这一格",
            "what this system id names was corrected or withdrawn since, or is none of yours; "
            "export anew and edit that, or empty this cell to enter something new",
        )

    def decline(self, refused: Refused, column: int | None) -> None:
        """The same by a refusal."""
        self.refuse(column, refused.text.zh, refused.text.en)


class Column(NamedTuple):
    """A column that holds a field of a kind."""

    at: int
    kind: str
    name: str
    reader: Reader


class LineReader:
    """Reads the rows of one sheet by its layout, a portion at a time and column by column."""

    def __init__(self, layout: Layout, sheet: int, handbook: Handbook) -> None:
        self._layout = layout
        self._sheet = sheet
        self._handbook = handbook
        self._keys = [
            (key, column, key in _IDS)
            for key, column in layout.keys.items()
            if key not in ("day", "birth")
        ]
        self._columns: list[Column] = []
        self._words: list[tuple[int, str, str]] = []
        for kind in layout.kinds:
            for name, column in layout.fields.get(kind.id, {}).items():
                item = kind.field(name)
                if item is None:
                    continue
                if item.type == "reference" or (kind.id, name) == ("registry.assignment", "role"):
                    self._words.append((column, kind.id, name))
                else:
                    self._columns.append(Column(column, kind.id, name, Reader(item)))
        self._read_columns = {column.at for column in self._columns}
        self._day = Reader(_SERIAL_DAY)
        self._kinds = [kind.id for kind in layout.kinds]

    def portions(self, rows: Iterable[Row], size: int) -> Iterator[list[Line]]:
        """The lines below the headers, without those that repeat them or only sum up."""
        head = self._layout.head
        below = (row for row in rows if row.number > head and not self._repeats(row))
        for some in portions(below, size):
            yield self._lines(some)

    def _repeats(self, row: Row) -> bool:
        first = text_of(row.cells[0]) if row.cells else ""
        return first in ("合计", "总计", "小计") or (
            bool(first) and first == self._layout.headers[0] and text_of(row.cells[-1]) in
            self._layout.headers
        )  # fmt: skip

    def _lines(self, rows: Sequence[Row]) -> list[Line]:
        """These rows read; everything wrong with one is noted, not only the first."""
        lines = [Line(self._sheet, row.number, row.cells) for row in rows]
        for line in lines:
            cells = line.cells
            count = len(cells)
            for key, column, is_id in self._keys:
                if column < count and cells[column] is not None:
                    line.keys[key] = self._key(line, column, cells[column], is_id=is_id)
        self._read_values(lines)
        for line in lines:
            cells = line.cells
            count = len(cells)
            for at, kind, name in self._words:
                word = text_of(cells[at]) if at < count else ""
                if word and not _too_long(line, at, word):
                    line.references[kind, name] = word
                else:
                    line.values[kind][name] = None
            self._read_rest(line, cells, count)
        return lines

    def _read_values(self, lines: Sequence[Line]) -> None:
        """Fill in the values of all these lines."""
        cells = list(zip_longest(*[line.cells for line in lines]))
        nothing = (None,) * len(lines)
        odd: list[tuple[Column, list[object]]] = []
        for kind in self._kinds:
            columns = [column for column in self._columns if column.kind == kind]
            names = [column.name for column in columns]
            read: list[list[object]] = []
            for column in columns:
                values = column.reader.column(
                    cells[column.at] if column.at < len(cells) else nothing
                )
                if column.reader.odd:
                    odd.append((column, values))
                read.append(values)
            for line, row in zip(lines, zip(*read, strict=True) if read else nothing, strict=True):
                line.values[kind] = dict(zip(names, row or (), strict=True))
        for column, values in odd:
            for line, value in zip(lines, values, strict=True):
                if value is MASKED or isinstance(value, BadValue):
                    del line.values[column.kind][column.name]
                if isinstance(value, BadValue):
                    line.decline(value, column.at)

    def _key(self, line: Line, column: int, cell: Cell, *, is_id: bool) -> str:
        if isinstance(cell, dict):
            # Said of the field of the same column too; here for columns that are only a key.
            if column not in self._read_columns:
                line.refuse(
                    column,
                    f"号码按数字存放，后面几位已丢失（{cell['lost']}）。先把该列设为文本格式，再重新填写",
                    f"the number has lost its last digits ({cell['lost']}); format the column as "
                    "text and write it anew",
                )
            return ""
        word = text_of(cell)
        if _too_long(line, column, word):
            return ""
        if not is_id:
            return word
        found = identifier(word)
        return "" if found is MASKED or found is None else str(found)

    def _read_rest(self, line: Line, cells: list[Cell], count: int) -> None:
        """The day, statuses and who took part."""
        column = self._layout.keys.get("day")
        if column is not None and column < count and cells[column] is not None:
            day = self._day.cell(cells[column])
            if isinstance(day, BadValue):
                line.decline(day, column)
            else:
                line.day = read_day(day)
        column = self._layout.keys.get("birth")
        if column is not None and column < count and cells[column] is not None:
            day = self._day.cell(cells[column])
            line.keys["birth"] = "" if isinstance(day, BadValue) else str(day or "")
        for status, column in self._layout.statuses.items():
            word = text_of(cells[column]) if column < count else ""
            if word:
                self._read_status(line, self._handbook.statuses[status], word, column)
        for role, columns in self._layout.participants.items():
            words = [text_of(cells[c]) if c is not None and c < count else "" for c in columns]
            if words[0] or words[1]:
                if unnamed := _LEFT_OUT.search(words[0]):
                    line.left_out[role] = int(unnamed[1])
                    words[0] = _LEFT_OUT.sub("", words[0]).strip("、")
                line.people[role] = self._people(line, words, columns[1])

    def _people(self, line: Line, words: Sequence[str], column: int | None) -> list[Named]:
        """Those whom the cells for a role name: names, id numbers, uids, several in each."""
        names, numbers, uids = [
            [part.strip() for part in _AND.split(word)] if word else [] for word in words
        ]
        if names and numbers and len(names) != len(numbers):
            line.refuse(
                column,
                f"写了 {len(names)} 个名字，却有 {len(numbers)} 个证件号码，请一一对应",
                f"there are {len(names)} names and {len(numbers)} id numbers; give one for each",
            )
            return []
        found = []
        for name, word in zip_longest(names, numbers, fillvalue=""):
            number = identifier(word) if word else ""
            given = "" if number is MASKED else str(number or "")
            if name or given:
                found.append(Named(name, given, tuple(uids)))
        return found

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


def _too_long(line: Line, column: int, word: str) -> bool:
    """Whether a cell that names something is too long for that, which is noted."""
    if len(word) <= _LONGEST:
        return False
    line.refuse(
        column, f"超过 {_LONGEST} 字，请只写名称或号码",
        f"has more than {_LONGEST} characters; write the name or the number only",
    )  # fmt: skip
    return True
