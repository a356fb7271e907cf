"""duties, deadlines and staffing/*.toml: who owes what, by when, and who holds which post."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from bangfu.core.periods import CADENCES, Cadence
from bangfu.core.rules import (
    Deadline,
    DeadlineTerm,
    Duty,
    DutyTerm,
    GroupPart,
    Staffing,
    StaffingTerm,
    Term,
)
from bangfu.handbook.grammar import read_id, read_terms, read_title
from bangfu.handbook.reader import Table

Measure = Literal["count", "days", "sum"]
By = Literal["holder", "anyone"]
Per = Literal["subject", "holder"]
Unit = Literal["hours", "days", "working_days"]
MOST = 1_000_000
MOST_DAYS = 3660
# The fewest days that a period of each cadence has.
SHORTEST: Mapping[Cadence, int] = {
    "day": 1, "week": 7, "month": 28, "quarter": 90, "half_year": 181, "year": 365,
    "five_years": 1826,
}  # fmt: skip


def read_duty(table: Table, stem: str) -> Duty:
    """What the holders of a role owe in each period."""
    duty = Duty(
        id=read_id(table, stem),
        title=read_title(table),
        role=table.name("role"),
        facts=_facts(table),
        unit=read_title(table, "unit"),
        by=table.choice("by", get_args(By), "holder"),
        per=table.choice("per", get_args(Per), "subject"),
        filters=condition(table, "filters"),
        via=table.name("via", required=False),
        terms=read_terms(table, _duty_term),
    )
    if duty.via and duty.by == "anyone":
        table.wrong("field_idle", "by", why_zh="有 via ", why_en="via")
    table.close()
    return duty


def condition(table: Table, key: str) -> str:
    """The text of a condition, read as SQL once all rules are known; "" may be written."""
    raw = table.take(key)
    return "" if raw in (None, "") else table.text(key)


def _facts(table: Table) -> tuple[str, ...]:
    fact = table.name("fact", required=False)
    any_of = table.names("any_of")
    if table.has("fact") == table.has("any_of"):
        table.wrong("one_of", "fact", one="fact", other="any_of")
    elif table.has("any_of") and not any_of:
        table.wrong("empty", "any_of")
    return (fact,) if fact else any_of


def _duty_term(table: Table, dates: Term) -> DutyTerm:
    every = table.choice("every", CADENCES)
    term = DutyTerm(
        dates.start,
        dates.end,
        dates.source,
        every=every,
        at_least=table.integer("at_least", 1, MOST),
        at_most=table.integer("at_most", 0, MOST),
        measure=table.choice("measure", get_args(Measure), "count"),
        field=table.name("field", required=False),
        where=condition(table, "where"),
        excused_by=table.names("excused_by"),
        grace=table.count("grace", 0, MOST_DAYS),
        remind=table.count("remind", 0, MOST_DAYS),
    )
    if table.has("at_least") == table.has("at_most"):
        table.wrong("one_of", "at_least", one="at_least", other="at_most")
    for key in ("grace", "remind"):
        days = getattr(term, key)
        if table.values.get("every") == every and days > SHORTEST[every]:
            table.wrong("grace_long", key, found=days, most=SHORTEST[every])
    _check_idle(table, term)
    return term


def _check_idle(table: Table, term: DutyTerm) -> None:
    """Keys that go together with another one, or have no effect beside it."""
    measure = f'measure = "{term.measure}"'
    why = {"why_zh": measure, "why_en": measure}
    if term.measure == "sum" and not term.field:
        table.wrong("field_needed", "field", example='field = "…"', **why)
    if term.measure != "sum" and table.has("field"):
        table.wrong("field_idle", "field", **why)
    if term.at_most is not None:
        for key in ("grace", "excused_by"):
            if table.has(key) and table.values[key]:
                table.wrong("field_idle", key, why_zh="有 at_most ", why_en="at_most")


def read_deadline(table: Table, stem: str) -> Deadline:
    """By when one fact must follow another."""
    deadline = Deadline(
        id=read_id(table, stem),
        title=read_title(table),
        role=table.name("role"),
        after=table.text("after"),
        after_field=table.name("after_field", required=False),
        fact=table.name("fact"),
        terms=read_terms(table, _deadline_term),
    )
    table.close()
    return deadline


def _deadline_term(table: Table, dates: Term) -> DeadlineTerm:
    return DeadlineTerm(
        dates.start,
        dates.end,
        dates.source,
        within=table.count("within", 0, MOST_DAYS, required=True),
        unit=table.choice("unit", get_args(Unit)),
        grace=table.count("grace", 0, MOST_DAYS),
        pause=table.names("pause"),
    )


def read_staffing(table: Table, stem: str) -> Staffing:
    """How a post is filled."""
    staffing = Staffing(
        id=read_id(table, stem),
        title=read_title(table),
        role=table.name("role"),
        terms=read_terms(table, _staffing_term),
    )
    table.close()
    return staffing


def _part(table: Table) -> GroupPart:
    part = GroupPart(
        table.name("id"),
        read_title(table),
        table.name("role", required=False),
        table.name("fact", required=False),
        table.count("at_least", 1, MOST, default=1),
        condition(table, "where"),
    )
    if bool(part.role) == bool(part.fact):
        table.wrong("one_of", "role", one="role", other="fact")
    table.close()
    return part


def _staffing_term(table: Table, dates: Term) -> StaffingTerm:
    term = StaffingTerm(
        dates.start,
        dates.end,
        dates.source,
        at_least=table.count("at_least", 0, MOST, default=1),
        at_most=table.integer("at_most", 0, MOST),
        where=condition(table, "where"),
        requires=condition(table, "requires"),
        cap=table.integer("cap", 1, MOST),
        vacant_for=table.count("vacant_for", 0, MOST_DAYS),
        exception=table.name("exception", required=False),
        parts=tuple(_part(entry) for entry in table.tables("parts")),
    )
    if term.at_most is not None and term.at_most < term.at_least:
        table.wrong("bounds", "at_least", low=term.at_least, high=term.at_most)
    return term
