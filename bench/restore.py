"""A million facts backed up, restored and verified, beside what SQLite alone does with the file.

    python bench/restore.py [--facts 1000000] [--keep FOLDER]

An invented county of three villages gets visits with sealed words until its ledger holds so many
facts; making it is left out (--keep: made once, used again). Then, each as its user runs it:
`bangfu backup`, and `bangfu restore` into a new folder, which opens the seal, replays erasures and
verifies every fact. The peer in the same run is what any copy costs at the least: SQLite's own
`.backup` into a new file, that file copied once and synced, and its `integrity_check`. Seconds of
the wall clock; goal: restored and verified within 300 s. Last line JSON.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from bangfu.records.folder import BACKUP_KEY, DATABASE, MASTER_KEY, OUTSIDE

AS_OF = date(2017, 7, 31)
PORTION = 50_000
GOAL_SECONDS = 300


def bangfu(*words: object) -> str:
    """Run a command; what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "bangfu", *map(str, words)],
        check=False, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"bangfu {words[0]} ended with {done.returncode}")
    return done.stdout


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def make(data: Path, facts: int) -> int:
    """A county whose ledger holds so many facts; how many there are."""
    if not (data / DATABASE).exists():
        bangfu("demo", "--small", "--no-serve", "--as-of", AS_OF, "--data", data)
    os.environ["BANGFU_DATA"] = str(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "bangfu.settings"
    import django

    django.setup()
    from bangfu.records import actions, checkpoints, ledger

    there, visits = ledger.head().sequence, visits_of(data)
    while there < facts:
        some = itertools.islice(visits, min(PORTION, facts - there))
        there += actions.record_batch(some, as_of=AS_OF)
        print(f"{there:,} facts", file=sys.stderr)
    checkpoints.checkpoint(now=ledger.moment_of(ledger.head().recorded_at))
    return there


def visits_of(data: Path) -> Iterator[object]:
    """Visits by those who hold the post today, household after household, day after day."""
    from bangfu.core.facts import Draft
    from bangfu.records import ledger
    from bangfu.records.actions import Entry

    with closing(sqlite3.connect(data / DATABASE)) as database:
        [[last]] = database.execute("SELECT MAX(recorded_at) FROM records_fact").fetchall()
        posts = database.execute(
            "SELECT p.uid, s.uid, a.start FROM records_assignment a "
            "JOIN records_subject p ON p.id = a.person_id "
            "JOIN records_subject s ON s.id = a.subject_id WHERE a.role = 'helper' "
            "AND a.retired_seq IS NULL AND a.\"end\" IS NULL AND s.type = 'household'"
        ).fetchall()
    now = ledger.moment_of(last)
    latest = max(date.fromisoformat(start) for _, _, start in posts)
    days = [latest + timedelta(days=number) for number in range((AS_OF - latest).days)]
    pairs = ((day, post) for day in itertools.cycle(days or [AS_OF]) for post in posts)
    for number, (day, (helper, home, _)) in enumerate(pairs):
        values = {"mode": "door", "minutes": 1 + number % 600, "need": f"路要修一修 {number}"}
        yield Entry(
            Draft(str(uuid.uuid4()), "household_visit", day, home, helper, values), helper, now
        )


def peer(data: Path, folder: Path) -> None:
    """SQLite's own backup into a file, a synced copy of that, and its integrity check."""
    first, second = folder / "plain", folder / "plain copy"
    with (
        closing(sqlite3.connect(data / DATABASE)) as source,
        closing(sqlite3.connect(first)) as target,
    ):
        source.backup(target)
    shutil.copyfile(first, second)
    with second.open("rb") as file:
        os.fsync(file.fileno())
    with closing(sqlite3.connect(second)) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    first.unlink()
    second.unlink()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--facts", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path, help="where the county is made, and found again")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        data = given.keep or folder / "data"
        data.mkdir(parents=True, exist_ok=True)
        facts = make(data, given.facts)
        if not (data / BACKUP_KEY).exists():
            bangfu("backup-key", "--data", data)
        sealed, new = folder / "one.backup", folder / "new"
        plain = seconds(lambda: peer(data, folder))
        backup = seconds(lambda: bangfu("backup", sealed, "--data", data))
        begun = time.perf_counter()
        said = json.loads(bangfu(
            "restore", sealed, "--json", "--data", new, "--key", data / BACKUP_KEY,
            "--master-key", data / MASTER_KEY, "--outside", data / OUTSIDE,
        ))  # fmt: skip
        restore = time.perf_counter() - begun
        assert said["facts"] == facts
        print(f"load {os.getloadavg()[0]:.1f}; goal: restore_s at most {GOAL_SECONDS}")
        print(json.dumps({
            "facts": facts,
            "database_mb": round((data / DATABASE).stat().st_size / 1e6),
            "backup_mb": round(sealed.stat().st_size / 1e6),
            "backup_s": round(backup, 1),
            "restore_s": round(restore, 1),
            "verify_s": said["verify_s"],
            "peer_s": round(plain, 1),
            "backup_and_restore_vs_peer": round((backup + restore) / plain, 1),
            "within_goal": restore <= GOAL_SECONDS,
        }))  # fmt: skip


if __name__ == "__main__":
    main()
