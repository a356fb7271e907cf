"""150 checks over 20,000 households and 60,000 members, and over one household at its entry.

The county is invented straight in the mirror's form: Parquet files with the columns that the mirror
keeps of each kind. What is measured begins with reading them and ends with the doubts; a run in a
process that has read the handbook, as a server has. The checks are the county's own, the first of
them once more under other names until there are 150. The entry is one household's rows, as an index
gives them, and all 150 checks. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from bangfu.core.periods import day_number
from bangfu.core.rules import FactKind, Field, Handbook
from bangfu.records.starting import start

AS_OF = date(2024, 6, 30)
FIRST = day_number(date(2023, 1, 1))
HOUSEHOLDS, MEMBERS, CHECKS = 20_000, 60_000, 150
VILLAGES, A_TOWN, HELPERS = 400, 25, 3_000
SEED = 5
_KINDS = {
    "household_profile": 1, "income_account": 1, "measure": 2, "member_profile": 1, "employment": 1,
    "registry.person": 1, "registry.household": 1,
}  # fmt: skip
Column = NDArray[np.generic]
T = TypeVar("T")


def handbook() -> Handbook:
    """The county's handbook with as many checks as are asked for."""
    from bangfu.handbook import county_folder, load

    book = load(county_folder("xiangcheng"))
    own = list(book.checks.values())
    checks = own[:CHECKS]
    while len(checks) < CHECKS:
        again = own[len(checks) % len(own)]
        checks.append(replace(again, id=f"{again.id}_{len(checks)}"))
    return replace(book, checks={check.id: check for check in checks})


