"""Checks: which subjects are implausible on a day, by which facts, and who can mend it.

All checks of one set of tables are asked of one database in memory, which reads nothing outside.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from bangfu.core.periods import day_number, day_of
from bangfu.core.results import Doubt, Screening
from bangfu.core.rules import Check, Handbook
from bangfu.core.text import Text
from bangfu.engine.cases import Posts
from bangfu.engine.check_narrowing import Few
from bangfu.engine.check_statements import SUBJECT, Statement, statements_of
from bangfu.engine.check_views import check_view
from bangfu.engine.sets import locked_database
from bangfu.engine.tables import Tables
from bangfu.handbook.check_files import filled
from bangfu.handbook.condition_problems import BadCondition

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

# Up to so many facts it is quicker to look at the rows first than to ask about each check.
MOST_LOOKED_AT = 5000
_FACTS = "#"  # begins the names of columns that hold facts


def doubts(
    handbook: Handbook,
    tables: Tables,
    *,
    as_of: date,
    checks: Collection[str] | None = None,
    kinds: Collection[str] | None = None,
    few: bool = False,
) -> Screening:
    """The doubts (疑点) of all checks, or of those named, by check in the handbook's order; and the
    leads of those that propose a fact.

    `few`: the tables hold a household or two, and the answer is wanted at once. `kinds` leaves out
    checks that read none of these kinds of facts. One doubt for each check and subject, whatever
    number of rows the query gives of it. A check whose query the database refuses is named among
    the failed ones.
    """
    failed: list[str] = []
    chosen = [one for one in handbook.checks.values() if checks is None or one.id in checks]
    asked = list(_asked(handbook, chosen, as_of, failed))
    if kinds is not None:
        read = views_of(kinds)
        asked = [one for one in asked if read & one.reads]
    rows = Few(handbook, tables, as_of=as_of)
    if few or rows.size({view for one in asked for view in one.reads}) <= MOST_LOOKED_AT:
        asked = [one for one in asked if rows.may_find(one.demands)]
    if not asked:
        return Screening((), tuple(failed))
    about = _About(handbook, tables, as_of=as_of)
    found: list[Doubt] = []
    with _few_rows() if few else _many_rows() as database:
        _fill(database, handbook, tables, asked, as_of=as_of)
        for statement in asked:
            given = _rows(database, statement)
            if given is None:
                failed.append(statement.check.id)
            else:
                found += _doubts(statement, given, about)
    proposing = {check.id for check in chosen if check.proposes}
    return Screening(
        tuple(one for one in found if one.check not in proposing),
        tuple(failed),
        tuple(one for one in found if one.check in proposing),
    )


def _asked(
    handbook: Handbook, chosen: Iterable[Check], day: date, failed: list[str]
) -> Iterator[Statement]:
    statements = statements_of(handbook)
    for check in chosen:
        try:
            statement = statements.of(check, day)
        except BadCondition:
            failed.append(check.id)
            continue
        if statement is not None:
            yield statement


def any_reads(handbook: Handbook, kinds: Collection[str], *, as_of: date) -> bool:
    """Whether any check reads one of these kinds of facts."""
    read = views_of(kinds)
    return any(read & one.reads for one in _asked(handbook, handbook.checks.values(), as_of, []))


def views_of(kinds: Collection[str]) -> frozenset[str]:
    """The views that facts of these kinds stand in."""
    names = [kind.replace(".", "_") for kind in kinds]
    found = {f"{view}_{name}" for name in names for view in ("fact", "latest", "participant")}
    if any(kind.startswith("registry.") for kind in kinds):
        found |= {"household", "person", "member", "member_left", "assignment"}
    return frozenset(found)


@contextmanager
def _many_rows() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database of its own for the rows of a township or the county."""
    database = locked_database()
    try:
        yield database
    finally:
        database.close()


@contextmanager
def _few_rows() -> Iterator[duckdb.DuckDBPyConnection]:
    """The database for a handful of rows, opened once, for it takes longer than to ask it.

    One asks at a time; nothing is left in it.
    """
    with _turn:
        if not _opened:
            _opened.append(locked_database(few=True))
        [database] = _opened
        try:
            yield database
        finally:
            rows = database.execute("SELECT table_name FROM duckdb_tables()").fetchall()
            for (name,) in rows:
                database.execute(f"DROP TABLE {name}")


_turn = threading.Lock()
_opened: list[duckdb.DuckDBPyConnection] = []


def _fill(
    database: duckdb.DuckDBPyConnection,
    handbook: Handbook,
    tables: Tables,
    asked: Sequence[Statement],
    *,
    as_of: date,
) -> None:
    """Give the database the views that are asked of, as far as they are read."""
    columns = {name for one in asked for name in one.names}
    for name in sorted({name for one in asked for name in one.reads}):
        load(database, name, check_view(handbook, tables, name, as_of=as_of, columns=columns))


