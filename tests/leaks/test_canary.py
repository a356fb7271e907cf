"""Planted through real pages, these are found in clear nowhere but where the design allows.

Allowed, and no more: a person's name, birth date and sex, and a household's name, in the rows of
the registry that searches and pages go by (`records_subject.name`, `records_person.birth`, `sex`),
and so in the database's file and journal. Everything else that is personal lies sealed; a backup
is sealed as a whole; logs, mirror, exports and the files kept outside hold none of it.
"""

from __future__ import annotations

import base64
import http.client
import json
import sqlite3
import subprocess
import sys
import urllib.parse
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from tests.cast import uid
from tests.lost.counts import run
from tests.lost.server import Client, Server

NAME, HOME, BIRTH = "金丝雀甲", "金丝雀乙", "1953-04-05"
SEALED = {
    "id number": "41019919530405421X",
    "phone": "13987650001",
    "home's phone": "13987650002",
    "address": "雀巢路四十二号",
    "words": "雀语私言想修一修",
}
# Typed where it does not belong: it must not even be sealed, only forgotten.
TYPED = {
    "search": "雀查甲乙丙",
    "wrong address": "13987650003",
    "query": "13987650004",
    "username": "410199195304054228",
    "password": "雀密码四十二",
    "wrong field": "13987650005",
    "api": "13987650006",
    "agent": "13987650007",
    "no token": "13987650008",
    "host": "13987650009",
    "reference": "13987650010",
}
CANARIES = {**SEALED, **TYPED}
CSV_MARK = "\ufeff"


def forms(text: str) -> set[bytes]:
    """How a text may stand in a file."""
    return {
        text.encode(), text.encode("gb18030"), text.encode("utf-16-le"),
        json.dumps(text)[1:-1].encode(), urllib.parse.quote(text).encode(),
        urllib.parse.quote(text).lower().encode(), base64.b64encode(text.encode()),
    }  # fmt: skip


def inside(content: bytes, canaries: dict[str, str]) -> set[str]:
    """Which of them stand in a file's bytes."""
    return {name for name, text in canaries.items() if any(one in content for one in forms(text))}


def entered(client: Client, address: str, name: str, **values: str) -> int:
    sent = {"uid": uid(name), "occurred_on": "2017-07-03"}
    fields = {key.replace("__", "."): value for key, value in values.items()}
    client.ask(address)
    return client.ask(address, {**sent, **fields})[0]


