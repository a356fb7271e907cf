"""The shortest proof that a backup is worth something; tests/ground goes through the rest."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

from bangfu.exchange import journal
from tests.demo.command import bangfu, make


def test_a_drill_says_how_it_went_and_leaves_only_its_line(tmp_path: Path) -> None:
    made = make(tmp_path / "data", date(2017, 7, 31))
    made.ask("backup-key")
    printed = made.ask("drill")
    done = journal.last_good(made.folder, "drill")
    assert done is not None
    assert str(done.sequence) in printed
    with closing(sqlite3.connect(made.folder / "bangfu.sqlite3")) as database:
        assert database.execute("SELECT MAX(sequence) FROM records_fact").fetchone() == (
            done.sequence,
        )
    assert not [*made.folder.glob("*.passing")]
    assert journal.last_good(made.folder, "backup") is None
    # And the doctor, who knows of the drill, misses a backup that is taken away.
    run = bangfu("doctor", "--json", "--data", str(made.folder))
    levels = {line["check"]: line["level"] for line in json.loads(run.stdout)["findings"]}
    assert run.returncode == 1
    assert {check for check, level in levels.items() if level != "good"} == {"backup"}
