"""The doctor's judgement of what was seen; tests/ground brings each ailment about for real."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bangfu.exchange import journal
from bangfu.exchange.doctor import county, machine
from bangfu.records.soundness import Soundness

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


def seen(**changed: Any) -> Soundness:
    whole: dict[str, Any] = {
        "sqlite": True, "file": None, "bytes": 0, "facts": 9, "recorded": NOW, "point": 9,
        "pointed": NOW, "triggers": True, "durable": True, "damage": "",
    }  # fmt: skip
    return Soundness(**whole | changed)


@pytest.mark.parametrize(
    ("off", "level"),
    [(timedelta(), "good"), (timedelta(minutes=4), "good"), (timedelta(days=1), "error")],
)
def test_a_clock_behind_the_last_fact_is_seen(off: timedelta, level: str) -> None:
    assert [one.level for one in machine.clock(seen(), NOW - off)] == [level]


def test_a_database_that_no_copy_of_fits_beside_is_seen() -> None:
    assert [one.level for one in machine.room(seen(bytes=1 << 60))] == ["error"]
    assert [one.level for one in machine.room(seen())] == ["good"]


@pytest.mark.parametrize(
    ("age", "level"), [(1, "good"), (3, "warning"), (5, "error"), (400, "error")]
)
def test_a_backup_grows_old(tmp_path: Path, age: int, level: str, settings: Any) -> None:
    settings.BANGFU_DATA = tmp_path
    at = (NOW - timedelta(days=age)).isoformat()
    journal.note(tmp_path, journal.Done("backup", at, 9, 1.0, good=True))
    journal.note(tmp_path, journal.Done("backup", NOW.isoformat(), 9, 1.0, good=False))
    found = {one.check: one.level for one in county.backups(seen(), NOW)}
    assert found == {"backup": level, "restore": "error"}


def test_a_lost_power_cut_is_seen() -> None:
    assert [one.level for one in county.database(seen(durable=False), whole=True)] == ["error"]
