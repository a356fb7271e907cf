"""The shape `procedure` (程序): the ordered steps that a case goes through, and their clocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bangfu.core.kinds import SubjectType
from bangfu.core.terms import Term
from bangfu.core.text import Text

OPENED = "opened"
DONE = "done"


@dataclass(frozen=True, slots=True)
class Clock:
    """So much time after a step (时限): `number` days or working days, that step's day not counted.

    `after` is the id of an earlier step, "opened" for the day the case was opened, "" for the
    last step taken before.
    """

    number: int
    unit: Literal["days", "working_days"] = "days"
    after: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one value of a step's `outcome` field leads to: the case closes, or falls back to a
    step; a value that is not listed leads on to the next step.
    """

    closes: bool = False
    back_to: str = ""


@dataclass(frozen=True, slots=True)
class Sets:
    """What a step's fact says of the subject from its day on (所定状态): the value of its choice
    field `field`, or `value` as it stands, becomes the subject's `status`; where the step's outcome
    is `when`, or always where that is empty.
    """

    status: str
    field: str = ""
    value: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class ProcedureStep:
    """One step (步骤): a fact of `fact`, done by a holder of one of the roles `by`.

    `when`: a simple condition over what the case knows by then; a step of which it is not true is
    passed over. `not_before`: the first day on which it may be taken. `within`: until when it is
    in time. `lapses`: not taken in its time it is passed over, as a right of reply is. `needs`:
    fields and participants of the fact without which it is not taken, its evidence. `same`: fields
    and participants that must be what the case said last under that name. `outcome`:
    a choice field of the fact, whose values `outcomes` may close the case or send it back. `sets`:
    a status of the subject that changes with the fact, recorded with it.
    """

    id: str
    title: Text
    fact: str
    by: tuple[str, ...]
    when: str = ""
    not_before: Clock | None = None
    within: Clock | None = None
    lapses: bool = False
    needs: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    outcome: str = ""
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    sets: Sets | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """What stops a case and its clocks (中止): a fact of `fact`, until one of `until`."""

    fact: str
    until: str


@dataclass(frozen=True, slots=True)
class Opening:
    """What must be so for a case to be opened (立案条件).

    `where`: a condition on the subject's dated statuses that is true on that day, and has been for
    `held`. `evidence`: kinds of fact of which one about the subject must stand since then, each
    with the fields that it must have filled in. `not_while`: procedures of which no case about the
    subject may be open.
    """

    where: str = ""
    held: Clock | None = None
    evidence: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    not_while: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProcedureTerm(Term):
    """The steps of the cases that are opened while it is in force; `within` is for all of them."""

    steps: tuple[ProcedureStep, ...] = ()
    within: Clock | None = None
    pause: Pause | None = None
    opening: Opening | None = None

    def step(self, name: str) -> ProcedureStep | None:
        """The step of that id, or None."""
        return next((step for step in self.steps if step.id == name), None)


@dataclass(frozen=True, slots=True)
class Procedure:
    """How a case about a `subject` runs from the fact of `opens` to its end (程序).

    A case (办件) is read from the facts that carry its id: the fact that opened it, and the facts
    of its steps, which name that fact in a reference field.
    """

    id: str
    title: Text
    subject: SubjectType
    opens: str
    terms: tuple[ProcedureTerm, ...]

    def kinds(self) -> tuple[str, ...]:
        """Every kind of fact that a case of any term is read from."""
        found = [self.opens]
        for term in self.terms:
            found += [step.fact for step in term.steps]
            found += [term.pause.fact, term.pause.until] if term.pause else []
        return tuple(dict.fromkeys(found))
