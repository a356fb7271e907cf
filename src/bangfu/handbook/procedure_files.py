"""procedures/*.toml: the steps of a case, who takes them, and their clocks."""

from __future__ import annotations

from typing import Literal, get_args

from bangfu.core.procedures import (
    OPENED,
    Clock,
    Opening,
    Outcome,
    Pause,
    Procedure,
    ProcedureStep,
    ProcedureTerm,
    Sets,
)
from bangfu.core.rules import Term
from bangfu.handbook.duty_files import MOST_DAYS, condition
from bangfu.handbook.grammar import SUBJECTS, read_id, read_terms, read_title
from bangfu.handbook.reader import Table, duplicates

ClockUnit = Literal["days", "working_days"]
_EXAMPLE = "{key} = {{days = 5}}"


def read_procedure(table: Table, stem: str) -> Procedure:
    """How a case runs from the fact that opens it to its end."""
    procedure = Procedure(
        id=read_id(table, stem),
        title=read_title(table),
        subject=table.choice("subject", SUBJECTS),
        opens=table.name("opens"),
        terms=read_terms(table, _term),
    )
    table.close()
    return procedure


def _term(table: Table, dates: Term) -> ProcedureTerm:
    steps: list[ProcedureStep] = []
    for entry in table.tables("steps", required=True):
        steps.append(_step(entry, [step.id for step in steps]))
    for name in sorted(duplicates(step.id for step in steps)):
        table.wrong("duplicate", "steps", found=name)
    whole = _clock(table, "within", [])
    if whole is not None and whole.after not in ("", OPENED):
        whole = None  # refused already: no step comes before all of them
    return ProcedureTerm(
        dates.start,
        dates.end,
        dates.source,
        steps=tuple(steps),
        within=Clock(whole.number, whole.unit, OPENED) if whole else None,
        pause=_pause(table),
        opening=_opening(table),
    )


def _step(table: Table, before: list[str]) -> ProcedureStep:
    step = ProcedureStep(
        id=table.name("id"),
        title=read_title(table),
        fact=table.name("fact"),
        by=table.names("by"),
        when=condition(table, "when"),
        not_before=_clock(table, "not_before", before),
        within=_clock(table, "within", before),
        lapses=table.flag("lapses"),
        needs=table.names("needs"),
        same=table.names("same"),
        outcome=table.name("outcome", required=False),
        outcomes=_outcomes(table, before),
        sets=_sets(table),
    )
    if not step.by:
        table.wrong("missing" if not table.has("by") else "empty", "by", example='by = ["…"]')
    if step.id == OPENED:
        table.wrong("field_name", "id", found=step.id)
    if step.lapses and step.within is None:
        example = _EXAMPLE.format(key="within")
        why = {"why_zh": "有 lapses ", "why_en": "lapses"}
        table.wrong("field_needed", "within", example=example, **why)
    if table.has("outcomes") and not step.outcome:
        why = {"why_zh": "有 outcomes ", "why_en": "outcomes"}
        table.wrong("field_needed", "outcome", example='outcome = "…"', **why)
    if step.outcome and not table.has("outcomes"):
        why = {"why_zh": "没有 outcomes ", "why_en": "no outcomes"}
        table.wrong("field_idle", "outcome", **why)
    table.close()
    return step


def _clock(table: Table, key: str, before: list[str]) -> Clock | None:
    """{days = 5} or {working_days = 5}, with `after` naming the fact that opened the case or an
    earlier step.
    """
    raw = table.take(key)
    if raw is None:
        return None
    inner = table.table(key, example=_EXAMPLE.format(key=key))
    if inner is None:
        return None
    units: tuple[ClockUnit, ...] = get_args(ClockUnit)
    numbers = [inner.integer(unit, 0, MOST_DAYS) for unit in units]
    after = inner.name("after", required=False)
    if inner.has("days") == inner.has("working_days"):
        inner.wrong("one_of", "days", one="days", other="working_days")
    if after and after not in (OPENED, *before):
        inner.wrong("step_order", "after", found=after, known=", ".join((OPENED, *before)))
    inner.close()
    at = int(inner.has("working_days"))
    return Clock(numbers[at] or 0, units[at], after)


def _outcomes(table: Table, before: list[str]) -> dict[str, Outcome]:
    raw = table.take("outcomes")
    if raw is None:
        return {}
    outcomes = table.table("outcomes", example="outcomes.refused = {closes = true}")
    if outcomes is None:
        return {}
    if not outcomes.values:
        table.wrong("empty", "outcomes")
    found: dict[str, Outcome] = {}
    for option in outcomes.values:
        inner = outcomes.table(option, example=f"outcomes.{option} = {{closes = true}}")
        if inner is None:
            continue
        outcome = Outcome(inner.flag("closes"), inner.name("back_to", required=False))
        if outcome.closes == bool(outcome.back_to):
            inner.wrong("one_of", "closes", one="closes", other="back_to")
        own = str(table.values.get("id", ""))
        if outcome.back_to and outcome.back_to not in (*before, own):
            known = ", ".join((*before, own))
            inner.wrong("step_order", "back_to", found=outcome.back_to, known=known)
        inner.close()
        found[option] = outcome
    return found


def _sets(table: Table) -> Sets | None:
    """{status = "…", field = "…"} or {status = "…", value = "…"}, with `when`."""
    if table.take("sets") is None:
        return None
    example = 'sets = {status = "category", field = "kind", when = "monitored"}'
    inner = table.table("sets", example=example)
    if inner is None:
        return None
    names = ("field", "value", "when")
    field, value, when = (inner.name(name, required=False) for name in names)
    found = Sets(inner.name("status"), field, value, when)
    if bool(field) == bool(value):
        inner.wrong("one_of", "field", one="field", other="value")
    if when and not table.has("outcome"):
        why = {"why_zh": "sets 有 when ", "why_en": "sets has when"}
        table.wrong("field_needed", "outcome", example='outcome = "…"', **why)
    inner.close()
    return found


def _opening(table: Table) -> Opening | None:
    raw = table.take("opening")
    if raw is None:
        return None
    inner = table.table("opening", example='opening = {where = "…"}')
    if inner is None:
        return None
    opening = Opening(
        where=condition(inner, "where"),
        held=_clock(inner, "held", []),
        evidence=_evidence(inner),
        not_while=inner.names("not_while"),
    )
    if opening.held is not None and not opening.where:
        why = {"why_zh": "有 held ", "why_en": "held"}
        inner.wrong("field_needed", "where", example="where = \"category = 'lifted'\"", **why)
    if opening.held is not None and (opening.held.after or opening.held.unit != "days"):
        inner.wrong("opening_held", "held")
    inner.close()
    return opening


def _evidence(table: Table) -> dict[str, tuple[str, ...]]:
    if table.take("evidence") is None:
        return {}
    inner = table.table("evidence", example='evidence = {measure = ["done_on"]}')
    if inner is None:
        return {}
    found = {kind: inner.names(kind) for kind in list(inner.values)}
    inner.close()
    return found


def _pause(table: Table) -> Pause | None:
    raw = table.take("pause")
    if raw is None:
        return None
    inner = table.table("pause", example='pause = {fact = "…", until = "…"}')
    if inner is None:
        return None
    pause = Pause(inner.name("fact"), inner.name("until"))
    if pause.fact and pause.fact == pause.until:
        inner.wrong("pause_same", "until", found=pause.fact)
    inner.close()
    return pause
