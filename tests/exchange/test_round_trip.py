"""The shortest proof that a backup is worth something; tests/ground goes through the rest."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path

from bangfu.exchange import journal
from tests.demo.command import bangfu, clean, make

# What a program's owner does on the page of tokens, without the page.
MAKES_A_TOKEN = """
import sys
from django.utils import timezone
from pathlib import Path
from bangfu.records.starting import open_county
open_county(Path(sys.argv[1]))
from bangfu.records import tokens
from bangfu.records.access import policy_for
from bangfu.records.models import Account
now, account = timezone.now(), Account.objects.exclude(person=None).first()
tokens.make_token(
    account, title="summary", scope=frozenset({"read:figures"}), allowed=["read:figures"],
    last_day=timezone.localdate(), by=policy_for(account, as_of=timezone.localdate()), now=now,
)
"""


def test_a_drill_says_how_it_went_and_leaves_only_its_line(tmp_path: Path) -> None:
    made = make(tmp_path / "data", date(2017, 7, 31))
    made.ask("backup-key")
    printed = made.ask("drill")
    done = journal.last_good(made.folder, "drill")
    assert done is not None
    assert str(done.sequence) in printed
    with closing(sqlite3.connect(made.folder / "bangfu.sqlite3")) as database:
        assert database.execute("SELECT MAX(sequence) FROM records_fact").fetchone() == (
            done.sequence,
        )
    assert not [*made.folder.glob("*.passing")]
    assert journal.last_good(made.folder, "backup") is None
    # And the doctor, who knows of the drill, misses a backup that is taken away.
    run = bangfu("doctor", "--json", "--data", str(made.folder))
    levels = {line["check"]: line["level"] for line in json.loads(run.stdout)["findings"]}
    assert run.returncode == 1
    assert {check for check, level in levels.items() if level != "good"} == {"backup"}


def test_a_restore_brings_no_token_back_that_may_have_been_ended_since(tmp_path: Path) -> None:
    made = make(tmp_path / "data", date(2017, 7, 31))
    subprocess.run([sys.executable, "-c", MAKES_A_TOKEN, str(made.folder)], check=True, env=clean())
    made.ask("backup-key")
    made.ask("backup", str(tmp_path / "backup"))
    run = bangfu(
        "restore", str(tmp_path / "backup"), "--data", str(tmp_path / "new"),
        "--key", str(made.folder / "keys" / "backup.key"),
        "--master-key", str(made.folder / "keys" / "master.key"),
        "--outside", str(made.folder / "outside"),
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert "停用令牌 1 个" in run.stdout
    assert "and 1 tokens" in run.stdout
    with closing(sqlite3.connect(tmp_path / "new" / "bangfu.sqlite3")) as database:
        rows = database.execute("SELECT ended_at IS NULL FROM records_apitoken").fetchall()
    assert rows == [(0,)]
    assert bangfu("verify", "--data", str(tmp_path / "new")).returncode == 0