class County:
    """A served county in which the canaries were planted, with what came of them."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        run("founded", self.data, 0)
        self.server = Server(self.data)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("BANGFU_LOG_REQUESTS", "1")
            self.server.start()
            self.export = self._plant()
            self.journal = {
                file.name: file.read_bytes() for file in self.data.glob("bangfu.sqlite3*")
            }
            self.server.kill()
            self.server.start()  # which brings the mirror up to date
            self.server.kill()
        self.backup = folder / "one.backup"
        for words in (["backup-key"], ["backup", str(self.backup)], ["drill"]):
            subprocess.run(
                [sys.executable, "-m", "bangfu", *words, "--data", str(self.data)],
                check=True, capture_output=True,
            )  # fmt: skip
        self.log = (self.data / "server.log").read_text("utf-8")

    def _plant(self) -> str:
        officer = Client(self.server.port).sign_in("officer")
        place = uid("stone bridge")
        assert entered(
            officer, "/desk/new/registry.person", "canary", v__name=NAME, v__place=place,
            v__birth=BIRTH, v__id_number=SEALED["id number"], v__phone=SEALED["phone"], sure="1",
        ) == 200  # fmt: skip
        assert entered(
            officer, "/desk/new/registry.household", "nest", v__name=HOME, v__place=place,
            v__phone=SEALED["home's phone"], v__address=SEALED["address"],
        ) == 200  # fmt: skip
        helper = Client(self.server.port).sign_in("helper")
        visit = {"uid": uid("v"), "occurred_on": "2017-07-30", "subject": uid("household"),
                 "v.mode": "door", "v.need": SEALED["words"]}  # fmt: skip
        assert helper.post(visit)[0] == 200
        _, found, _ = officer.ask(f"/desk/find?{urllib.parse.urlencode({'q': NAME})}")
        assert NAME in found
        self._mistype(officer, helper, visit)
        officer.ask("/township/export")
        status, table, _ = officer.ask(
            "/township/export", {"uid": uid("taken"), "purpose": "meeting"}
        )
        return table if status == 200 else ""

    def _mistype(self, officer: Client, helper: Client, visit: dict[str, str]) -> None:
        ask, quoted = officer.ask, {k: urllib.parse.quote(text) for k, text in TYPED.items()}
        statuses = {
            "search": ask(f"/desk/find?q={quoted['search']}")[0],
            "wrong address": ask(f"/fact/{quoted['wrong address']}")[0],
            "nowhere": ask(f"/{quoted['wrong address']}")[0],
            "query": ask(f"/township?village={quoted['query']}&q={quoted['query']}")[0],
            "wrong field": helper.ask(
                "/record/household_visit",
                {**visit, "uid": uid("w"), "v.minutes": TYPED["wrong field"]},
            )[0],
            "reference": helper.ask("/today", headers={"Referer": f"http://{TYPED['reference']}/"})[
                0
            ],
            "api": helper.ask(
                "/api/facts", {"x": TYPED["api"]}, {"Content-Type": "application/json"}
            )[0],
            "no token": helper.ask("/feedback", {"page": TYPED["no token"]}, {"X-CSRFToken": "x"})[
                0
            ],
        }
        stranger = Client(self.server.port)
        stranger.ask("/sign-in")
        statuses["username"] = stranger.ask(
            "/sign-in", {"username": TYPED["username"], "password": TYPED["password"]}
        )[0]
        statuses["host"] = self._raw({"Host": TYPED["host"], "User-Agent": TYPED["agent"]})
        assert statuses["username"] == 401, statuses
        assert statuses["wrong address"] == statuses["nowhere"] == 404, statuses
        assert statuses["wrong field"] == 422, statuses
        assert statuses["no token"] == 403, statuses
        assert statuses["host"] == 400, statuses
        assert max(statuses.values()) < 500, statuses

    def _raw(self, headers: dict[str, str]) -> int:
        asked = http.client.HTTPConnection("127.0.0.1", self.server.port)
        asked.request("GET", "/sign-in", headers=headers)
        return asked.getresponse().status


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    yield County(tmp_path_factory.mktemp("canary"))


def cells(file: Path) -> Iterator[tuple[str, str, str]]:
    """Every cell of a database as table, column and text."""
    with closing(sqlite3.connect(file)) as database:
        database.text_factory = lambda raw: raw.decode("utf-8", "replace")
        tables = [name for (name,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        )]  # fmt: skip
        for table in tables:
            found = database.execute(f'SELECT * FROM "{table}"')
            columns = [column[0] for column in found.description]
            for row in found:
                for column, cell in zip(columns, row, strict=True):
                    yield table, column, str(cell)


def test_the_search_sees_what_stands_in_clear(county: County) -> None:
    """Or the tests below would prove nothing."""
    assert inside("13987650001".encode("utf-16-le"), CANARIES) == {"phone"}
    where = {(t, c) for t, c, text in cells(county.data / "bangfu.sqlite3") if NAME in text}
    assert where == {("records_subject", "name")}


def test_names_and_birth_dates_stand_in_the_registrys_rows_only(county: County) -> None:
    where = {
        (table, column)
        for table, column, text in cells(county.data / "bangfu.sqlite3")
        if any(word in text for word in (NAME, HOME)) or text == BIRTH
    }
    assert where == {("records_subject", "name"), ("records_person", "birth")}


def test_the_database_and_its_journal_hold_no_other(county: County) -> None:
    assert any(name.endswith("-wal") and content for name, content in county.journal.items())
    for content in (*county.journal.values(), (county.data / "bangfu.sqlite3").read_bytes()):
        assert not inside(content, CANARIES)


def test_no_sign_in_keeps_any_in_its_session(county: County) -> None:
    sessions = [
        text for table, column, text in cells(county.data / "bangfu.sqlite3")
        if (table, column) == ("django_session", "session_data")
    ]  # fmt: skip
    assert sessions
    for text in sessions:
        packed = text.split(":")[0]
        raw = base64.urlsafe_b64decode(packed.lstrip(".") + "===")
        content = zlib.decompress(raw) if packed.startswith(".") else raw
        assert not inside(content, {**CANARIES, "name": NAME, "home": HOME})


def test_the_logs_say_what_ran_and_nothing_that_was_typed(county: County) -> None:
    assert not inside(county.log.encode(), {**CANARIES, "name": NAME, "home": HOME, "birth": BIRTH})
    lines = [json.loads(line) for line in county.log.splitlines() if line.startswith("{")]
    asked = [line for line in lines if line["logger"] == "bangfu.request"]
    assert {line["route"] for line in asked} >= {"sign-in", "desk/find", "fact/<str:uid>", ""}
    assert {line["person"] for line in asked} == {"", uid("officer"), uid("helper")}
    assert len({line["request"] for line in asked}) == len(asked)
    assert {401, 403, 404, 422} <= {line["status"] for line in asked}


def test_the_mirror_holds_none(county: County) -> None:
    files = sorted((county.data / "mirror").rglob("*"))
    tables = [file for file in files if file.suffix == ".parquet"]
    assert tables
    everything = {**CANARIES, "name": NAME, "home": HOME}
    for file in files:
        if file.is_file():
            assert not inside(file.read_bytes(), everything)
    for file in tables:
        # Compressed, so that its bytes alone say nothing.
        rows = duckdb.execute("SELECT * FROM read_parquet(?)", [str(file)]).fetchall()
        assert not inside(repr(rows).encode(), everything)


def test_what_is_taken_away_holds_none(county: County) -> None:
    assert county.export.startswith(CSV_MARK)
    assert not inside(county.export.encode(), CANARIES)


def test_backup_journal_and_papers_hold_none(county: County) -> None:
    outside = [file for file in (county.data / "outside").iterdir() if file.is_file()]
    for file in (county.backup, county.data / "backups.jsonl", *outside):
        assert not inside(file.read_bytes(), {**CANARIES, "name": NAME, "birth": BIRTH})
    assert not [*county.data.glob("*.passing")]
