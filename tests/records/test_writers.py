"""Eight writers at once on one file: none starves, nothing is lost or doubled, the chain holds."""

from __future__ import annotations

import json
import sqlite3
import stat
from pathlib import Path

from tests.records.found_in_file import finished, start

WRITERS, FACTS = 8, 12


def test_eight_writers_take_turns(tmp_path: Path) -> None:
    founded = int(finished(start(tmp_path, "found")))
    # Every two write the same facts, so that the same uid also comes from two sides at once.
    writers = [start(tmp_path, "write", f"pair {n // 2}", str(FACTS)) for n in range(WRITERS)]
    slowest = [max(json.loads(finished(writer))) for writer in writers]
    database = sqlite3.connect(tmp_path / "bangfu.sqlite3")
    rows = list(
        database.execute(
            "SELECT sequence, uid, previous_hash, hash FROM records_fact ORDER BY sequence"
        )
    )
    database.close()
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    assert len({row[1] for row in rows}) == len(rows)
    assert all(rows[n][2] == rows[n - 1][3] for n in range(1, len(rows)))
    new = WRITERS // 2 * FACTS
    assert len(rows) == founded + new
    # Whoever waits for a turn gets it after at most one of each other writer's.
    assert max(slowest) < 10_000
    assert stat.S_IMODE((tmp_path / "keys" / "master.key").stat().st_mode) == 0o600
