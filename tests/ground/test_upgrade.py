"""An upgrade that is killed at any moment leaves the county as it was, or as it is afterwards."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from tests.demo.command import clean
from tests.exchange.released import FILES, is_whole, ledger, migrations, unpacked, upgrade
from tests.lost.counts import times


def test_killed_at_any_moment_it_finishes_on_the_next_run(tmp_path: Path) -> None:
    data = unpacked(FILES[0], tmp_path, before="0003")
    before, then = ledger(data), migrations(data)
    whole = unpacked(FILES[0], tmp_path / "timed", before="0003")
    begun = time.monotonic()
    assert upgrade(whole).returncode == 0
    took = time.monotonic() - begun
    rng, killed = random.Random(7), 0
    for _ in range(times("BANGFU_UPGRADE_KILLS", 25)):
        process = subprocess.Popen(
            [sys.executable, "-m", "bangfu", "upgrade", "--data", str(data)],
            env=clean(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(rng.uniform(0.2, 1.0) * took)
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        assert ledger(data) == before
        assert migrations(data) in (then, then | {"0004_account_seals"} | migrations(whole))
    assert killed > 0
    assert upgrade(data).returncode == 0
    assert migrations(data) == migrations(whole)
    assert is_whole(data)
    assert not [*data.glob("*.passing")]


def test_one_that_does_not_verify_stays_as_it_was(tmp_path: Path) -> None:
    data = unpacked(FILES[0], tmp_path, before="0003")
    with closing(sqlite3.connect(data / "bangfu.sqlite3")) as database:
        database.execute("UPDATE records_subject SET name = 'x' WHERE type = 'person'")
        database.commit()
    before = migrations(data)
    run = upgrade(data)
    assert run.returncode == 2
    assert "数据保持原样" in run.stderr
    assert migrations(data) == before
    assert [*(data / "before-upgrade").iterdir()]


def test_while_it_is_served_nothing_is_upgraded(tmp_path: Path) -> None:
    data = unpacked(FILES[0], tmp_path, before="0003")
    with closing(sqlite3.connect(data / "bangfu.sqlite3")) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("SELECT COUNT(*) FROM records_fact").fetchone()
        run = upgrade(data)
    assert run.returncode == 2
    assert "停下服务" in run.stderr
    assert upgrade(data).returncode == 0
