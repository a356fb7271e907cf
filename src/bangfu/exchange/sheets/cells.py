"""One cell read by a field: what Excel made of it undone, then the one reader of `core.values`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from bangfu.core.facts import Value
from bangfu.core.rules import Field
from bangfu.core.values import BadValue, quick_value
from bangfu.exchange.sheets.workbook import Cell

# Excel counts days from here; what is smaller than the first is a year or a number.
_EPOCH = date(1899, 12, 30)
_SERIALS = range(5_000, 110_000)
_MIDNIGHT = re.compile(r"[ T]00:00(?::00(?:\.0+)?)?$")
_MOST_KEPT = 2_000

HIDDEN = "***"  # stands for a value that no list shows
MASKED = object()  # a value that is hidden: it says nothing new


class Reader(dict[Cell, object]):
    """Reads the cells of a column: `reader[cell]` is a value in canonical form, None, `MASKED`, or
    the `BadValue` that says what is wrong.

    What was read is kept, for a column mostly says the same few things. `odd` tells whether any
    cell so far was masked or bad. Texts, numbers and None only: a truth comes as 是 or 否, and
    whole numbers come whole, so that 1 is not taken for another.
    """

    def __init__(self, field: Field) -> None:
        super().__init__({None: None, "": None})
        self._title = field
        # A cell left empty is no problem of that cell: whether a value must be there, the kind
        # says.
        self._field = replace(field, required=False)
        self.odd = False

    def __missing__(self, cell: Cell) -> object:
        try:
            value = _read(self._field, cell)
        except BadValue as problem:
            value = problem.with_traceback(None)
        if value is MASKED or isinstance(value, BadValue):
            self.odd = True
        if len(self) < _MOST_KEPT:
            self[cell] = value
        return value

    def column(self, cells: Sequence[Cell]) -> list[object]:
        """What each of these cells says."""
        try:
            return list(map(self.__getitem__, cells))
        except TypeError:  # a number that has lost digits, which is no key
            return [self.cell(cell) for cell in cells]

    def cell(self, cell: Cell) -> object:
        """What one cell says."""
        if type(cell) is not dict:
            return self[cell]
        self.odd = True
        return _lost(self._title, str(cell["lost"]))


def _read(field: Field, cell: Cell) -> object:
    if isinstance(cell, str):
        cell = unicodedata.normalize("NFC", cell).strip().lstrip("'").strip()
        if field.identifier:
            return identifier(cell)
        if field.own_file and cell == HIDDEN:
            return MASKED
        if field.type == "date":
            cell = _MIDNIGHT.sub("", cell)
            if cell.isdigit() and int(cell) in _SERIALS:
                cell = int(cell)
        elif field.type in ("integer", "number", "money"):
            cell = unicodedata.normalize("NFKC", cell).removesuffix(
                field.unit.zh if field.unit else "元"
            )
    if isinstance(cell, int | float):
        if field.type == "date" and int(cell) in _SERIALS:
            cell = (_EPOCH + timedelta(days=int(cell))).isoformat()
        elif field.identifier:
            return identifier(str(cell))
    return quick_value(field, cell)


def identifier(text: str) -> object:
    """An id number, phone or account as it is compared; `MASKED` where digits are hidden."""
    if text.isascii() and text.isalnum():
        return text.upper()
    bare = "".join(unicodedata.normalize("NFKC", text).split()).strip("'").upper()
    if "*" in bare:
        return MASKED
    return bare or None


def text_of(cell: Cell) -> str:
    """A cell as a person reads it."""
    if cell is None:
        return ""
    if isinstance(cell, dict):
        return str(cell["lost"])
    return unicodedata.normalize("NFC", str(cell)).strip().lstrip("'").strip()


def same(before: Value, now: object) -> bool:
    """Whether a value is what stood: an empty text or list is as good as none, a nought is not."""
    return _said(before) == _said(now)


def _said(value: object) -> object:
    return None if value in ("", []) else value


def _lost(field: Field, shown: str) -> BadValue:
    return BadValue(
        "digits_lost",
        f"“{field.title.zh}”按数字存放，后面几位已丢失（{shown}）。先把该列设为文本格式，再重新填写号码",
        f"“{field.title.en}” is stored as a number and has lost its last digits ({shown}); format "
        "the column as text and write the number anew",
        place=field.id,
    )
