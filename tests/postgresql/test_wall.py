"""The second wall before a role that owns nothing: SQL of any kind shows a reader his own only."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bangfu.records.guard import PROTECTED
from tests.house.tree import ROOT
from tests.lost.server import Client, Server, visit
from tests.postgresql.conftest import bangfu
from tests.records.found_in_file import finished, start

pytestmark = pytest.mark.postgres
HIS = [["谷大有"], ["田有余"]]
ALL = [*HIS, ["苗春生"]]


def tries(folder: Path, database: str, *, seal: str = "") -> dict[str, Any]:
    """What the program beside got."""
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    run = subprocess.run(
        [sys.executable, "-m", "tests.postgresql.behind_the_wall", "helper", seal],
        env=os.environ | {"BANGFU_DATA": str(folder), "BANGFU_DATABASE": database,
                          "PYTHONPATH": path},
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    told: dict[str, Any] = json.loads(run.stdout)
    return told


def test_whoever_is_served_gets_his_own_by_any_sql(
    county: Callable[..., str], tmp_path: Path
) -> None:
    first = tries(tmp_path, county("web"))
    told = tries(tmp_path, county("web"), seal=first["seal"])
    assert told["user"] == "web"
    served, lifted = told["served"], told["lifted"]
    assert served.pop("names") == HIS
    assert lifted["names"] == lifted["the table"] == ALL
    let_through = {name: answer for name, answer in served.items() if isinstance(answer, list)}
    assert let_through.pop("keys") == []
    # A seal that was his program's own opens to whoever could read it there and then: no page
    # could, since it was told while the wall was lifted.
    assert let_through.pop("an earlier seal") == ALL
    assert not let_through
    assert not any(name in answer for answer in served.values() for name in ("谷", "田", "苗"))
    ledger = {name: answer for name, answer in lifted.items() if name.startswith("the ledger")}
    assert len(ledger) == 3
    # Lifted, a key may be destroyed and not replaced, and the county's day stays.
    assert "row-level security" in lifted["another key"]
    assert lifted["another day"] == []
    assert all("permission denied" in answer for answer in ledger.values())


@pytest.mark.parametrize("role", ["web", "ledger"])
def test_without_the_programs_key_a_role_sees_no_row(county: Callable[..., str], role: str) -> None:
    filled = set()
    with psycopg.connect(county(), autocommit=True) as owner:
        for table in PROTECTED:
            if owner.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone():
                filled.add(table)
    assert len(filled) >= 10
    with psycopg.connect(county(role), autocommit=True) as session:
        for table in PROTECTED:
            for schema in ("public", "bangfu_served"):
                with suppress(psycopg.errors.InsufficientPrivilege):
                    assert not session.execute(f"SELECT 1 FROM {schema}.{table}").fetchall()
        for table in filled:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute(f"SELECT 1 FROM public.{table}")


def test_a_county_is_served_by_a_role_that_owns_nothing(
    county: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BANGFU_DATABASE", county("web"))
    opened = bangfu_account(tmp_path, county("web"))
    assert opened
    server = Server(tmp_path)
    server.start()
    try:
        helper = Client(server.port).sign_in("helper")
        form = visit(random.Random(1))
        assert [helper.post(form)[0] for _ in range(2)] == [200, 200]
        status, page, _ = helper.ask("/today")
        assert status == 200
        assert "谷大有" in page
        assert "苗春生" not in page
    finally:
        server.kill()
    with psycopg.connect(county()) as owner:
        rows = owner.execute("SELECT COUNT(*) FROM records_fact WHERE uid = %s", [form["uid"]])
        assert rows.fetchone() == (1,)


def bangfu_account(folder: Path, database: str) -> str:
    """The helper's account, opened by the server's role."""
    return finished(start(folder, "account", database=database))


def test_without_a_wall_nothing_is_served(county: Callable[..., str], tmp_path: Path) -> None:
    with psycopg.connect(county(), autocommit=True) as owner:
        owner.execute("COMMENT ON SCHEMA bangfu_wall IS 'another version'")
    words = ("serve", "--data", str(tmp_path), "--port", "8199")
    run = subprocess.run(
        [sys.executable, "-m", "bangfu", *words],
        env=os.environ | {"BANGFU_DATABASE": county("web")},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert run.returncode == 2, run.stderr
    assert "no second wall" in run.stderr
    assert "第二道墙" in run.stderr
    bangfu("database", "migrate", "--data", str(tmp_path), folder=tmp_path, database=county())
    assert tries(tmp_path, county("web"))["served"]["names"] == HIS
