"""The database itself refuses to change what the ledger holds, whoever asks and however."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from bangfu.records import actions, checkpoints
from tests.cast import NOW, Cast, uid
from tests.records.found_in_file import finished, start
from tests.records.tampering import POSTGRESQL, settle_constraints

FACT_COLUMNS = (
    "sequence, uid, kind, occurred_on, minute, subject_id, performer_id, recorder_id, "
    'recorded_at, amends_id, "values", reason, digest, previous_hash, hash'
)


def copy_of(uid_text: str, sequence: str = "sequence", amends: str = "amends_id") -> str:
    """A fact's row again, with some columns replaced."""
    return (
        f"SELECT {sequence}, {uid_text}, kind, occurred_on, minute, subject_id, performer_id, "
        f"recorder_id, recorded_at, {amends}, '{{}}', reason, digest, hash, 'x' || substr(hash, 2) "
        "FROM records_fact WHERE sequence = (SELECT MAX(sequence) FROM records_fact)"
    )


NEXT_FACT = "sequence + 1"
EVERYWHERE = {
    "update a fact": "UPDATE records_fact SET kind = 'x' WHERE sequence = 3",
    "update nothing of a fact": "UPDATE records_fact SET kind = kind",
    "delete a fact": "DELETE FROM records_fact WHERE sequence = 3",
    "delete all facts": "DELETE FROM records_fact",
    "insert a sequence again": f"INSERT INTO records_fact ({FACT_COLUMNS}) "
    + copy_of("'x' || substr(uid, 1, 9)"),
    "insert a uid again": f"INSERT INTO records_fact ({FACT_COLUMNS}) " + copy_of("uid", NEXT_FACT),
    "amend what is amended": f"INSERT INTO records_fact ({FACT_COLUMNS}) "
    + copy_of("'y'", NEXT_FACT),
    "upsert": f"INSERT INTO records_fact ({FACT_COLUMNS}) "
    + copy_of("uid")
    + " AND true ON CONFLICT (sequence) DO UPDATE SET kind = 'x'",
    "insert unless it is there": f"INSERT INTO records_fact ({FACT_COLUMNS}) "
    + copy_of("uid")
    + " AND true ON CONFLICT DO NOTHING",
    "a fact without its place": f"INSERT INTO records_fact ({FACT_COLUMNS}) "
    + copy_of("'z'", "sequence + 2", "NULL"),
    "a fact before the first": f"INSERT INTO records_fact ({FACT_COLUMNS}) "
    + copy_of("'z'", "0", "NULL"),
    "a fact with a broken link": f"INSERT INTO records_fact ({FACT_COLUMNS}) "
    + copy_of("'z'", NEXT_FACT, "NULL").replace("digest, hash,", "digest, 'f',"),
    "update a participant": "UPDATE records_participant SET role = 'x'",
    "delete a participant": "DELETE FROM records_participant",
    "a participant more": "INSERT INTO records_participant (id, fact_id, role, participant_id) "
    "SELECT id + 1, fact_id, 'companion', 1 FROM records_participant",
    "update a checkpoint": "UPDATE records_checkpoint SET hash = 'x'",
    "delete a checkpoint": "DELETE FROM records_checkpoint",
    "insert a checkpoint again": 'INSERT INTO records_checkpoint (sequence, "count", hash, at) '
    "SELECT sequence, 1, 'x', at FROM records_checkpoint",
}
SQLITE = EVERYWHERE | {
    "update or replace": "UPDATE OR REPLACE records_fact SET sequence = 2 WHERE sequence = 3",
    "replace by sequence": f"INSERT OR REPLACE INTO records_fact ({FACT_COLUMNS}) "
    + copy_of("'x' || uid"),
    "replace by uid": f"REPLACE INTO records_fact ({FACT_COLUMNS}) " + copy_of("uid", NEXT_FACT),
    "replace by the fact amended": f"REPLACE INTO records_fact ({FACT_COLUMNS}) "
    + copy_of("'y'", NEXT_FACT),
    "replace a participant": "REPLACE INTO records_participant (id, fact_id, role, participant_id) "
    "SELECT id, fact_id, 'x', participant_id FROM records_participant",
    "replace a checkpoint": 'REPLACE INTO records_checkpoint (sequence, "count", hash, at) '
    "SELECT sequence, 1, 'x', at FROM records_checkpoint",
}
REPLICA = "SET LOCAL session_replication_role = replica; "
POSTGRESQL_ONLY = EVERYWHERE | {
    "empty the facts": "TRUNCATE records_fact CASCADE",
    "empty the participants": "TRUNCATE records_participant",
    "empty the checkpoints": "TRUNCATE records_checkpoint",
    "update as a replica": REPLICA + "UPDATE records_fact SET kind = 'x'",
    "delete as a replica": REPLICA + "DELETE FROM records_fact",
    "empty as a replica": REPLICA + "TRUNCATE records_fact CASCADE",
    "merge": "MERGE INTO records_fact f USING records_checkpoint c ON f.sequence = c.count "
    "WHEN MATCHED THEN UPDATE SET kind = 'x'",
}
BYPASSES = POSTGRESQL_ONLY if POSTGRESQL else SQLITE


@pytest.fixture
def written(cast: Cast) -> Cast:
    helper = cast.policy("helper")
    visit = cast.draft(participants=(("companion", uid("officer")),), name="visit")
    actions.record([visit], by=helper, now=NOW)
    actions.void(uid=uid("visit"), reason="", by=helper, now=NOW)
    checkpoints.checkpoint(now=NOW)
    return cast


@pytest.mark.parametrize("bypass", BYPASSES)
def test_the_database_refuses(written: Cast, bypass: str) -> None:
    for table in ("records_fact", "records_participant", "records_checkpoint"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT COUNT(*) FROM {table}")
            assert cursor.fetchone()[0], "there must be something to lose"
    with (
        pytest.raises((IntegrityError, OperationalError)) as caught,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        settle_constraints(cursor)
        cursor.execute(BYPASSES[bypass])
    said = str(caught.value)
    assert any(word in said for word in ("append-only", "exists", "broken chain", "closed"))


@pytest.fixture
def file_county(tmp_path: Path) -> Path:
    """A county in a real file, made by another process."""
    finished(start(tmp_path, "found"))
    return tmp_path


def test_a_plain_connection_without_any_pragma_is_refused_too(file_county: Path) -> None:
    plain = sqlite3.connect(file_county / "bangfu.sqlite3", isolation_level=None)
    try:
        assert plain.execute("PRAGMA recursive_triggers").fetchone() == (0,)
        before = list(plain.execute("SELECT * FROM records_fact ORDER BY sequence"))
        for name, statement in SQLITE.items():
            with pytest.raises(sqlite3.Error):
                plain.execute(statement)
                pytest.fail(name)
        assert list(plain.execute("SELECT * FROM records_fact ORDER BY sequence")) == before
    finally:
        plain.close()
