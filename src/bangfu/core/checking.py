"""The shape `check` (疑点规则): one query that finds what is implausible, and who can mend it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from bangfu.core.kinds import SubjectType
from bangfu.core.terms import Term
from bangfu.core.text import Text

Severity = Literal["error", "doubt", "hint"]
SEVERITIES: Mapping[Severity, Text] = {
    "error": Text("错误", "Error"),
    "doubt": Text("疑点", "Doubt"),
    "hint": Text("提示", "Hint"),
}
# What a row of a case may hold, as TOML has it.
CaseCell = str | int | float | bool | date | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number of a check (参数) with its unit; it is dated by the term that it stands in."""

    value: float
    unit: Text


@dataclass(frozen=True, slots=True)
class CheckTerm(Term):
    """`select`: a query over the published views, whose column `subject` is what is doubtful and
    whose other columns the message may name; `params`: the numbers that it reads by name.
    """

    select: str = ""
    params: Mapping[str, Parameter] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckCase:
    """An example (例子): on `day`, with `rows` in the views and all other views empty, the check
    finds the subjects `finds` and no other.
    """

    day: date
    finds: tuple[int, ...]
    rows: Mapping[str, tuple[Mapping[str, CaseCell], ...]]


@dataclass(frozen=True, slots=True)
class Lead:
    """A fact of `fact` that is proposed (建议), `values` filled in; people record it."""

    fact: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """What is implausible about a `subject`, and who can mend it (疑点规则).

    `message` says what is wrong; `{name}` stands for a column of the query. `mends`: posts whose
    holder for the subject, or for a place that it lies in, can mend it; the first that somebody
    holds answers. With `proposes` what it finds is no doubt but a lead (建议): a fact that somebody
    of `mends` may record. `exempted_by`: the kind of fact that exempts a subject from a check
    named in its field `check`, with a reason, up to and including the day in its field `until`.
    """

    id: str
    title: Text
    subject: SubjectType
    message: Text
    severity: Severity
    mends: tuple[str, ...]
    terms: tuple[CheckTerm, ...]
    exempted_by: str = ""
    proposes: Lead | None = None
    cases: tuple[CheckCase, ...] = ()
