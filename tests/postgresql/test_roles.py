"""What the server's role may do to the database: add to the ledger, and change none of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.postgresql.conftest import bangfu
from tests.records.found_in_file import finished, start

pytestmark = pytest.mark.postgres
LEDGER = ("records_fact", "records_participant", "records_checkpoint")
REFUSED = {
    **{f"update {table}": f"UPDATE {table} SET {column} = {column}"
       for table, column in zip(LEDGER, ("kind", "role", "hash"), strict=True)},
    **{f"delete {table}": f"DELETE FROM {table}" for table in LEDGER},
    **{f"empty {table}": f"TRUNCATE {table} CASCADE" for table in LEDGER},
    **{f"alter {table}": f"ALTER TABLE {table} ADD COLUMN more integer" for table in LEDGER},
    **{f"drop {table}": f"DROP TABLE {table} CASCADE" for table in LEDGER},
    **{f"triggers off {table}": f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in LEDGER},
    "drop a trigger": "DROP TRIGGER records_fact_no_change ON records_fact",
    "another function": "CREATE OR REPLACE FUNCTION records_append_only() RETURNS trigger "
    "LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$",
    "call oneself a replica": "SET session_replication_role = replica",
    "a trigger of one's own": "CREATE TRIGGER mine BEFORE INSERT ON records_fact "
    "FOR EACH ROW EXECUTE FUNCTION records_append_only()",
    "a table of one's own": "CREATE TABLE mine (id integer)",
    "become the owner": "SET ROLE owner",
    "give oneself rights": "GRANT UPDATE ON records_fact TO PUBLIC; "
    "UPDATE records_fact SET kind = kind",
    "upsert": "INSERT INTO records_fact SELECT * FROM records_fact "
    "ON CONFLICT (sequence) DO UPDATE SET kind = 'x'",
    "change a key": "UPDATE records_subjectkey SET wrapped = NULL",
    "destroy keys": "DELETE FROM records_subjectkey",
    "remove a subject": "DELETE FROM records_subject",
    "another day": "UPDATE records_meta SET value = '2030-01-01'",
    "remove an account": "DELETE FROM records_account",
    "rewrite the journal of accounts": "UPDATE records_accountevent SET what = 'x'",
    "read a file": "COPY records_meta FROM '/etc/hostname'",
    "run a program": "COPY records_meta TO PROGRAM 'true'",
}  # fmt: skip
ONLY_LEDGER = {
    "open an account": "INSERT INTO records_account SELECT * FROM records_account",
    "change a password": "UPDATE records_account SET password = 'x'",
    "steal a session": "SELECT * FROM django_session",
}


def tried(address: str, statements: dict[str, str]) -> set[str]:
    """Those of the statements that were not refused for want of rights."""
    let_through = set()
    with psycopg.connect(address) as session:
        for name, statement in statements.items():
            try:
                session.execute(statement)
            except psycopg.errors.InsufficientPrivilege:
                pass
            else:
                let_through.add(name)
            session.rollback()
    return let_through


def test_the_server_records_and_changes_nothing(county: Callable[..., str], tmp_path: Path) -> None:
    assert tried(county("web"), REFUSED) == set()
    assert tried(county("ledger"), REFUSED | ONLY_LEDGER) == set()
    for role in ("web", "ledger"):
        took = json.loads(finished(start(tmp_path, "write", role, "2", database=county(role))))
        assert len(took) == 3
    printed = bangfu("verify", "--data", str(tmp_path), folder=tmp_path, database=county("web"))
    assert "The ledger is whole" in printed
    # What the server does when it starts: nothing is left to migrate.
    migrate = "import django; django.setup(); from django.core.management import call_command; "
    subprocess.run(
        [sys.executable, "-c", migrate + "call_command('migrate', verbosity=0)"],
        env=os.environ | {"BANGFU_DATABASE": county("web"), "BANGFU_DATA": str(tmp_path),
                          "DJANGO_SETTINGS_MODULE": "bangfu.settings"},
        check=True,
    )  # fmt: skip


def test_without_the_roles_the_owner_could(county: Callable[..., str]) -> None:
    assert tried(county(), {"a table": REFUSED["a table of one's own"]}) == {"a table"}
