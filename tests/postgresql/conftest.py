"""One throwaway server for these tests, and in it a database for each that asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.cluster import OWNER, address, cluster
from tests.conftest import has_postgres


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
