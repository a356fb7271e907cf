"""The process that works on a large import: it outlives its page, and killed it leaves nothing."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from bangfu.exchange.sheets.staging import AT_ONCE_BYTES
from tests.exchange.sheetbook import Rows, workbook

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("BANGFU_KILLS", "6"))
HOUSEHOLDS = 4_000
PATIENCE = 120  # seconds, on a machine that is busy


class County:
    """A county in a folder of its own, and the requests that its registrar makes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.request("found")

    def request(self, *words: str) -> str:
        """One request in a process of its own, which is killed with all its group once it ends."""
        path = os.pathsep.join([str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH", "")])
        with subprocess.Popen(
            [sys.executable, "-m", "tests.exchange.import_beside", *words],
            env={**os.environ, "BANGFU_DATA": str(self.folder), "PYTHONPATH": path},
            cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True,
        ) as process:  # fmt: skip
            said = process.communicate()[0]
            assert process.returncode == 0
            # As when the window is closed, or the server is stopped with everything it began.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        return said.strip()

    def look(self, uid: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.request("look", uid))
        return found

    def until_done(self, uid: str) -> dict[str, Any]:
        """How it stands once nobody works on it any more."""
        end = time.monotonic() + PATIENCE
        while (found := self.look(uid))["running"]:
            assert time.monotonic() < end, found
            time.sleep(0.2)
        return found

    def verify(self) -> None:
        """The chain holds, and the registry is what its facts say."""
        words = [sys.executable, "-m", "bangfu", "verify", "--data", str(self.folder)]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)

    def facts(self) -> int:
        with sqlite3.connect(self.folder / "bangfu.sqlite3") as database:
            return int(database.execute("SELECT count(*) FROM records_fact").fetchone()[0])


def worker(uid: str) -> int:
    """The process that works on an import, 0 if there is none."""
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = file.read_bytes().split(b"\0")
        except OSError:
            continue
        if b"--staged" in words and uid.encode() in words:
            return int(file.parent.name)
    return 0


@pytest.fixture
def county(tmp_path: Path) -> County:
    return County(tmp_path / "data")


@pytest.fixture
def large(tmp_path: Path) -> Path:
    return roster(tmp_path / "large.xlsx", HOUSEHOLDS)


def roster(path: Path, households: int) -> Path:
    chance = random.Random(7)
    rows: Rows = [["户编号", "户主姓名", "乡镇", "行政村", "家庭住址"]] + [
        [f"H{n:05}", f"云大{n}", "东乡", "石桥村", f"{chance.getrandbits(200):x}号"]
        for n in range(households)
    ]
    path = workbook(path, {"户": rows})
    assert path.stat().st_size > AT_ONCE_BYTES
    return path


def test_it_outlives_the_request_that_began_it(county: County, large: Path) -> None:
    before = county.facts()
    uid = county.request("send", str(large))
    read = county.until_done(uid)
    assert (read["state"], read["counts"]) == ("read", {"new": HOUSEHOLDS})
    assert county.facts() == before
    county.request("accept", uid)
    done = county.until_done(uid)
    assert (done["state"], done["facts"]) == ("recorded", HOUSEHOLDS)
    assert (done["done"], done["rows"]) == (HOUSEHOLDS, HOUSEHOLDS)
    assert county.facts() == before + HOUSEHOLDS
    county.verify()


def test_one_process_works_off_all_that_a_sender_has_waiting(
    county: County, large: Path, tmp_path: Path
) -> None:
    first = county.request("send", str(roster(tmp_path / "larger.xlsx", 5 * HOUSEHOLDS)))
    second = county.request("send", str(large))
    assert worker(first) and not worker(second)
    stands = county.look(second)
    assert stands["running"] and not stands["interrupted"]
    for uid in (first, second):
        assert county.until_done(uid)["state"] == "read"
        assert not worker(second)
    county.request("accept", second)
    assert county.until_done(second)["facts"] == HOUSEHOLDS


def test_killed_anywhere_it_has_recorded_all_or_nothing_and_goes_on(
    county: County, large: Path
) -> None:
    before, chance = county.facts(), random.Random(11)
    uid = county.request("send", str(large))
    first = worker(uid)
    assert first
    os.kill(first, signal.SIGKILL)  # as it reads
    stopped = county.until_done(uid)
    assert (stopped["state"], stopped["interrupted"]) == ("waiting", True)
    begun = time.monotonic()
    county.request("again", uid)
    assert county.until_done(uid)["state"] == "read"
    took = time.monotonic() - begun
    county.request("accept", uid)
    for _ in range(KILLS):
        time.sleep(chance.uniform(0, took))
        if pid := worker(uid):
            os.kill(pid, signal.SIGKILL)
        found = county.until_done(uid)
        assert county.facts() in (before, before + HOUSEHOLDS)
        if found["state"] == "recorded":
            break
        assert (found["state"], found["interrupted"]) == ("recording", True)
        county.request("again", uid)
    done = county.until_done(uid)
    assert (done["state"], done["counts"]) == ("recorded", {"new": HOUSEHOLDS})
    assert county.facts() == before + HOUSEHOLDS
    county.verify()
