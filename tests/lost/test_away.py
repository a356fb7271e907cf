"""While the database is away clients see 503, never 500, and lose nothing: by the real causes."""

from __future__ import annotations

import ctypes
import fcntl
import json
import random
import resource
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lost.counts import run
from tests.lost.server import Client, Server, visit

CAP_DAC_OVERRIDE, PR_CAPBSET_DROP = 1, 24
CONNECTIONS = 8  # two workers of four threads
SHORT = "0.5"  # seconds that a writer waits, so that nobody waits for this test


def _under_a_users_rules() -> None:
    """In the server's process: root, too, may write only what the permissions say."""
    ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("county")
    run("founded", folder, 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BANGFU_WAIT_SECONDS", SHORT)
        started = Server(folder, before=_under_a_users_rules)
        started.start()
    yield started
    started.kill()


@pytest.fixture(scope="module")
def helper(server: Server) -> Client:
    return Client(server.port).sign_in("helper")


@pytest.fixture
def database(server: Server, helper: Client) -> Path:
    return server.folder / "bangfu.sqlite3"


def says_come_back(client: Client, form: dict[str, object]) -> None:
    """A page, a phone's draft and a script are all told to come back, in both languages."""
    answers = [
        client.post(form),
        client.ask("/record/household_visit", form),
        client.ask("/record/household_visit", form, {"Accept": "application/json"}),
    ]
    for status, text, headers in answers:
        assert status == 503, text
        assert headers["Retry-After"] == "5"
        assert "没有保存" in text
        assert "Nothing was stored this time" in text
    assert json.loads(answers[-1][1])["code"] == "away"
    assert "已写的内容还在本机" in answers[1][1]
    assert "nothing was lost" in answers[1][1]


def kept_once(database: Path, client: Client, form: dict[str, object]) -> None:
    """Once the cause is gone the same draft is taken, once."""
    assert [client.post(form)[0] for _ in range(2)] == [200, 200]
    with sqlite3.connect(database) as ledger:
        found = ledger.execute("SELECT COUNT(*) FROM records_fact WHERE uid = ?", [form["uid"]])
        assert found.fetchone() == (1,)
    ledger.close()


@pytest.fixture
def form() -> dict[str, object]:
    return visit(random.Random())


def test_the_file_was_moved_away(database: Path, helper: Client, form: dict[str, object]) -> None:
    kept_once(database, helper, visit(random.Random()))  # every worker has it open
    aside = database.with_name("aside.sqlite3")
    database.rename(aside)
    says_come_back(helper, form)
    assert helper.ask("/today")[0] == 503
    assert Client(helper.port).ask("/sign-in")[0] == 503
    assert not database.exists(), "an empty ledger was made in its place"
    aside.rename(database)
    kept_once(database, helper, form)


def test_another_file_took_its_place(
    database: Path, helper: Client, form: dict[str, object]
) -> None:
    """As after a restore: what is acknowledged must be in the file that is there."""
    with sqlite3.connect(database) as ledger:
        ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    ledger.close()
    copy = database.with_name("copy.sqlite3")
    shutil.copy2(database, copy)
    for more in ("-wal", "-shm"):
        database.with_name(database.name + more).unlink(missing_ok=True)
    copy.replace(database)
    kept_once(database, helper, form)


def test_another_process_holds_the_lock_for_too_long(
    database: Path, helper: Client, form: dict[str, object]
) -> None:
    with sqlite3.connect(database, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        says_come_back(helper, form)
        other.execute("ROLLBACK")
    other.close()
    kept_once(database, helper, form)


def test_an_import_has_its_turn_for_too_long(
    database: Path, helper: Client, form: dict[str, object]
) -> None:
    with Path(f"{database}-turn").open("rb") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        says_come_back(helper, form)
    kept_once(database, helper, form)


def test_the_disk_is_full(
    server: Server, database: Path, helper: Client, form: dict[str, object]
) -> None:
    """No file of the server's may grow any more, which is how a quota speaks."""
    free = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in server.worker_pids()}
    for pid, (_, hard) in free.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1024, hard))
    says_come_back(helper, form)
    for pid, limits in free.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)
    kept_once(database, helper, form)


def test_the_file_is_read_only(database: Path, helper: Client, form: dict[str, object]) -> None:
    copy = database.with_name("copy.sqlite3")
    with sqlite3.connect(database) as ledger:
        ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    ledger.close()
    shutil.copy2(database, copy)
    copy.chmod(0o400)
    copy.replace(database)  # a new file, so that nobody has the writable one open
    says_come_back(helper, form)
    database.chmod(0o600)
    # SQLite made its log as read-only as the file; the connections that have it give up one by one.
    for _ in range(CONNECTIONS):
        if helper.post(form)[0] == 200:
            break
    kept_once(database, helper, form)
