"""The grammar of a handbook (工作手册): the twelve rule shapes as data.

A handbook is one county's rules. Each rule has an id, a title in two languages and dated
terms; each term carries the document that makes it a rule and that document's own words.
Terms are half-open: a term ends on the day the next one starts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from bangfu.core.calendar import WorkCalendar
from bangfu.core.checking import Check, CheckCase, CheckTerm, Parameter, Severity
from bangfu.core.formulas import Formula, FormulaLine, FormulaTerm, Proposes
from bangfu.core.kinds import (
    Evidence,
    FactKind,
    Field,
    FieldType,
    ParticipantRole,
    Recorder,
    SubjectType,
)
from bangfu.core.pairing import Ask, Pairing, PairingTerm
from bangfu.core.periods import Cadence
from bangfu.core.procedures import (
    Clock,
    Opening,
    Outcome,
    Pause,
    Procedure,
    ProcedureStep,
    ProcedureTerm,
)
from bangfu.core.scoring import Indicator, Ladder, LadderTerm, Rung, Score, ScoreTerm
from bangfu.core.separation import Separation
from bangfu.core.terms import NameTerm, Source, Standing, Term, term_on
from bangfu.core.text import Text

# One place to import the grammar from; the modules above hold its parts.
__all__ = [
    "Announced",
    "Ask",
    "Check",
    "CheckCase",
    "CheckTerm",
    "Clock",
    "Coverage",
    "CoverageTerm",
    "Deadline",
    "DeadlineTerm",
    "Duty",
    "DutyTerm",
    "Evidence",
    "FactKind",
    "Field",
    "FieldType",
    "Figure",
    "FigureTerm",
    "Formula",
    "FormulaLine",
    "FormulaTerm",
    "Handbook",
    "Indicator",
    "Ladder",
    "LadderTerm",
    "NameTerm",
    "Opening",
    "Outcome",
    "Pairing",
    "PairingTerm",
    "Parameter",
    "ParticipantRole",
    "Pause",
    "Procedure",
    "ProcedureStep",
    "ProcedureTerm",
    "Proposes",
    "Recorder",
    "Role",
    "Rung",
    "Score",
    "ScoreTerm",
    "Separation",
    "Severity",
    "Shape",
    "Source",
    "Staffing",
    "StaffingTerm",
    "Standing",
    "StatusKind",
    "SubjectType",
    "Term",
    "term_on",
]

Shape = Literal[
    "fact", "duty", "deadline", "procedure", "staffing", "coverage",
    "check", "formula", "figure", "score", "ladder", "pairing",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class DutyTerm(Term):
    """What a duty demands in each period.

    Exactly one of `at_least` and `at_most`, in `measure`: facts counted, distinct days, or
    the sum of `field`. `where` is a SQL condition on the subject's dated statuses. Days on
    which the holder is away by a fact of `excused_by` do not count against him. `grace`
    days after the period still count as late; never more days than the period has.
    """

    every: Cadence = "month"
    at_least: int | None = None
    at_most: int | None = None
    measure: Literal["count", "days", "sum"] = "count"
    field: str = ""
    where: str = ""
    excused_by: tuple[str, ...] = ()
    grace: int = 0
    remind: int = 0


@dataclass(frozen=True, slots=True)
class Duty:
    """Whoever holds `role` for a subject owes facts of `facts` about it (应办).

    `by` holder: only what the holder of that day did counts; anyone: whoever did it.
    `per` subject: one obligation per subject and period, answered for by the holder on the
    period's last day; holder: one per subject and holder. `filters` is a SQL condition on
    the fact's own fields. `via` names a role of participants: then whoever took part in it
    did it, for the subject for which he held the post on that day, whatever the fact is about.
    """

    id: str
    title: Text
    role: str
    facts: tuple[str, ...]
    unit: Text
    terms: tuple[DutyTerm, ...]
    by: Literal["holder", "anyone"] = "holder"
    per: Literal["subject", "holder"] = "subject"
    filters: str = ""
    via: str = ""


@dataclass(frozen=True, slots=True)
class DeadlineTerm(Term):
    """How long there is: `within` units after the trigger; `grace` days before overdue.

    `pause`: kinds with a span whose days do not count.
    """

    within: int = 0
    unit: Literal["hours", "days", "working_days"] = "days"
    grace: int = 0
    pause: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Deadline:
    """After a fact of `after` (counted from its day or its date field `after_field`),
    the holder of `role` owes one fact of `fact` about the same subject (期限).
    """

    id: str
    title: Text
    role: str
    after: str
    fact: str
    terms: tuple[DeadlineTerm, ...]
    after_field: str = ""


@dataclass(frozen=True, slots=True)
class GroupPart:
    """A part of a group (组成): at least so many who hold `role` for its subject or for what lies
    in it, or so many standing facts of the kind `fact` about it. Only for subjects that meet
    `where`, all if it is empty.
    """

    id: str
    title: Text
    role: str = ""
    fact: str = ""
    at_least: int = 1
    where: str = ""


@dataclass(frozen=True, slots=True)
class StaffingTerm(Term):
    """How a post is filled: for each subject that meets `where`, `at_least` to `at_most`
    holders, each of whom meets `requires` (a condition on the person's statuses); nobody
    holds more than `cap` subjects; a vacancy is tolerated for `vacant_for` days. With an
    `exception`, who takes up the post against this is refused, unless a fact of that kind about
    the person names the post. `parts` say of whom the group around the post is made up.
    """

    at_least: int = 1
    at_most: int | None = None
    where: str = ""
    requires: str = ""
    cap: int | None = None
    vacant_for: int = 0
    exception: str = ""
    parts: tuple[GroupPart, ...] = ()


@dataclass(frozen=True, slots=True)
class Staffing:
    """Which posts must be filled and who may hold them (配备)."""

    id: str
    title: Text
    role: str
    terms: tuple[StaffingTerm, ...]


@dataclass(frozen=True, slots=True)
class CoverageTerm(Term):
    """Over which window: the calendar `every` that contains the as-of day, up to that day."""

    every: Cadence = "year"


@dataclass(frozen=True, slots=True)
class Announced:
    """What is announced to come (预告) and will reach somebody: a fact of `fact` about its date
    field `day`. `limits` says for whom: breakdowns of the population, each with the field or the
    role of participants that names the groups; one that is empty limits nobody.
    """

    fact: str
    day: str
    limits: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Share of a population reached by a fact (覆盖面).

    `population`: type and SQL condition on statuses; reached: being the subject of a fact of
    `fact`, or its participant in role `via`. `by`: the breakdowns (分列), each a status of the
    population, "assignments:ROLE" (for what a person holds that post), "village" or "township".
    `each`: the reference field of the fact that says which of several things it told, so that
    one can ask whom each has reached. `filters`: a SQL condition on the fact. `announced`: what
    will reach those whom nothing has yet.
    """

    id: str
    title: Text
    population: SubjectType
    fact: str
    terms: tuple[CoverageTerm, ...]
    where: str = ""
    via: str = ""
    by: tuple[str, ...] = ()
    each: str = ""
    filters: str = ""
    announced: Announced | None = None


@dataclass(frozen=True, slots=True)
class FigureTerm(Term):
    """`where`: SQL over the columns of what is counted; `since`: "year" (of the as-of day),
    "all", or an ISO day; `parts`: named conditions that make the figure a composite, called
    as `part_titles` says; `figures`: its parts that are other figures, by name.
    """

    where: str = ""
    since: str = "year"
    parts: Mapping[str, str] = field(default_factory=dict)
    part_titles: Mapping[str, Text] = field(default_factory=dict)
    figures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figure:
    """A named number for reports (数字), opened to what it counts.

    `of` names the source: "facts:KIND", "participants:KIND", "subjects:TYPE",
    "assignments:ROLE", "coverage:ID", "staffing:ID", "duty:ID". `measure` "distinct" counts
    different values of `field`; "sum" and "median" read `field`. `performed_by`: only facts
    whose performer held that role on the fact's day. `persons`: only groups of so many different
    subjects count, by the column `each` or all together, so that no value tells of one of them.
    """

    id: str
    title: Text
    of: str
    measure: Literal["count", "sum", "share", "median", "distinct"]
    unit: Text
    terms: tuple[FigureTerm, ...]
    field: str = ""
    performed_by: str = ""
    each: str = ""
    persons: int = 0


@dataclass(frozen=True, slots=True)
class Role:
    """A post that a person can hold (岗位): for which type of subject, what it sees.

    `sees` subject: the subject itself; place: everything in the subject's place; county.
    `office` roles see scores and rankings. `exclusive`: one holder per subject at a time.
    `page`: which page the role starts on. `may_erase`: it destroys the personal values of a
    person or household that it sees, at that party's wish (删除个人信息).
    """

    id: str
    title: Text
    subject: SubjectType
    sees: Literal["subject", "place", "county"]
    office: bool = False
    exclusive: bool = False
    page: Literal["today", "township", "county", "audit", "system", "security", "none"] = "today"
    may_correct: Literal["own", "scope"] = "own"
    may_erase: bool = False

    @property
    def administers(self) -> bool:
        """Whether it is one of the three administrators' (三员) posts."""
        return self.page in ("system", "security", "audit")


@dataclass(frozen=True, slots=True)
class StatusKind:
    """A dated attribute of a subject (状态), such as a household's category.

    Conditions use its id as a column name. Values are texts; `flag` ones are 'yes'. `owner` is the
    department that says so (认定部门): one person may carry several departments' tags at once.
    """

    id: str
    title: Text
    subject: SubjectType
    type: Literal["choice", "flag", "text"]
    options: Mapping[str, Text] = field(default_factory=dict)
    owner: Text | None = None


@dataclass(frozen=True, slots=True)
class Handbook:
    """One county's rules (工作手册) as loaded; every mapping is by id, in file order.

    `digest` is the hash of all its files, part of every cache key; `files` are those files'
    texts by their name in the folder. `names` are words whose official form changes with the
    time; `switches` are what a document allows that is off otherwise.
    """

    county: str
    title: Text
    digest: str
    calendar: WorkCalendar
    roles: Mapping[str, Role]
    statuses: Mapping[str, StatusKind]
    kinds: Mapping[str, FactKind]
    duties: Mapping[str, Duty] = field(default_factory=dict)
    deadlines: Mapping[str, Deadline] = field(default_factory=dict)
    staffing: Mapping[str, Staffing] = field(default_factory=dict)
    coverage: Mapping[str, Coverage] = field(default_factory=dict)
    figures: Mapping[str, Figure] = field(default_factory=dict)
    scores: Mapping[str, Score] = field(default_factory=dict)
    ladders: Mapping[str, Ladder] = field(default_factory=dict)
    procedures: Mapping[str, Procedure] = field(default_factory=dict)
    checks: Mapping[str, Check] = field(default_factory=dict)
    formulas: Mapping[str, Formula] = field(default_factory=dict)
    pairings: Mapping[str, Pairing] = field(default_factory=dict)
    separations: Mapping[str, Separation] = field(default_factory=dict)
    names: Mapping[str, Sequence[NameTerm]] = field(default_factory=dict)
    switches: Mapping[str, Source] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    def kind(self, name: str) -> FactKind | None:
        """The fact kind of that id, built-in registry kinds included, or None."""
        return self.kinds.get(name)

    def opened_by(self, kind: str) -> Procedure | None:
        """The procedure whose cases a fact of that kind opens, or None."""
        return next((rule for rule in self.procedures.values() if rule.opens == kind), None)

    def word(self, name: str, day: date) -> Text | None:
        """What `name` is called on `day`, or None where the handbook does not say."""
        held = [term.title for term in self.names.get(name, ()) if term.holds(day)]
        return held[-1] if held else None
