"""After an erasure no file of the data folder holds the key, the name or what was sealed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from bangfu.records.sealing import KEY_BYTES
from tests.cast import uid
from tests.records.found_in_file import finished, start

NAME = "谷大有".encode()  # the head and the household have no other


def held(folder: Path, wanted: bytes) -> list[str]:
    """The files that hold these bytes."""
    return [str(f.relative_to(folder)) for f in folder.rglob("*") if f.is_file()
            and wanted in f.read_bytes()]  # fmt: skip


def test_neither_database_nor_journal_nor_mirror_holds_what_was_erased(tmp_path: Path) -> None:
    finished(start(tmp_path, "found"))
    file = tmp_path / "bangfu.sqlite3"
    # Somebody else has the database open, so that its journal is not removed at the end.
    with closing(sqlite3.connect(file)) as other:
        keys = [bytes(key) for (key,) in other.execute(
            "SELECT k.wrapped FROM records_subjectkey k JOIN records_subject s "
            "ON s.id = k.subject_id WHERE s.uid IN (?, ?)", [uid("head"), uid("household")],
        )]  # fmt: skip
        digest, birth = other.execute(
            "SELECT p.id_digest, p.birth FROM records_person p JOIN records_subject s "
            "ON s.id = p.subject_id WHERE s.uid = ?", [uid("head")],
        ).fetchone()  # fmt: skip
        assert len(keys) == 2
        assert all(len(key) > KEY_BYTES for key in keys)
        secrets = [*keys, NAME, digest.encode(), birth.encode()]
        assert all(held(tmp_path, secret) for secret in secrets)
        finished(start(tmp_path, "erase", "head", "household"))
        assert [held(tmp_path, secret) for secret in secrets] == [[] for _ in secrets]
