"""The shape `formula` (算式): dated arithmetic over fields, and numbers that hold from a day on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bangfu.core.kinds import SubjectType
from bangfu.core.terms import Term
from bangfu.core.text import Text


@dataclass(frozen=True, slots=True)
class FormulaLine:
    """One line (收支项): the sum of `fields` over facts of `fact` about the subject or its members.

    `take` latest: only the newest fact in the window, as an account of twelve months is; each: all
    of them. `minus`: it is taken off. `where`: a simple condition on the fact, by which what does
    not count is left out.
    """

    id: str
    title: Text
    fact: str
    fields: tuple[str, ...]
    take: Literal["latest", "each"] = "each"
    minus: bool = False
    where: str = ""


@dataclass(frozen=True, slots=True)
class FormulaTerm(Term):
    """Either a `value` as it stands, such as this year's monitoring line, or `lines` added up over
    the last `months` months; `per_head`: divided by how many members the household has.
    """

    value: float | None = None
    lines: tuple[FormulaLine, ...] = ()
    months: int = 12
    per_head: bool = False


@dataclass(frozen=True, slots=True)
class Proposes:
    """On which side of the formula `line` a fact of `fact` is proposed (建议); people record it."""

    fact: str
    side: Literal["below", "above"]
    line: str


@dataclass(frozen=True, slots=True)
class Formula:
    """A number worked out of a subject's facts (算式), in `unit`, traceable line by line.

    A formula without a `subject` is one that holds for the county, such as a line to compare with.
    `proposes`: where the number falls below, or exceeds, another formula's value, a fact is
    proposed; none is recorded by itself.
    """

    id: str
    title: Text
    unit: Text
    terms: tuple[FormulaTerm, ...]
    subject: SubjectType | None = None
    proposes: Proposes | None = None
