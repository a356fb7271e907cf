"""One throwaway server for these tests, and in it a database for each that asks."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.cluster import OWNER, address, cluster
from tests.conftest import has_postgres
from tests.records.found_in_file import finished, start


@pytest.fixture(scope="session")
def socket() -> Iterator[Path]:
    """The folder of the server's socket."""
    if not has_postgres():
        pytest.skip("no PostgreSQL on this machine")
    with cluster() as made:
        yield made


@pytest.fixture
def database(socket: Path, request: pytest.FixtureRequest) -> Callable[..., str]:
    """The address of an empty database of this test's own, for the user named."""
    name = f"own_{abs(hash(request.node.nodeid)):x}"
    with psycopg.connect(address(socket), autocommit=True) as owner:
        owner.execute(f'CREATE DATABASE "{name}"')

    def of(user: str = OWNER) -> str:
        return address(socket, user=user, database=name)

    return of


def bangfu(*words: str, folder: Path, database: str) -> str:
    """Run the command over this database."""
    run = subprocess.run(
        [sys.executable, "-m", "bangfu", *words],
        env=os.environ | {"BANGFU_DATABASE": database, "BANGFU_DATA": str(folder)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@pytest.fixture
def county(tmp_path: Path, database: Callable[..., str]) -> Callable[..., str]:
    """A county that its owner made, with a login for the server and one for imports."""
    finished(start(tmp_path, "found", database=database()))
    script = bangfu("database", "roles", folder=tmp_path, database=database())
    with psycopg.connect(database(), autocommit=True) as owner:
        owner.execute(script)
        owner.execute(script)
        for role in ("web", "ledger"):
            owner.execute(f"DROP ROLE IF EXISTS {role}")
            owner.execute(f"CREATE ROLE {role} LOGIN IN ROLE bangfu_{role}")
    return database
