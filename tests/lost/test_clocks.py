"""A server whose clock is a day off, and then right again: it says so, and nothing is lost."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.lost.counts import ROOT, run
from tests.lost.server import Client, Server, visit

DAY = 24 * 3600
SHIFTED = Path(__file__).parent / "shifted"


@pytest.fixture
def county(tmp_path: Path) -> Path:
    run("founded", tmp_path, 0)
    return tmp_path


@contextmanager
def served(county: Path, shift: int, client: Client | None = None) -> Iterator[Server]:
    """The county served under a clock that is so many seconds off."""
    path = os.pathsep.join([str(SHIFTED), os.environ.get("PYTHONPATH", "")])
    server = Server(county, more={"BANGFU_SHIFT": str(shift), "PYTHONPATH": path})
    server.start()
    if client is not None:
        client.port = server.port
    try:
        yield server
    finally:
        server.kill()


def recorded(county: Path, form: dict[str, object]) -> list[datetime]:
    with closing(sqlite3.connect(county / "bangfu.sqlite3")) as ledger:
        rows = ledger.execute("SELECT recorded_at FROM records_fact WHERE uid = ?", [form["uid"]])
        return [datetime.fromisoformat(at) for (at,) in rows]


def near(moment: datetime, shift: int) -> bool:
    off = moment - datetime.now(UTC) - timedelta(seconds=shift)
    return abs(off) < timedelta(minutes=10)


def verified(county: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "bangfu", "verify", "--data", str(county)],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr


def test_a_clock_that_ran_a_day_ahead_is_said_until_it_is_right_again(county: Path) -> None:
    rng = random.Random(1)
    before, ahead, after, batch = visit(rng), visit(rng), visit(rng), visit(rng)
    with served(county, 0) as server:
        helper = Client(server.port).sign_in("helper")
        assert helper.post(before)[0] == 200
    with served(county, DAY, helper):
        # On one's own phone a sign-in lasts ninety days by either clock.
        assert helper.post(ahead)[0] == 200
        assert Client(helper.port).sign_in("helper").ask("/today")[0] == 200
    with served(county, 0, helper):
        for status, text, headers in (helper.post(after), helper.post_batch([batch])):
            assert status == 503, text[:500]
            assert headers["Retry-After"] == "5"
        assert helper.ask("/today")[0] == 200
        assert helper.post(ahead)[0] == 200, "what is stored is stored, by any clock"
        assert Client(helper.port).sign_in("helper").ask("/today")[0] == 200
    assert recorded(county, after) == recorded(county, batch) == []
    log = (county / "server.log").read_text("utf-8")
    assert "The server's clock is wrong" in log
    with served(county, DAY, helper):  # the time that the ledger knows of has come
        assert [helper.post(after)[0] for _ in range(2)] == [200, 200]
        status, text, _ = helper.post_batch([batch, after, ahead])
        assert status == 200
        assert [one["state"] for one in json.loads(text)["facts"]] == ["stored", *["already"] * 2]
    shifts = {"before": (before, 0), "ahead": (ahead, DAY), "after": (after, DAY)}
    for name, (form, shift) in shifts.items():
        [moment] = recorded(county, form)
        assert near(moment, shift), name
    verified(county)


def test_a_clock_a_day_behind_from_the_start_is_not_noticed_and_harms_no_chain(
    county: Path,
) -> None:
    rng = random.Random(2)
    behind, right = visit(rng), visit(rng)
    with served(county, -DAY) as server:
        helper = Client(server.port).sign_in("helper")
        assert helper.post(behind)[0] == 200
    with served(county, 0, helper):
        assert helper.post(right)[0] == 200
        assert helper.post(behind)[0] == 200
    assert [near(recorded(county, form)[0], shift) for form, shift in ((behind, -DAY), (right, 0))]
    verified(county)


def test_wrong_passwords_under_a_wrong_clock_lock_nobody_out_for_longer(county: Path) -> None:
    form = {"username": "helper", "password": "not it", "own": "1"}
    with served(county, DAY) as server:
        guesser = Client(server.port)
        guesser.ask("/sign-in")
        assert [guesser.ask("/sign-in", form)[0] < 500 for _ in range(7)] == [True] * 7
    with served(county, 0) as server:
        Client(server.port).sign_in("helper")
