"""Addresses of numbers: what the engine calls a target, with uids in place of its numbers.

`figure:ID`, `coverage:ID` and `staffing:ID` are the same on both sides. A case is named by the
fact that opened it (`case:<uid>`), which `case_of` finds. Of obligations and
scores the subject, the person and the holder stand as uids in the address, so that no
internal number is ever shown: `obligation:RULE:<subject uid>:<start>[:<person uid>]` and
`score:ID:<holder uid>[:<day>]`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

Number = Callable[[str], int | None]
_PLAIN = ("figure", "coverage", "staffing")


class Obliged(NamedTuple):
    """What the address of an obligation names."""

    rule: str
    subject: str
    start: date


def obliged(address: str) -> Obliged | None:
    """The parts of an obligation's address, or None where it is not one."""
    shape, *parts = address.split(":")
    if shape != "obligation" or len(parts) not in (3, 4) or not _is_day(parts[2]):
        return None
    return Obliged(parts[0], parts[1], date.fromisoformat(parts[2]))


def obligation(rule: str, subject: str, start: date, person: str = "") -> str:
    """The address of an obligation; `person` only for duties that each holder owes."""
    return ":".join(
        part for part in ("obligation", rule, subject, start.isoformat(), person) if part
    )


def case_of(address: str) -> str | None:
    """The uid in the address of a case, or None where it is not one."""
    shape, *parts = address.split(":")
    return parts[0] if shape == "case" and len(parts) == 1 and parts[0] else None


def number_of(address: str, number: Number) -> str | None:
    """The engine's target for an address, or None where it names nothing the reader may see.

    `number` gives the number of a uid that the reader may see.
    """
    shape, *parts = address.split(":")
    if shape in _PLAIN and len(parts) == 1:
        return address if parts[0] else None
    if shape == "obligation" and len(parts) in (3, 4):
        return _with_numbers(shape, parts, (1, 3), number)
    if shape == "score" and len(parts) in (2, 3):
        return _with_numbers(shape, parts, (1,), number)
    return None


def _with_numbers(
    shape: str, parts: list[str], places: tuple[int, ...], number: Number
) -> str | None:
    day = parts[2] if len(parts) > 2 else None  # noqa: PLR2004 -- the place of the day
    if day is not None and not _is_day(day):
        return None
    for place in places:
        if place < len(parts):
            found = number(parts[place])
            if found is None:
                return None
            parts[place] = str(found)
    return ":".join((shape, *parts))


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
