"""An approval of a thousand pairs that is killed anywhere is finished later, nothing twice."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("BANGFU_KILLS", "12"))
HOMES = 1000
OPEN = "SELECT count(*), count(DISTINCT subject_id) FROM records_assignment WHERE role = 'helper' \
AND basis LIKE '结对方案%' AND \"end\" IS NULL AND retired_seq IS NULL"


def start(folder: Path, module: str, *words: str) -> subprocess.Popen[str]:
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [sys.executable, "-m", module, *words],
        env={**os.environ, "BANGFU_DATA": str(folder), "PYTHONPATH": path},
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def said(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return out


def asked(folder: Path, query: str) -> tuple[int, ...]:
    with sqlite3.connect(folder / "bangfu.sqlite3") as database:
        return tuple(database.execute(query).fetchone())


def test_a_killed_approval_is_finished_and_nothing_is_done_twice(tmp_path: Path) -> None:
    folder, chance = tmp_path / "data", random.Random(6)
    program = "tests.pairing.approved_in_file"
    said(start(folder, program, "found", str(HOMES)))
    uid = said(start(folder, program, "approve"))
    carry = ("pairing", "carry", uid, "--data", str(folder))
    kills, done = 0, 0
    while kills < KILLS and done < HOMES:
        process = start(folder, "bangfu", *carry)
        time.sleep(chance.uniform(0.5, 5.0))
        process.kill()
        process.communicate()
        kills += 1
        before, (done, homes) = done, asked(folder, OPEN)
        assert done == homes, "nobody has two helpers"
        assert done >= before
    said(start(folder, "bangfu", *carry))
    assert asked(folder, OPEN)[:2][1] >= HOMES
    approvals = "SELECT count(*) FROM records_fact WHERE kind = 'pairing_approval'"
    assert asked(folder, approvals) == (1,)
    assert "完好" in said(start(folder, "bangfu", "verify", "--data", str(folder)))