class County:
    """Parquet files in a folder, read as the mirror is."""

    def __init__(self, folder: Path, book: Handbook, *, only: int | None = None) -> None:
        self._folder = folder
        self._book = book
        self._only = only

    # What `records.mirror.tables.Source` says of each.
    def registry(self, table: str) -> pa.Table:
        """Rows of a registry table."""
        found = pq.read_table(self._folder / f"registry-{table}.parquet")
        return found if self._only is None else self._mine(table, found)

    def kind(self, name: str) -> pa.Table | None:
        """The facts of a kind."""
        file = self._folder / f"{name}.parquet"
        if not file.exists():
            return None
        found = pq.read_table(file)
        return found if self._only is None else found.filter(pa.array(self._near(found["subject"])))

    def participants(self, name: str) -> pa.Table | None:
        """Nobody took part in these facts."""
        return None

    def amendments(self) -> pa.Table:
        """None was corrected."""
        from bangfu.records.mirror.rows import AMENDMENTS

        return AMENDMENTS.empty_table()

    def _near(self, column: pa.ChunkedArray) -> NDArray[np.bool_]:
        assert self._only is not None
        numbers = column.to_numpy()
        near = [self._only, *(_member(self._only, n) for n in range(MEMBERS // HOUSEHOLDS))]
        found: NDArray[np.bool_] = np.isin(numbers, near)
        return found

    def _mine(self, table: str, found: pa.Table) -> pa.Table:
        column = "id" if table in ("subjects", "past") else "subject"
        return found.filter(pa.array(self._near(found[column])))


def _member(household: int, number: int) -> int:
    first = household - _HOUSEHOLD
    return _PERSON + first * (MEMBERS // HOUSEHOLDS) + number


_TOWN, _VILLAGE, _HOUSEHOLD, _PERSON, _FACT = 10, 1_000, 100_000, 200_000, 1_000_000


def invent(folder: Path, book: Handbook) -> None:
    """Write the county's files."""
    chance = np.random.default_rng(SEED)
    households = _HOUSEHOLD + np.arange(HOUSEHOLDS)
    persons = _PERSON + np.arange(MEMBERS)
    _write_registry(folder, chance, households, persons)
    first = _FACT
    for name, each in _KINDS.items():
        kind = book.kinds[name]
        subjects = np.repeat(households if kind.subject == "household" else persons, each)
        pq.write_table(_facts(chance, kind, subjects, first), folder / f"{name}.parquet")
        first += len(subjects)


def _facts(
    chance: np.random.Generator, kind: FactKind, subjects: NDArray[np.int64], first: int
) -> pa.Table:
    from bangfu.records.mirror.columns import mirrored, schema

    size = len(subjects)
    numbers = first + np.arange(size)
    columns: list[pa.Array] = [
        pa.array(numbers), pa.array(subjects), pa.array(subjects),
        pa.array((FIRST + chance.integers(0, 500, size)).astype(np.int32)),
        pa.nulls(size, pa.int16()), pa.array(_PERSON + chance.integers(0, HELPERS, size)),
    ]  # fmt: skip
    columns += [_column(chance, field, size) for field in mirrored(kind)]
    wanted = schema(kind)
    return pa.Table.from_arrays(
        [one.cast(kept) for one, kept in zip(columns, wanted.types, strict=True)], schema=wanted
    )


def _column(chance: np.random.Generator, field: Field, size: int) -> pa.Array:
    """Plausible values, one in a hundred missing, and one in a hundred whatever came first."""
    number = np.arange(size)
    gone = chance.random(size) < 0.01
    usual = _USUAL.get(field.id.removeprefix("stated_"), _USUAL.get(field.id))
    if usual is not None:
        values, known = usual(number)
        shuffled = np.where(chance.random(size) < 0.01, chance.permutation(values), values)
        return pa.array(shuffled, mask=gone | ~known)
    if field.type == "boolean":
        return pa.array(np.ones(size, np.bool_), mask=gone)
    if field.type in ("choice", "choices"):
        options = np.array(list(field.options), dtype=np.object_)
        at = np.minimum(chance.geometric(0.9, size) - 1, len(options) - 1)
        return pa.array(options[at], mask=gone)
    if field.type == "date":
        return pa.array((FIRST + chance.integers(0, 300, size)).astype(np.int32), mask=gone)
    if field.type in ("integer", "number", "money"):
        most = 10_000_00 if field.type == "money" else 5 * 10**field.places
        return pa.array(chance.integers(0, most, size), mask=gone)
    return pa.array([f"{number:016x}" for number in chance.integers(0, 2**60, size)])


Usual = Callable[[NDArray[np.int64]], tuple[Column, NDArray[np.bool_]]]


def _same(value: object, kept: type = object) -> Usual:
    return lambda n: (np.full(len(n), value, dtype=kept), np.ones(len(n), np.bool_))


def _never(n: NDArray[np.int64]) -> tuple[Column, NDArray[np.bool_]]:
    return np.zeros(len(n), np.int64), np.zeros(len(n), np.bool_)


def _by_member(head: object, spouse: object, child: object) -> Usual:
    """Members come in threes: head, spouse and a child; None is nothing filled in."""

    def usual(n: NDArray[np.int64]) -> tuple[Column, NDArray[np.bool_]]:
        given = np.array([head, spouse, child], dtype=np.object_)[n % 3]
        known = np.array([one is not None for one in (head, spouse, child)])[n % 3]
        return given, known

    return usual


def _monitored(value: object) -> Usual:
    """One household in ten is monitored."""
    return lambda n: (np.full(len(n), value, dtype=np.object_), n % 10 == 0)


_ADULT, _CHILD = day_number(date(1980, 5, 1)), day_number(date(2014, 5, 1))
_FALSE = _same(False, np.bool_)
_USUAL: dict[str, Usual] = {
    "size": _same(3, np.int64), "heads": _same(3, np.int64),
    "household_type": _same("lifted"), "monitor_type": _monitored("unstable"),
    "risk_removed": _FALSE, "removed_on": _never, "removed_by": _never,
    "no_labour": _FALSE, "housing_at_identification": _FALSE, "school_at_identification": _FALSE,
    "water_at_identification": _FALSE, "insurance_at_identification": _FALSE,
    "housing_at_removal": _FALSE, "school_at_removal": _FALSE, "water_at_removal": _FALSE,
    "insurance_at_removal": _FALSE, "risk_1": _monitored("accident"), "risk_2": _never,
    "risk_3": _never, "risk_4": _never, "risk_5": _never, "disaster_kind": _never,
    "wages": _same(30_000_00, np.int64), "business": _same(9_000_00, np.int64),
    "property": _same(1_000_00, np.int64), "transfers": _same(2_000_00, np.int64),
    "costs": _same(3_000_00, np.int64), "net": _same(39_000_00, np.int64),
    "per_head": _same(13_000_00, np.int64), "category": _same("industry"),
    "birth": _by_member(_ADULT, _ADULT, _CHILD), "sex": _by_member("male", "female", "male"),
    "education": _by_member("junior", "junior", None), "school": _by_member(None, None, "primary"),
    "labour": _by_member("ordinary", "ordinary", "none"), "health": _same("healthy"),
    "disability": _never, "disability_grade": _never, "extreme_support": _same("no"),
    "work_months": _by_member(60, None, None), "work_place_given": _by_member(True, False, False),
    "post_kind": _never, "post_months": _never, "post_since": _never, "vocational_grant": _FALSE,
    "employee_insurance": _FALSE, "employee_pension": _FALSE, "subsistence": _FALSE,
    "dropout_reason_given": _FALSE, "id_kind": _same("identity_card"),
    "phone_length": _same(11, np.int64), "state": _same("ended"),
}  # fmt: skip


def _write_registry(
    folder: Path,
    chance: np.random.Generator,
    households: NDArray[np.int64],
    persons: NDArray[np.int64],
) -> None:
    from bangfu.records.mirror import rows

    villages = _VILLAGE + np.arange(VILLAGES)
    towns = _TOWN + np.arange(VILLAGES // A_TOWN)
    at = np.arange(HOUSEHOLDS) * VILLAGES // HOUSEHOLDS
    home = np.arange(MEMBERS) * HOUSEHOLDS // MEMBERS
    since = np.int32(FIRST - 4000)
    parts = [("township", towns, towns * 0, towns), ("village", villages, villages, None),
             ("household", households, villages[at], None),
             ("person", persons, villages[at[home]], None)]  # fmt: skip
    tables = []
    for name, ids, village, town in parts:
        size = len(ids)
        township = towns[(village - _VILLAGE) // A_TOWN] if town is None else town
        tables.append(pa.table({
            "id": ids, "type": [name] * size, "path": ["/"] * size, "village": village,
            "township": township, "since": np.full(size, since),
            "recorded": np.ones(size, np.int64),
            "retired": pa.nulls(size, pa.int64()),
        }).cast(rows.SUBJECTS))  # fmt: skip
    pq.write_table(pa.concat_tables(tables), folder / "registry-subjects.parquet")
    pq.write_table(rows.SUBJECTS.empty_table(), folder / "registry-past.parquet")
    pq.write_table(rows.STATUSES.empty_table(), folder / "registry-statuses.parquet")
    members = pa.table({
        "fact": 500_000 + np.arange(MEMBERS), "person": persons, "subject": households[home],
        "relation": np.array(["户主", "配偶", "之子"], dtype=object)[np.arange(MEMBERS) % 3],
        "start": np.full(MEMBERS, since), "end": pa.nulls(MEMBERS, pa.int32()),
        "recorded": np.ones(MEMBERS, np.int64), "retired": pa.nulls(MEMBERS, pa.int64()),
    })  # fmt: skip
    pq.write_table(members.cast(rows.MEMBERS), folder / "registry-members.parquet")
    helpers = _PERSON + chance.integers(0, HELPERS, HOUSEHOLDS)
    posts = pa.table({
        "fact": 600_000 + np.arange(HOUSEHOLDS), "person": helpers, "role": ["helper"] * HOUSEHOLDS,
        "subject": households, "start": np.full(HOUSEHOLDS, since),
        "end": pa.nulls(HOUSEHOLDS, pa.int32()), "recorded": np.ones(HOUSEHOLDS, np.int64),
        "retired": pa.nulls(HOUSEHOLDS, pa.int64()),
    })  # fmt: skip
    pq.write_table(posts.cast(rows.ASSIGNMENTS), folder / "registry-assignments.parquet")


def screened(folder: Path, book: Handbook, *, only: int | None = None) -> int:
    """From files to doubts; how many there are."""
    from bangfu.engine.checks import doubts
    from bangfu.records.access import Scope
    from bangfu.records.mirror.tables import Question, tables

    source = County(folder, book, only=only)
    near = frozenset() if only is None else frozenset((only, *(_member(only, n) for n in range(3))))
    scope = Scope(county=True) if only is None else Scope(subjects=near)
    found = tables(source, scope, book, Question(AS_OF, 2**40, tuple(book.kinds)))
    screening = doubts(book, found, as_of=AS_OF, few=only is not None)
    assert not screening.failed, screening.failed
    return len(screening.doubts)


def timed(run: Callable[[], T], times: int) -> tuple[float, T]:
    """The median time of several runs, and what the last one gave."""
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        found = run()
        spent.append(time.perf_counter() - began)
    return statistics.median(spent), found


def one_household(folder: Path, book: Handbook, target: Path) -> None:
    """The rows of one household and its members, as an index finds them."""
    source = County(folder, book, only=_HOUSEHOLD + 7)
    for name in ("subjects", "past", "statuses", "members", "assignments"):
        pq.write_table(source.registry(name), target / f"registry-{name}.parquet")
    for name in _KINDS:
        pq.write_table(source.kind(name), target / f"{name}.parquet")


def main() -> None:
    """Invent, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder, few = Path(place) / "county", Path(place) / "few"
        folder.mkdir()
        few.mkdir()
        start(Path(place))
        book = handbook()
        invent(folder, book)
        one_household(folder, book, few)
        print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
        screened(few, book, only=_HOUSEHOLD + 7)  # start-up is left out
        seconds, found = timed(lambda: screened(folder, book), given.times)
        entry, near = timed(lambda: screened(few, book, only=_HOUSEHOLD + 7), 3 * given.times)
        print(f"county {seconds:.2f} s, {found} doubts; entry {entry * 1000:.1f} ms, {near} doubts")
        print(json.dumps({
            "checks": len(book.checks), "households": HOUSEHOLDS, "members": MEMBERS,
            "seconds": round(seconds, 2), "entry_ms": round(entry * 1000, 1),
        }))  # fmt: skip


if __name__ == "__main__":
    main()
