"""A county backed up while it is served is restored whole, or the restore says what is amiss."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from bangfu.records.folder import BACKUPS
from tests.demo.command import bangfu, make

CLEAR = b"SQLite format 3"


class County:
    """A made county, its backup, and the papers kept apart from it."""

    def __init__(self, folder: Path) -> None:
        self.made = make(folder / "data", date(2017, 7, 31))
        self.data = self.made.folder
        self.made.ask("backup-key")
        self.backup = folder / "one.backup"
        self.made.ask("backup", str(self.backup))
        self.kept = folder / "kept"
        shutil.copytree(self.data / "keys", self.kept)
        shutil.copytree(self.data / "outside", self.kept / "outside")

    def restore(
        self, to: Path, *more: str, file: Path | None = None, outside: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        return bangfu(
            "restore", str(file or self.backup), "--data", str(to),
            "--key", str(self.kept / "backup.key"),
            "--master-key", str(self.kept / "master.key"),
            "--outside", str(outside or self.kept / "outside"), *more,
        )  # fmt: skip


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    return County(tmp_path_factory.mktemp("county"))


def rows(folder: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "bangfu.sqlite3")) as database:
        return database.execute(statement).fetchall()


def test_the_restored_county_has_the_same_facts_and_figures(county: County, tmp_path: Path) -> None:
    run = county.restore(tmp_path / "new")
    assert run.returncode == 0, run.stderr
    ledger = "SELECT * FROM records_fact ORDER BY sequence"
    assert rows(tmp_path / "new", ledger) == rows(county.data, ledger)
    asked = ("figures", "--json", "--data")
    assert bangfu(*asked, str(tmp_path / "new")).stdout == bangfu(*asked, str(county.data)).stdout
    assert bangfu("verify", "--data", str(tmp_path / "new")).returncode == 0
    assert not [*tmp_path.glob(".new*")]


def test_the_backup_holds_no_key_and_nothing_in_clear(county: County) -> None:
    content = county.backup.read_bytes()
    names = [str(name).encode() for (name,) in rows(
        county.data, "SELECT name FROM records_subject WHERE type = 'person'"
    )]  # fmt: skip
    assert names
    for secret in (CLEAR, *names, (county.kept / "master.key").read_bytes().strip()):
        assert secret not in content
    assert county.backup.stat().st_mode & 0o077 == 0
    assert not [*county.data.glob("*.passing")]


def test_a_backup_overwrites_nothing(county: County) -> None:
    before = county.backup.read_bytes()
    run = bangfu("backup", str(county.backup), "--data", str(county.data))
    assert run.returncode == 2
    assert "已经存在" in run.stderr
    assert county.backup.read_bytes() == before


def test_a_restore_goes_into_no_folder_that_is_in_use(county: County) -> None:
    run = county.restore(county.data)
    assert run.returncode == 2
    assert "不是空文件夹" in run.stderr


@pytest.mark.parametrize("paper", ["checkpoints.jsonl", "erasures.jsonl"])
def test_without_a_paper_kept_outside_nothing_is_restored(
    county: County, tmp_path: Path, paper: str
) -> None:
    outside = shutil.copytree(county.kept / "outside", tmp_path / "outside")
    (outside / paper).unlink()
    run = county.restore(tmp_path / "new", outside=outside)
    assert run.returncode == 2
    assert paper in run.stderr
    assert not (tmp_path / "new").exists()


def test_a_cut_file_is_refused_and_leaves_nothing_behind(county: County, tmp_path: Path) -> None:
    cut = tmp_path / "cut"
    cut.write_bytes(county.backup.read_bytes()[:-500])
    run = county.restore(tmp_path / "new", file=cut)
    assert run.returncode == 2
    assert "不完整" in run.stderr
    assert list(tmp_path.iterdir()) == [cut]


def test_a_backup_older_than_the_last_outside_checkpoint_is_said_plainly(
    county: County, tmp_path: Path
) -> None:
    outside = shutil.copytree(county.kept / "outside", tmp_path / "outside")
    file = outside / "checkpoints.jsonl"
    last = json.loads(file.read_text().splitlines()[-1])
    later = {**last, "sequence": last["sequence"] + 12, "count": last["count"] + 12}
    with file.open("a") as handle:
        handle.write(json.dumps({**later, "hash": "0" * 64}) + "\n")
    run = county.restore(tmp_path / "new", outside=outside)
    assert run.returncode == 2
    assert "至少缺 12 条" in run.stderr
    assert not (tmp_path / "new").exists()
    run = county.restore(tmp_path / "new", "--accept-older", outside=outside)
    assert run.returncode == 0, run.stderr
    assert "at least 12" in run.stdout
    beyond = (tmp_path / "new" / "outside" / "checkpoints-beyond.jsonl").read_text()
    assert json.loads(beyond)["sequence"] == later["sequence"]


def test_a_rewritten_past_is_seen_by_the_checkpoint_kept_outside(
    county: County, tmp_path: Path
) -> None:
    outside = shutil.copytree(county.kept / "outside", tmp_path / "outside")
    file = outside / "checkpoints.jsonl"
    lines = [{**json.loads(line), "hash": "0" * 64} for line in file.read_text().splitlines()]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    run = county.restore(tmp_path / "new", outside=outside)
    assert run.returncode == 2
    assert "未通过校验" in run.stderr
    assert not (tmp_path / "new").exists()


def test_an_erasure_listed_outside_is_replayed(county: County, tmp_path: Path) -> None:
    erased, name = rows(
        county.data,
        "SELECT s.uid, s.name FROM records_subject s JOIN records_person p ON p.subject_id = s.id "
        "JOIN records_subjectkey k ON k.subject_id = s.id WHERE p.birth IS NOT NULL LIMIT 1",
    )[0]
    outside = shutil.copytree(county.kept / "outside", tmp_path / "outside")
    line = {"party": erased, "fact": erased, "at": "2017-07-31T08:00:00Z"}
    (outside / "erasures.jsonl").write_text(json.dumps(line) + "\n")
    run = county.restore(tmp_path / "new", outside=outside)
    assert run.returncode == 0, run.stderr
    assert "erasures replayed: 1" in run.stdout
    new = tmp_path / "new"
    found = rows(new, f"SELECT name FROM records_subject WHERE uid = '{erased}'")
    assert found == [("",)]
    assert rows(new, "SELECT COUNT(*) FROM records_subjectkey WHERE wrapped IS NULL") == [(1,)]
    assert bangfu("verify", "--data", str(new)).returncode == 0
    facts = "SELECT COUNT(*) FROM records_fact"
    assert rows(new, facts) == rows(county.data, facts)
    assert name


def test_a_list_of_erasures_that_was_cut_is_refused(county: County, tmp_path: Path) -> None:
    outside = shutil.copytree(county.kept / "outside", tmp_path / "outside")
    file = outside / "checkpoints.jsonl"
    lines = file.read_text().splitlines()
    last = {**json.loads(lines[-1]), "erasures": 1, "erasures_hash": "0" * 64}
    file.write_text("".join(f"{line}\n" for line in [*lines[:-1], json.dumps(last)]))
    run = county.restore(tmp_path / "new", outside=outside)
    assert run.returncode == 2
    assert "删除清单缺行" in run.stderr
    assert not (tmp_path / "new").exists()


def test_a_drill_that_fails_is_noted_as_such(county: County, tmp_path: Path) -> None:
    data = shutil.copytree(county.data, tmp_path / "data")
    with closing(sqlite3.connect(data / "bangfu.sqlite3")) as database:
        database.execute("UPDATE records_subject SET name = 'x' WHERE type = 'person'")
        database.commit()
    run = bangfu("drill", "--data", str(data))
    assert run.returncode == 1
    assert "演练未成功" in run.stderr
    last = (data / BACKUPS).read_text().splitlines()[-1]
    assert json.loads(last)["good"] is False
