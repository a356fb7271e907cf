"""An import that is killed anywhere has recorded all of it or nothing, and can be run again."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from tests.exchange.sheetbook import Rows, workbook

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("BANGFU_KILLS", "12"))


def start(folder: Path, *words: str) -> subprocess.Popen[str]:
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [sys.executable, "-m", "tests.exchange.import_in_file", *words],
        env={**os.environ, "BANGFU_DATA": str(folder), "PYTHONPATH": path},
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def facts(folder: Path) -> int:
    with sqlite3.connect(folder / "bangfu.sqlite3") as database:
        return int(database.execute("SELECT count(*) FROM records_fact").fetchone()[0])


def test_a_killed_import_leaves_nothing_half_done(tmp_path: Path) -> None:
    folder, chance = tmp_path / "data", random.Random(5)
    assert start(folder, "found").wait() == 0
    rows: Rows = [["户编号", "户主姓名", "乡镇", "行政村", "家庭人口数"]] + [
        [f"H{n:05}", f"云大{n}", "东乡", "石桥村", n % 7 + 1] for n in range(3000)
    ]
    path, before = workbook(tmp_path / "a.xlsx", {"户": rows}), facts(folder)
    whole, took = before + 6000, 4.0
    for _ in range(KILLS):
        process = start(folder, "accept", str(path))
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0, took))
        process.kill()
        process.wait()
        assert facts(folder) in (before, whole)
    for expected in (whole, whole):
        begun = time.monotonic()
        assert start(folder, "accept", str(path)).wait() == 0
        assert facts(folder) == expected
        took = time.monotonic() - begun
