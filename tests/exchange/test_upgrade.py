"""Every released version's county is brought up to this one, or stays as it was."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.demo.command import bangfu
from tests.exchange.released import (
    FILES,
    figures,
    figures_then,
    is_whole,
    ledger,
    migrations,
    unpacked,
    upgrade,
)

KEPT = pytest.mark.parametrize("file", FILES, ids=lambda file: file.name.removesuffix(".tar.xz"))


def test_there_is_a_county_of_every_released_version() -> None:
    assert any(file.name.startswith("0.1.0-0004") for file in FILES)
    assert all(file.stat().st_size < 300_000 for file in FILES)


@KEPT
def test_it_is_upgraded_verified_and_says_the_same(file: Path, tmp_path: Path) -> None:
    data = unpacked(file, tmp_path)
    before = ledger(data)
    run = upgrade(data)
    assert run.returncode == 0, run.stderr
    assert is_whole(data)
    assert ledger(data) == before
    assert figures(data) == figures_then(data)


def test_an_older_one_is_refused_by_all_but_the_upgrade_and_then_served(tmp_path: Path) -> None:
    data = unpacked(FILES[0], tmp_path, before="0003")
    before = ledger(data)
    assert "0004_account_seals" not in migrations(data)
    refused = bangfu("verify", "--data", str(data))
    assert refused.returncode == 2
    assert "bangfu upgrade" in refused.stderr
    assert bangfu("serve", "--data", str(data), "--port", "8137").returncode == 2
    run = upgrade(data)
    assert run.returncode == 0, run.stderr
    assert "0004_account_seals" in run.stdout
    assert is_whole(data)
    assert ledger(data) == before
    assert not [*data.glob("*.passing"), *data.glob("*-wal")]
    # The backup of before is an older version's too, and a restore brings it up.
    [backup] = (data / "before-upgrade").iterdir()
    papers = shutil.copytree(data / "outside", tmp_path / "outside")
    restored = bangfu(
        "restore", str(backup), "--data", str(tmp_path / "restored"),
        "--key", str(data / "keys" / "backup.key"),
        "--master-key", str(data / "keys" / "master.key"), "--outside", str(papers),
    )  # fmt: skip
    assert restored.returncode == 0, restored.stderr
    assert ledger(tmp_path / "restored") == before


def test_a_newer_one_is_refused_and_left_alone(tmp_path: Path) -> None:
    data = unpacked(FILES[-1], tmp_path)
    with closing(sqlite3.connect(data / "bangfu.sqlite3")) as database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) "
            "VALUES ('records', '9999_later', '2030-01-01')"
        )
        database.commit()
    before = (data / "bangfu.sqlite3").read_bytes()
    for words in (("upgrade",), ("serve", "--port", "8137"), ("figures",)):
        run = bangfu(*words, "--data", str(data))
        assert run.returncode == 2, words
        assert "9999_later" in run.stderr
    assert (data / "bangfu.sqlite3").read_bytes() == before
