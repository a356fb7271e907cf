"""Uploads that were cut off: never stored in part, and once, whole, when they are sent again."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.lost.counts import run
from tests.lost.server import Client, Server, as_fact, encoded, visit

FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("county")
    run("founded", folder, 0)
    started = Server(folder)
    started.start()
    yield started
    started.kill()


@pytest.fixture(scope="module")
def helper(server: Server) -> Client:
    return Client(server.port).sign_in("helper")


def facts(server: Server, form: dict[str, object]) -> int:
    with closing(sqlite3.connect(server.folder / "bangfu.sqlite3")) as ledger:
        found = ledger.execute("SELECT COUNT(*) FROM records_fact WHERE uid = ?", [form["uid"]])
        return int(found.fetchone()[0])


def in_the_end(server: Server) -> None:
    """Whatever the server still has in hand is done: each worker answers after it."""
    for _ in range(16):
        assert Client(server.port).ask("/sign-in")[0] == 200


def test_a_form_that_is_cut_anywhere_is_not_stored_in_part(server: Server, helper: Client) -> None:
    rng = random.Random(1)
    form = {**visit(rng), "v.need": "路" * 40}  # the last field: cut in it, all others are there
    body = encoded(form)
    assert body.endswith(b"%E8%B7%AF")
    for at in (0, 1, 40, *range(len(body) - 90, len(body), 9), len(body) - 1):
        helper.cut("/record/household_visit", body, FORM, at)
    in_the_end(server)
    assert facts(server, form) == 0
    assert [helper.post(form)[0] for _ in range(2)] == [200, 200]
    assert facts(server, form) == 1


def test_a_batch_that_is_cut_anywhere_is_not_stored_in_part(server: Server, helper: Client) -> None:
    rng = random.Random(2)
    forms = [visit(rng) for _ in range(3)]
    body = json.dumps({"facts": [as_fact(form) for form in forms]}).encode()
    for at in (0, 1, *range(len(body) // 2, len(body), 97), len(body) - 1):
        helper.cut("/api/facts", body, "application/json", at)
    in_the_end(server)
    assert [facts(server, form) for form in forms] == [0, 0, 0]
    for order in (forms, forms[::-1], [forms[1]]):
        status, text, _ = helper.post_batch(order)
        assert status == 200
        assert json.loads(text)["refused"] == 0
    assert [facts(server, form) for form in forms] == [1, 1, 1]


def test_what_was_sent_whole_to_nobody_who_waits_is_there_once(
    server: Server, helper: Client
) -> None:
    form = visit(random.Random(3))
    body = encoded(form)
    helper.cut("/record/household_visit", body, FORM, len(body))
    in_the_end(server)
    assert helper.post(form)[0] == 200
    assert facts(server, form) == 1


def test_a_form_that_says_less_than_it_holds_is_refused(server: Server, helper: Client) -> None:
    """A relay that cuts and counts again: what is left is a whole body, but no whole visit."""
    form = visit(random.Random(4))
    whole = {name: value for name, value in form.items() if name != "v.mode"}
    status, text, _ = helper.ask("/record/household_visit", whole, {"X-Draft": str(form["uid"])})
    assert status in {400, 422}, text[:500]
    assert facts(server, form) == 0
    assert helper.post(form)[0] == 200
    assert Path(server.folder / "server.log").read_text("utf-8").count("Internal Server Error") == 0
