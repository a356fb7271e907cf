"""checks/*.toml: what is implausible, who can mend it, and examples that show it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import get_args

from bangfu.core.checking import CaseCell, Check, CheckCase, CheckTerm, Lead, Parameter, Severity
from bangfu.core.rules import Term
from bangfu.core.text import Text
from bangfu.handbook.grammar import SUBJECTS, read_id, read_terms, read_title
from bangfu.handbook.reader import ID, WRONG_DAY, Table

_SEVERITIES: tuple[Severity, ...] = get_args(Severity)
_MOST = 1e15
_BRACES = re.compile(r"\{([^{}]*)\}")
_PROPOSES = 'proposes = {fact = "risk_lead", values = {source = "department"}}'
_EXAMPLE = 'params.most = {{value = 100, unit = {{zh = "亩", en = "mu"}}}}'


def read_check(table: Table, stem: str) -> Check:
    """One check; problems are noted in the table."""
    check = Check(
        id=read_id(table, stem),
        title=read_title(table),
        subject=table.choice("subject", SUBJECTS),
        message=table.title("message") or Text("", ""),
        severity=table.choice("severity", _SEVERITIES, default="doubt"),
        mends=table.names("mends"),
        terms=read_terms(table, _term),
        exempted_by=table.name("exempted_by", required=False),
        proposes=_lead(table),
        cases=tuple(_case(entry) for entry in table.tables("cases")),
    )
    table.close()
    if not check.mends:
        table.wrong("empty" if table.has("mends") else "missing", "mends", example='mends = ["…"]')
    if places(check.message.zh) != places(check.message.en):
        table.wrong("message_alike", "message")
    return check


def _lead(table: Table) -> Lead | None:
    if table.take("proposes") is None:
        return None
    inner = table.table("proposes", example=_PROPOSES)
    if inner is None:
        return None
    fact, raw = inner.name("fact"), inner.take("values")
    values: dict[str, str] = {}
    given = inner.table("values", example=_PROPOSES) if raw is not None else None
    for name in given.values if given else ():
        assert given is not None  # noqa: S101 - there is nothing to go through otherwise
        values[name] = given.text(name)
    inner.close()
    return Lead(fact, values)


def places(message: str) -> set[str]:
    """The columns that a message names."""
    return set(_BRACES.findall(message))


def filled(message: str, said: Mapping[str, str]) -> str:
    """A message with the words that are known put in."""
    return _BRACES.sub(lambda found: said.get(found.group(1), found.group()), message)


def _term(table: Table, dates: Term) -> CheckTerm:
    return CheckTerm(
        dates.start,
        dates.end,
        dates.source,
        select=table.text("select", example='select = "SELECT … FROM … WHERE …"'),
        params=_params(table),
    )


def _params(table: Table) -> dict[str, Parameter]:
    raw = table.take("params")
    if raw is None:
        return {}
    inner = table.table("params", example=_EXAMPLE)
    if inner is None:
        return {}
    found: dict[str, Parameter] = {}
    for name in inner.values:
        one = inner.table(name, example=_EXAMPLE)
        if one is None:
            continue
        if not ID.fullmatch(name):
            inner.wrong("id_form", name, found=name, most=48)
        value = one.number("value", -_MOST, _MOST)
        if not one.has("value"):
            one.wrong("missing", "value", example="value = 100")
        unit = one.title("unit") or Text("", "")
        one.close()
        found[name] = Parameter(value or 0.0, unit)
    return found


def _case(table: Table) -> CheckCase:
    rows: dict[str, tuple[dict[str, CaseCell], ...]] = {}
    raw = table.take("rows", required=True, example="rows.household = [{id = 1}]")
    inner = table.table("rows") if isinstance(raw, dict) else None
    for view in inner.values if inner else ():
        assert inner is not None  # noqa: S101 - there is nothing to go through otherwise
        rows[view] = tuple(_row(entry) for entry in inner.tables(view))
    case = CheckCase(
        day=table.day("day", required=True) or WRONG_DAY,
        finds=_numbers(table),
        rows=rows,
    )
    table.close()
    return case


def _numbers(table: Table) -> tuple[int, ...]:
    raw = table.take("finds", required=True, example="finds = [1]")
    if raw is None:
        return ()
    if not isinstance(raw, list) or not all(type(item) is int for item in raw):
        wanted = {"wanted_zh": "整数列表", "wanted_en": "a list of integers"}
        table.wrong("type", "finds", found=raw, example="finds = [1]", **wanted)
        return ()
    return tuple(sorted(raw))


def _row(table: Table) -> dict[str, CaseCell]:
    row: dict[str, CaseCell] = {}
    for name in table.values:
        raw = table.take(name)
        if isinstance(raw, list) and all(isinstance(item, str) for item in raw):
            row[name] = tuple(raw)
        elif isinstance(raw, (str, int, float, bool, date)) and not isinstance(raw, datetime):
            row[name] = raw
        else:
            table.wrong("case_cell", name)
    return row