def load(database: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    """One view as a table of the database."""
    database.register(_FACTS, rows)
    database.execute(f'CREATE TABLE {name} AS SELECT * FROM "{_FACTS}"')  # noqa: S608
    database.unregister(_FACTS)


def _rows(
    database: duckdb.DuckDBPyConnection, statement: Statement
) -> list[tuple[object, ...]] | None:
    import duckdb

    try:
        return database.execute(statement.sql).fetchall()
    except duckdb.Error:
        return None


def _doubts(
    statement: Statement, rows: Sequence[tuple[object, ...]], about: _About
) -> Iterator[Doubt]:
    """The doubts of one check, by subject; of several rows about one the first speaks.

    A row has the columns of the statement, then those with facts.
    """
    names = list(statement.columns)
    at, size = names.index(SUBJECT), len(names)
    of_one: dict[int, list[tuple[object, ...]]] = {}
    for row in rows:
        subject = row[at]
        if isinstance(subject, int):
            of_one.setdefault(subject, []).append(row)
    check, personal = statement.check, statement.personal
    for subject in sorted(of_one):
        mine = of_one[subject]
        if len(mine) > 1:
            mine.sort(key=lambda row: [fact for cell in row[size:] for fact in _several(cell)])
        values = dict(zip(names, mine[0], strict=False))
        del values[SUBJECT]
        role, holders = about.mending(check, subject)
        exempt, until = about.exemption(check, subject)
        yield Doubt(
            check=check.id,
            subject=subject,
            severity=check.severity,
            values=values,  # type: ignore[arg-type]
            personal=personal,
            role=role,
            holders=holders,
            because=tuple(sorted({fact for row in mine for cell in row[size:]
                                  for fact in _several(cell)})),
            exempt=exempt,
            until=until,
        )  # fmt: skip


def _several(cell: object) -> list[int]:
    if isinstance(cell, list):
        return sorted(fact for fact in cell if isinstance(fact, int))
    return [cell] if isinstance(cell, int) else []


class _About:
    """Who can mend what is doubtful about a subject, and whether it is exempted."""

    def __init__(self, handbook: Handbook, tables: Tables, *, as_of: date) -> None:
        self._day = day_number(as_of)
        self._posts = Posts(tables, as_of=self._day)
        self._homes = homes_on(tables, self._day)
        self._exempted: dict[str, dict[tuple[str, int], tuple[int, int]]] = {}
        self._tables = tables
        self._known: dict[tuple[tuple[str, ...], str, int], tuple[str, tuple[int, ...]]] = {}

    def mending(self, check: Check, subject: int) -> tuple[str, tuple[int, ...]]:
        """The first post that somebody holds, and who does."""
        key = (check.mends, check.subject, subject)
        if key not in self._known:
            around = self._posts.around(check.subject, subject)
            if check.subject == "person":
                around = (*self._homes.get(subject, ()), *around)
            self._known[key] = self._held(check.mends, around)
        return self._known[key]

    def _held(self, mends: Sequence[str], around: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
        for role in mends:
            held = self._posts.holders((role,), around)
            if held:
                return role, held
        return (mends[0] if mends else ""), ()

    def exemption(self, check: Check, subject: int) -> tuple[int, date | None]:
        """The fact that exempts a subject on the day, and its last day."""
        if not check.exempted_by:
            return 0, None
        if check.exempted_by not in self._exempted:
            self._exempted[check.exempted_by] = self._read(check.exempted_by)
        fact, until = self._exempted[check.exempted_by].get((check.id, subject), (0, 0))
        return fact, day_of(until) if fact else None

    def _read(self, kind: str) -> dict[tuple[str, int], tuple[int, int]]:
        table = self._tables.facts.get(kind)
        found: dict[tuple[str, int], tuple[int, int]] = {}
        if table is None or "until" not in table.values:
            return found
        until = table.values["until"].astype(np.int64)
        for at in np.flatnonzero((table.day <= self._day) & (until >= self._day)).tolist():
            key = (str(table.values["check"][at]), int(table.subject[at]))
            one = (int(table.fact[at]), int(until[at]))
            found[key] = max(one, found.get(key, one), key=lambda held: held[1])
        return found


def homes_on(tables: Tables, day: int) -> Mapping[int, tuple[int, ...]]:
    """The households of each person on the day."""
    members = tables.members
    now = (members.start <= day) & (day < members.end)
    found: dict[int, tuple[int, ...]] = {}
    pairs = zip(members.person[now].tolist(), members.household[now].tolist(), strict=True)
    for person, household in pairs:
        found[person] = (*found.get(person, ()), household)
    return found


def message(handbook: Handbook, doubt: Doubt, *, as_of: date, personal: bool) -> Text:
    """What a doubt says, its values filled in; what is personal only where it may be said."""
    check = handbook.checks[doubt.check]
    columns = statements_of(handbook).columns(check, as_of)
    said: dict[str, Text] = {}
    for name, value in doubt.values.items():
        if name in doubt.personal and not personal:
            said[name] = Text("（不显示）", "(not shown)")
        else:
            said[name] = _cell(value, columns[name].options if name in columns else {})
    return Text(
        filled(check.message.zh, {name: text.zh for name, text in said.items()}),
        filled(check.message.en, {name: text.en for name, text in said.items()}),
    )


def _cell(value: object, options: Mapping[str, Text]) -> Text:
    if value is None:
        return Text("空", "nothing")
    if isinstance(value, list):
        parts = [_cell(one, options) for one in value]
        return Text("、".join(one.zh for one in parts), ", ".join(one.en for one in parts))
    if isinstance(value, bool):
        return Text("是" if value else "否", "yes" if value else "no")
    if isinstance(value, (int, str, date)):
        return options.get(str(value)) or Text(str(value), str(value))
    number = f"{float(str(value)):.2f}".rstrip("0").rstrip(".")
    return Text(number, number)
