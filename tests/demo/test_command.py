"""The command as a user types it: one small county made, looked at, verified, tampered with."""

from __future__ import annotations

import json
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import date
from pathlib import Path

import pytest

from bangfu.demo.scale import SMALL
from tests.demo.command import Made, bangfu, clean, make
from tests.demo.invented import DAYS, handbook, invented
from tests.demo.recount import recount

UID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PASSWORD = re.compile(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}")


def start(*words: str) -> subprocess.Popen[str]:
    """Start a command that goes on until it is stopped."""
    return subprocess.Popen(
        [sys.executable, "-m", "bangfu", *words], stdout=subprocess.PIPE, text=True, env=clean()
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


class Browser:
    """The least that can sign in: cookies and one form."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())

    def sign_in(self, username: str, password: str) -> str:
        """The page that follows; waits for the server to come up."""
        form = self._first_page()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
        assert token
        fields = {"csrfmiddlewaretoken": token[1], "username": username, "password": password}
        body = urllib.parse.urlencode(fields).encode()
        with self.opener.open(f"{self.address}/sign-in", body) as answer:
            return str(answer.read().decode())

    def _first_page(self) -> str:
        for _ in range(100):
            try:
                with self.opener.open(f"{self.address}/sign-in") as answer:
                    return str(answer.read().decode())
            except urllib.error.HTTPError:
                raise
            except urllib.error.URLError:
                time.sleep(0.2)
        raise AssertionError("no server came up")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("county") / "data", DAYS[0])


@pytest.fixture(scope="module")
def made_later(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("later") / "data", DAYS[1])


def mirrored(county: Made) -> int:
    """Up to which sequence the mirror goes, as its manifest says."""
    manifest = json.loads((county.folder / "mirror" / "manifest.json").read_text("utf-8"))
    return int(manifest["upto"])


def test_the_mirror_is_ready_before_the_first_page(made_later: Made) -> None:
    assert mirrored(made_later) == len(made_later.facts())


def test_every_line_becomes_a_fact(made: Made, made_later: Made) -> None:
    for county in (made, made_later):
        lines = invented(SMALL, as_of=county.as_of, seed=7)
        assert [fact[1] for fact in county.facts()] == [line.draft.uid for line in lines]


def test_one_account_for_each_post_with_a_random_password(made: Made) -> None:
    posts = {role.id for role in handbook().roles.values() if role.page != "none"}
    accounts = dict(re.findall(rf"^  (\w+) +({PASSWORD.pattern})", made.printed, re.MULTILINE))
    assert accounts.keys() == posts
    assert len(set(accounts.values())) == len(posts)


def test_the_same_seed_gives_the_same_facts(made: Made, tmp_path: Path) -> None:
    """Keys and nonces are random, so hashes differ; everything else is the same."""
    again = make(tmp_path / "data", made.as_of)
    assert again.facts() == made.facts()
    assert PASSWORD.findall(again.printed) != PASSWORD.findall(made.printed)


def test_a_second_start_keeps_everything_and_shows_no_password(made: Made) -> None:
    before = made.facts()
    again = made.demo("--small", "--seed", "7")
    assert again.returncode == 0
    assert made.facts() == before
    assert not PASSWORD.search(again.stdout)
    assert "--new-passwords" in again.stdout


def test_a_making_that_was_broken_off_is_taken_up_again(made: Made, tmp_path: Path) -> None:
    """Without accounts it was not finished: its lines are offered again, none is written twice."""
    copy = Made(tmp_path / "data", made.as_of, "")
    shutil.copytree(made.folder, copy.folder)
    with sqlite3.connect(copy.folder / "bangfu.sqlite3") as database:
        database.execute("DELETE FROM records_account")
    again = copy.demo("--small", "--seed", "7")
    assert again.returncode == 0, again.stderr
    assert len(PASSWORD.findall(again.stdout)) == len(PASSWORD.findall(made.printed))
    assert copy.facts() == made.facts()


def test_only_its_owner_reads_a_data_folder(made: Made) -> None:
    for path in (made.folder, *made.folder.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


def test_new_passwords_are_shown_when_asked_for(made: Made) -> None:
    renewed = made.demo("--small", "--seed", "7", "--new-passwords")
    found = PASSWORD.findall(renewed.stdout)
    assert len(found) == len(PASSWORD.findall(made.printed))
    assert not set(found) & set(PASSWORD.findall(made.printed))


@pytest.mark.parametrize(
    "words",
    [
        ("--seed", "7"),
        ("--small", "--seed", "8"),
        ("--small", "--seed", "7", "--as-of", "2017-06-30"),
    ],
    ids=["not small", "another seed", "another day"],
)
def test_a_folder_made_otherwise_is_refused_with_what_to_type(
    made: Made, words: tuple[str, ...]
) -> None:
    before = made.facts()
    refused = made.demo(*words)
    assert refused.returncode == 2
    typed = f"bangfu demo --as-of 2017-07-31 --seed 7 --small --data {made.folder}"
    assert refused.stderr.count(typed) == 2  # in both languages
    assert made.facts() == before


def test_an_empty_database_is_no_county(tmp_path: Path) -> None:
    (tmp_path / "bangfu.sqlite3").touch()
    assert bangfu("figures", "--data", str(tmp_path)).returncode == 2


def test_a_folder_without_a_county_is_refused(tmp_path: Path) -> None:
    serve = ("serve", "--port", str(free_port()))
    for words in (("figures",), ("trace", "figure:visits"), ("verify",), serve):
        refused = bangfu(*words, "--data", str(tmp_path))
        assert refused.returncode == 2
        assert "bangfu demo" in refused.stderr
    assert not list(tmp_path.iterdir())


def test_a_day_that_no_rule_knows_is_refused(tmp_path: Path) -> None:
    refused = bangfu(
        "demo", "--no-serve", "--as-of", "2035-01-01", "--data", str(tmp_path / "data")
    )
    assert refused.returncode == 2
    assert "--as-of" in refused.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("day", [date(2017, 7, 31), date(2017, 5, 15), date(2016, 12, 31)], ids=str)
def test_figures_are_what_one_counts_by_hand(made: Made, day: date) -> None:
    expected = recount(invented(SMALL, as_of=made.as_of, seed=7), day=day)
    figures = made.figures(day)
    assert {name: figures[name] for name in expected} == expected


def test_figures_hold_under_the_terms_of_2026(made_later: Made) -> None:
    expected = recount(invented(SMALL, as_of=made_later.as_of, seed=7), day=made_later.as_of)
    figures = made_later.figures(made_later.as_of)
    assert {name: figures[name] for name in expected} == expected


def test_a_composite_figure_is_an_object(made: Made) -> None:
    coverage = made.figures(made.as_of)["class_coverage"]
    assert isinstance(coverage, dict)
    assert coverage.keys() == {"county", "section", "grassroots"}


def test_a_trace_prints_each_fact_under_a_figure_on_its_own_line(made: Made) -> None:
    printed = made.ask("trace", "figure:lectures", "--as-of", "2017-07-31").splitlines()
    assert all(UID.fullmatch(line) for line in printed)
    assert len(printed) == made.figures(made.as_of)["lectures"]
    kinds = {fact[1]: fact[2] for fact in made.facts()}
    assert {kinds[uid] for uid in printed} == {"lecture"}


def test_a_county_is_served_on_this_machine_and_its_helper_signs_in(made: Made) -> None:
    renewed = made.demo("--small", "--seed", "7", "--new-passwords").stdout
    shutil.rmtree(made.folder / "mirror")
    password = re.search(rf"^  helper +({PASSWORD.pattern})", renewed, re.MULTILINE)
    assert password
    port = free_port()
    server = start("serve", "--port", str(port), "--data", str(made.folder))
    try:
        address = f"http://127.0.0.1:{port}"
        page = Browser(address).sign_in("helper", password[1])
        assert mirrored(made) == len(made.facts())
    finally:
        server.terminate()
        assert server.wait(20) is not None
    assert address in (server.stdout.read() if server.stdout else "")
    assert "每月走访帮扶户" in page


def test_a_port_in_use_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = bangfu("demo", "--port", str(port), "--data", str(tmp_path / "data"))
    assert refused.returncode == 2
    assert "--port" in refused.stderr
    assert not list(tmp_path.iterdir())


def test_a_sound_ledger_verifies_and_one_changed_byte_is_named(made: Made, tmp_path: Path) -> None:
    assert len(made.ask("verify").splitlines()) == 2  # both languages, no warning
    copy = tmp_path / "data"
    shutil.copytree(made.folder, copy)
    victim = next(fact for fact in made.facts() if fact[2] == "lecture")
    with sqlite3.connect(copy / "bangfu.sqlite3") as database:
        database.execute("PRAGMA recursive_triggers = OFF")
        for (trigger,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        database.execute(
            "UPDATE records_fact SET occurred_on = '2017-01-01' WHERE sequence = ?", [victim[0]]
        )
    broken = bangfu("verify", "--data", str(copy))
    assert broken.returncode == 1
    assert str(victim[1]) in broken.stdout
