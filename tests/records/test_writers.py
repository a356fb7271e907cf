"""Eight writers at once on one file: none starves, nothing is lost or doubled, the chain holds."""

from __future__ import annotations

import json
import sqlite3
import stat
import threading
import time
from pathlib import Path

from bangfu.records.turn import queue
from tests.records.found_in_file import finished, start

WRITERS, FACTS = 8, 12


def test_one_is_inside_and_nobody_overtakes(tmp_path: Path) -> None:
    came: list[str] = []
    first_inside, let_go = threading.Event(), threading.Event()

    def first() -> None:
        with queue(tmp_path / "ledger"):
            first_inside.set()
            let_go.wait(10)
            came.append("first")
        # Whoever has just been inside goes to the end of the line.
        with queue(tmp_path / "ledger"):
            came.append("first again")

    def second() -> None:
        with queue(tmp_path / "ledger"):
            came.append("second")

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    assert first_inside.wait(10)
    threads[1].start()
    time.sleep(0.3)
    assert came == [], "the second waits while the first is inside"
    let_go.set()
    for thread in threads:
        thread.join(10)
    assert came == ["first", "second", "first again"]


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
