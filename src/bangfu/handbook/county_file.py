"""county.toml: the county's posts, statuses, working days, changing names and switches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args

from bangfu.core.calendar import SATURDAY, WorkCalendar
from bangfu.core.rules import NameTerm, Role, Separation, Source, StatusKind
from bangfu.core.text import Text
from bangfu.handbook.conditions import RESERVED
from bangfu.handbook.grammar import (
    SUBJECTS,
    dated,
    plain,
    read_dates,
    read_source,
    read_terms,
    read_title,
)
from bangfu.handbook.law import SWITCHES
from bangfu.handbook.reader import WRONG_DAY, Table

Sees = Literal["subject", "place", "county"]
Page = Literal["today", "township", "county", "audit", "system", "security", "none"]
MayCorrect = Literal["own", "scope"]
StatusType = Literal["choice", "flag", "text"]
# Columns that every subject has in a condition.
FIXED_COLUMNS = frozenset(("id", "since", "village", "township"))
_FIRST_YEAR, _LAST_YEAR = 1949, 2199

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class County:
    """What county.toml holds."""

    id: str
    title: Text
    roles: dict[str, Role]
    statuses: dict[str, StatusKind]
    calendar: WorkCalendar
    names: dict[str, tuple[NameTerm, ...]]
    switches: dict[str, Source]
    separations: dict[str, Separation]


def read_county(table: Table) -> County:
    """The county's frame; problems are noted in the table."""
    county = County(
        id=table.name("id"),
        title=read_title(table),
        roles=_named(table, "roles", _role),
        statuses=_named(table, "statuses", _status),
        calendar=_calendar(table),
        names=_named(table, "names", _names),
        switches=_named(table, "switches", _switch),
        separations=_named(table, "separations", _separation),
    )
    table.close()
    return county


def _named(table: Table, key: str, read: Callable[[Table], T]) -> dict[str, T]:
    """The entries of `[[key]]` by id; an id that comes again is refused."""
    found: dict[str, T] = {}
    for entry in table.tables(key):
        name = entry.name("id")
        if name and name in found:
            entry.wrong("duplicate", "id", found=name)
        found[name] = read(entry)
        entry.close()
    return found


def _role(table: Table) -> Role:
    return Role(
        id=table.name("id"),
        title=read_title(table),
        subject=table.choice("subject", SUBJECTS),
        sees=table.choice("sees", get_args(Sees)),
        office=table.flag("office"),
        exclusive=table.flag("exclusive"),
        page=table.choice("page", get_args(Page), "today"),
        may_correct=table.choice("may_correct", get_args(MayCorrect), "own"),
        may_erase=table.flag("may_erase"),
    )


def _status(table: Table) -> StatusKind:
    status = StatusKind(
        id=table.name("id"),
        title=read_title(table),
        subject=table.choice("subject", SUBJECTS),
        type=table.choice("type", get_args(StatusType)),
        options=table.titles("options"),
        owner=table.title("owner", required=False),
    )
    if status.id in FIXED_COLUMNS | RESERVED:
        table.wrong("reserved_name", "id", found=status.id)
    if status.type == "choice" and not status.options:
        table.wrong("options_missing", "options")
    if status.type != "choice" and table.has("options"):
        table.wrong("key_unwanted", "options", type=status.type)
    return status


def _separation(table: Table) -> Separation:
    rule = Separation(
        id=table.name("id"),
        title=read_title(table),
        roles=table.names("roles", example='roles = ["…", "…"]'),
        against=table.names("against"),
        terms=read_terms(table, plain),
    )
    if not table.has("roles") or (len(rule.roles) == 1 and not rule.against):
        table.wrong("separation_alone", "roles")
    for name in rule.roles:
        if name in rule.against:
            table.wrong("separation_self", "against", found=name)
    return rule


def _names(table: Table) -> tuple[NameTerm, ...]:
    return dated(table, _name)


def _name(table: Table) -> NameTerm:
    start, end = read_dates(table)
    return NameTerm(start, end, Text(table.text("zh"), table.text("en")))


def _switch(table: Table) -> Source:
    table.choice("id", SWITCHES)
    return read_source(table)


def _calendar(table: Table) -> WorkCalendar:
    if not table.has("calendar"):
        table.take("calendar")
        return WorkCalendar(frozenset(), frozenset(), frozenset())
    inner = table.table("calendar")
    if inner is None:
        return WorkCalendar(frozenset(), frozenset(), frozenset())
    years = inner.integers("years", _FIRST_YEAR, _LAST_YEAR)
    holidays, make_up = inner.days("holidays"), inner.days("make_up")
    inner.close()
    for key, days in (("holidays", holidays), ("make_up", make_up)):
        for day in sorted(days - {WRONG_DAY}):
            if day.year not in years:
                inner.wrong("calendar_year", key, found=day, year=day.year)
    for day in sorted(holidays & make_up):
        inner.wrong("calendar_clash", "make_up", found=day)
    for day in sorted(make_up):
        if day.weekday() < SATURDAY:
            inner.wrong("calendar_weekday", "make_up", found=day)
    return WorkCalendar(years, holidays, make_up)
