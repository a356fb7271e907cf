"""Eight writers at once on one database: none starves, nothing is lost or doubled."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.records.found_in_file import finished, start

pytestmark = pytest.mark.postgres
WRITERS, FACTS = 8, 12


def test_eight_writers_take_turns(tmp_path: Path, database: Callable[..., str]) -> None:
    founded = int(finished(start(tmp_path, "found", database=database())))
    # Every two write the same facts, so that the same uid also comes from two sides at once.
    writers = [
        start(tmp_path, "write", f"pair {n // 2}", str(FACTS), database=database())
        for n in range(WRITERS)
    ]
    slowest = [max(json.loads(finished(writer))) for writer in writers]
    with psycopg.connect(database()) as reader:
        rows = reader.execute(
            "SELECT sequence, uid, previous_hash, hash FROM records_fact ORDER BY sequence"
        ).fetchall()
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    assert len({row[1] for row in rows}) == len(rows)
    assert all(rows[n][2] == rows[n - 1][3] for n in range(1, len(rows)))
    assert len(rows) == founded + WRITERS // 2 * FACTS
    assert max(slowest) < 10_000
