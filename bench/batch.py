"""The way into the ledger in bulk, beside bare inserts of the very rows that it writes.

    python bench/batch.py [--runs 3] [--whole]

An invented county of four towns (--whole: of all sixteen) goes through `record_batch`: checks,
sealing, digests, hash chain, registry, rows. The peer then writes the same facts, participants,
keys and projection rows, already checked and sealed, by prepared statements into an equal database
with the same triggers, indexes, durability and portions: what any writer must do at the least. It
need not end or update a row, for it knows how each came out. Both are CPU seconds of one process
in one run; inventing the lines, start-up and reading are left out. Goal: a ratio of at most 2.
The batch also gives SQLite more memory; the peer is measured without it, as the program opens its
database, and once more with it.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from bangfu.demo.scale import AS_OF, FULL, SEED, Options, Scale, era_of
from bangfu.records.databases import PRAGMAS

TOWNS = ("411025103", "411025106", "411025200", "411025201")
PORTION = 2000
# Tables in the order of their writing, with the column that says which fact a row belongs to.
TABLES = {
    "records_subject": "recorded_seq",
    "records_place": "subject_id",
    "records_unit": "subject_id",
    "records_branch": "subject_id",
    "records_person": "subject_id",
    "records_household": "subject_id",
    "records_project": "subject_id",
    "records_placename": "recorded_seq",
    "records_placealias": "recorded_seq",
    "records_membership": "recorded_seq",
    "records_assignment": "recorded_seq",
    "records_status": "recorded_seq",
    "records_subjectkey": "subject_id",
    "records_participant": "fact_id",
    "records_fact": "sequence",
}
# The memory that `record_batch` gives SQLite besides what the program opens its database with.
ROOMY = "cache_size=-262144"

Rows = list[tuple[object, ...]]


def scale(*, whole: bool) -> Scale:
    if whole:
        return FULL
    return replace(
        FULL, towns=TOWNS, without=3, poor=9, heavy=15, helpers=430, leads=55, township_cadres=400,
        leaders=9,
    )  # fmt: skip


def one_run(folder: Path, *, whole: bool) -> dict[str, float]:
    """Make one county in `folder` both ways; CPU seconds of each and the number of facts."""
    os.environ["BANGFU_DATA"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "bangfu.settings"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    batch = batch_seconds(whole=whole)
    database = folder / "bangfu.sqlite3"
    bare, facts = bare_seconds(database, folder / "bare.sqlite3", PRAGMAS)
    roomy, _ = bare_seconds(database, folder / "roomy.sqlite3", (*PRAGMAS, ROOMY))
    return {"batch": batch, "bare": bare, "roomy": roomy, "facts": facts}


def batch_seconds(*, whole: bool) -> float:
    """Record the county; what it took but for inventing its lines."""
    from bangfu.demo.county import Invention
    from bangfu.demo.making import COUNTY
    from bangfu.handbook import county_folder
    from bangfu.records import actions, queries
    from bangfu.records.access import FOUNDER
    from bangfu.records.batch import Entry

    size = scale(whole=whole)
    invention = Invention(
        scale=size,
        era=era_of(AS_OF, size.months),
        seed=SEED,
        founder=FOUNDER,
        places=county_folder(COUNTY) / "places",
        calendar=queries.handbook().calendar,
    )
    lines = list(invention.lines())
    first = [line for line in lines if line.recorded_by == FOUNDER]
    actions.found(
        [line.draft for line in first],
        as_of=AS_OF,
        now=first[-1].recorded_at,
        options=Options().stored(),
    )
    entries = [
        Entry(line.draft, line.recorded_by, line.recorded_at) for line in lines[len(first) :]
    ]
    # The invented lines are not the batch's: a batch from a file holds a portion of them at a time.
    gc.collect()
    gc.freeze()
    begun = time.process_time()
    actions.record_batch(entries, as_of=AS_OF)
    return time.process_time() - begun


def bare_seconds(made: Path, bare: Path, pragmas: tuple[str, ...]) -> tuple[float, int]:
    """Insert the rows of `made` into an equal empty database in the same portions."""
    source, target = sqlite3.connect(made), sqlite3.connect(bare, isolation_level=None)
    for pragma in pragmas:
        target.execute(f"PRAGMA {pragma}")
    copy_schema(source, target)
    facts = source.execute("SELECT max(sequence) FROM records_fact").fetchone()[0]
    statements, rows = {}, {}
    for table, column in TABLES.items():
        found = source.execute(f"SELECT * FROM {table} ORDER BY {column}, 1")
        names = [name for name, *_ in found.description]
        marks = ", ".join("?" * len(names))
        quoted = ", ".join(f'"{name}"' for name in names)
        statements[table] = f"INSERT INTO {table} ({quoted}) VALUES ({marks})"
        rows[table] = portioned(found.fetchall(), names.index(column), portions=facts // PORTION)
    begun = time.process_time()
    target.execute("BEGIN IMMEDIATE")
    for number in range(facts // PORTION + 1):
        for table, statement in statements.items():
            if rows[table][number]:
                target.executemany(statement, rows[table][number])
    target.execute("COMMIT")
    seconds = time.process_time() - begun
    check_equal(source, target)
    return seconds, facts


def copy_schema(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """The tables, indexes and triggers of the ledger, without rows."""
    for (statement,) in source.execute(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' "
        "ORDER BY type = 'trigger', type = 'index'"
    ):
        target.execute(statement)


def portioned(rows: Rows, column: int, *, portions: int) -> list[Rows]:
    """The rows by the portion in which their fact was written."""
    found: list[Rows] = [[] for _ in range(portions + 1)]
    for row in rows:
        found[min(int(str(row[column])) // PORTION, portions)].append(row)
    return found


def check_equal(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Both databases must hold the same rows, or the comparison is of unlike things."""
    for table in TABLES:
        counts = [
            one.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for one in (source, target)
        ]
        assert counts[0] == counts[1], (table, counts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(one_run(given.one, whole=given.whole)))
        return
    runs = []
    for number in range(given.runs):
        with tempfile.TemporaryDirectory() as folder:
            words = [sys.executable, __file__, "--one", folder, *(["--whole"] * given.whole)]
            printed = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout
        run = json.loads(printed.splitlines()[-1])
        runs.append(run)
        print(
            f"run {number + 1}: {run['facts']:,} facts, batch {run['batch']:.2f} s, "
            f"bare {run['bare']:.2f} s (with as much memory {run['roomy']:.2f} s), "
            f"ratio {run['batch'] / run['bare']:.2f} ({run['batch'] / run['roomy']:.2f})"
        )
    print(f"load {os.getloadavg()[0]:.1f}")
    bare, roomy = (
        statistics.median(run["batch"] / run[peer] for run in runs) for peer in ("bare", "roomy")
    )
    line = {
        "batch_vs_bare": round(bare, 3),
        "facts": runs[0]["facts"],
        "seconds": round(statistics.median(run["batch"] for run in runs), 2),
        "batch_vs_bare_same_memory": round(roomy, 3),
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main()
