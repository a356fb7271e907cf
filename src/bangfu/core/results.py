"""What is computed: obligations, scores, steps, figures and the trace under each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import IntEnum
from typing import Literal

from bangfu.core.checking import Severity
from bangfu.core.periods import Period
from bangfu.core.text import Text


class State(IntEnum):
    """How an obligation stands; the numbers are the engine's codes."""

    DUE = 0  # 待办: not yet met, still in time
    DONE = 1  # 已办: met inside the period
    LATE = 2  # 补办: met in the days of grace (deadlines: after the due day)
    OVERDUE = 3  # 逾期: the days of grace are over
    EXCUSED = 4  # 免办: leave covers it
    OVER = 5  # 超限: more than an at_most duty allows


STATE_TITLES: Mapping[State, Text] = {
    State.DUE: Text("待办", "Due"),
    State.DONE: Text("已办", "Done"),
    State.LATE: Text("补办", "Done late"),
    State.OVERDUE: Text("逾期", "Overdue"),
    State.EXCUSED: Text("免办", "Excused"),
    State.OVER: Text("超限", "Over the limit"),
}


@dataclass(frozen=True, slots=True)
class Obligation:
    """One thing one post holder owes about one subject in one period (应办).

    `person` and `subject` are registry ids, `because` the sequences of the facts counted, in
    order; `need` and `got` are in the duty's unit, scaled by its field's decimals. `due` is
    the last day in time, `closes` the last day of grace. `rule` is a duty or a deadline.
    """

    rule: str
    subject: int
    person: int
    period: Period
    due: date
    closes: date
    need: int
    got: int
    state: State
    because: tuple[int, ...] = ()


CaseState = Literal["open", "paused", "closed"]
CASE_STATES: Mapping[CaseState, Text] = {
    "open": Text("在办", "Open"),
    "paused": Text("中止", "Paused"),
    "closed": Text("办结", "Closed"),
}


@dataclass(frozen=True, slots=True)
class Taken:
    """A step of a case that is behind it; `fact` 0 where it lapsed or nobody took it in its time.

    `outcome` is the option that the fact chose, `due` the last day in time, None without a clock.
    `early`: taken before it might be, which only a later correction brings about.
    """

    step: str
    fact: int
    day: date
    performer: int
    outcome: str = ""
    due: date | None = None
    late: bool = False
    early: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One run of a procedure (办件) as it stands on a day, read from its facts.

    `case` is the fact that opened it, `subject` what it is about. `step` is what is to be done
    next, by holders of one of `roles`, who are `holders`, the one who answers first; none of
    these once it is closed. It has waited `since` that day, may go on from `not_before` and
    should by `due`. A closed one has its `outcome` ("done" at the end of the steps) and its day
    `closed`. `stray` are facts that carry its id and fit no step of it as it stands now.
    """

    procedure: str
    case: int
    subject: int
    opened: date
    state: CaseState
    taken: tuple[Taken, ...]
    step: str
    roles: tuple[str, ...]
    holders: tuple[int, ...]
    since: date
    not_before: date | None
    due: date | None
    late: bool
    outcome: str = ""
    closed: date | None = None
    paused: date | None = None
    stray: tuple[int, ...] = ()
    because: tuple[int, ...] = ()


DoubtCell = str | int | float | bool | date | Decimal | None


@dataclass(frozen=True, slots=True)
class Doubt:
    """A subject that a check finds implausible (疑点), with who can mend it.

    `values` are what the query gives beside the subject; those named in `personal` come of sealed
    values and are for whoever may read them. `role` is the first post of the check's `mends` that
    somebody holds, `holders` who does, the one who answers first. Where `exempt` is a fact, the
    subject is exempted from the check up to and including `until`. `because` are the facts read.
    """

    check: str
    subject: int
    severity: Severity
    values: Mapping[str, DoubtCell] = field(default_factory=dict)
    personal: frozenset[str] = frozenset()
    role: str = ""
    holders: tuple[int, ...] = ()
    because: tuple[int, ...] = ()
    exempt: int = 0
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Screening:
    """What all checks found at once: the doubts by check, and the checks that could not be run;
    `leads` are what the checks found that propose a fact.
    """

    doubts: tuple[Doubt, ...] = ()
    failed: tuple[str, ...] = ()
    leads: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class FormulaPart:
    """One line of a formula: its amount, which `minus` takes off, and the facts added up."""

    id: str
    title: Text
    amount: Decimal
    minus: bool = False
    because: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FormulaValue:
    """What a formula gives for a subject on a day (算式的值), traceable part by part.

    `value` is None where no fact of any line is known, or nobody is left to divide by. `total` is
    the sum before it is divided by `heads`. Where the formula `proposes`, `line` is what it is
    compared with and `beyond` whether it lies on the side that calls for somebody's look.
    """

    formula: str
    subject: int
    as_of: date
    value: Decimal | None
    total: Decimal
    heads: int
    parts: tuple[FormulaPart, ...] = ()
    line: Decimal | None = None
    beyond: bool = False

    @property
    def because(self) -> tuple[int, ...]:
        """Every fact under it, each once."""
        return tuple(sorted({fact for part in self.parts for fact in part.because}))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a score: an indicator, its points and the obligations or facts it read."""

    indicator: str
    points: float
    share: float | None
    counted: int
    because: tuple[int, ...] = ()
    obligations: tuple[Obligation, ...] = ()


@dataclass(frozen=True, slots=True)
class ScoreValue:
    """The score (得分) of one person or place in one period: exactly the sum of its lines."""

    score: str
    holder: int
    period: Period
    points: float
    rank: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A proposed rung of the ladder (问责建议) with its grounds; people decide."""

    ladder: str
    rung: str
    person: int | None
    holder: int
    day: date
    reply_by: date
    because: tuple[int, ...]
    grounds: Text


@dataclass(frozen=True, slots=True)
class FigureValue:
    """A figure's value (数字) on one day; `parts` holds the composite's values.

    `because` are the sequences of the facts that define what was counted, each once: as many
    as were counted unless some of it shares a fact (the handbook's page on figures says how).
    """

    figure: str
    as_of: date
    value: int | float | None
    parts: Mapping[str, int | float | None] = field(default_factory=dict)
    because: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Reach:
    """One cell of a coverage: how many of a population were reached, and who was not."""

    group: str
    population: int
    reached: int
    missing: tuple[int, ...]
    because: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A post that is not filled as a staffing rule asks, or is held against it.

    kind "vacant": fewer holders than asked; "crowded": more; "unfit": the holder does not
    meet `requires`; "cap": he carries more subjects than allowed; "part": a part of the group is
    missing, the one that `part` names.
    """

    rule: str
    kind: str
    subject: int
    person: int | None
    since: date
    held: int
    because: tuple[int, ...] = ()
    part: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """A number and what lies under it, down to facts (sequences), as a tree (溯源).

    `about` is the registry id of the subject or person that the node speaks of, if it is one.
    """

    title: Text
    value: str
    because: tuple[int, ...] = ()
    children: tuple[Trace, ...] = ()
    about: int | None = None

    def counted(self) -> tuple[int, ...]:
        """The facts that the number counts; where it has none of its own, all that lie under it."""
        return self.because or self.facts()

    def facts(self) -> tuple[int, ...]:
        """Every fact under this node, each once, in the ledger's order."""
        found = set(self.because)
        for child in self.children:
            found.update(child.facts())
        return tuple(sorted(found))
