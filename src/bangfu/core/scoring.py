"""The shapes of scores (得分) and of the ladder of accountability (问责梯级)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bangfu.core.periods import Cadence
from bangfu.core.terms import Term
from bangfu.core.text import Text


@dataclass(frozen=True, slots=True)
class Indicator:
    """One line of a score: the share met of `duty`'s closed obligations times `weight`
    (late ones count `late_worth`), or `points` per fact of `fact`, between `floor` and `cap`.
    """

    id: str
    title: Text
    weight: float = 0.0
    duty: str = ""
    late_worth: float = 0.5
    fact: str = ""
    points: float = 0.0
    cap: float | None = None
    floor: float | None = None


@dataclass(frozen=True, slots=True)
class ScoreTerm(Term):
    """The indicators in force and the period they are summed over."""

    every: Cadence = "month"
    indicators: tuple[Indicator, ...] = ()
    normalise: Literal["none", "minmax"] = "none"


@dataclass(frozen=True, slots=True)
class Score:
    """A sum of lines for each person or place of `level` (得分); shown to `shown_to`."""

    id: str
    title: Text
    level: Literal["person", "village", "township"]
    terms: tuple[ScoreTerm, ...]
    shown_to: Literal["office", "own", "phone"] = "office"


@dataclass(frozen=True, slots=True)
class Rung:
    """When to propose which step (问责梯级), to the holder of which role, with how many
    days to reply. `case` is the procedure whose case the step opens, if people so decide.
    `when`: "bottom" (k last ranked), "repeats" (that rung n times running),
    "overdue" (n obligations of `duty`), "over" (an `at_most` duty exceeded).
    """

    id: str
    title: Text
    when: Literal["bottom", "repeats", "overdue", "over"]
    number: int
    to: str
    reply_days: int
    duty: str = ""
    rung: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True)
class LadderTerm(Term):
    """The rungs in force, mildest first."""

    rungs: tuple[Rung, ...] = ()


@dataclass(frozen=True, slots=True)
class Ladder:
    """Which step is proposed on which grounds (问责); people decide."""

    id: str
    title: Text
    terms: tuple[LadderTerm, ...]
    score: str = ""
