"""Tokens: what a program may do in somebody's name, until when; nothing keeps the secret."""

from __future__ import annotations

import json
import logging
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from bangfu.records import accounts, actions, queries, tokens
from bangfu.records.access import policy_for
from bangfu.records.models import Account, AccountEvent, ApiToken, Fact, Subject
from bangfu.web.views import tokens as views
from tests.cast import NOW, TODAY, Cast, uid
from tests.web.conftest import PASSWORD, Clock, SignIn
from tests.web.reading import text
from tests.web.test_api import visit

SCOPE = ["read:obligations", "record:household_visit"]
LAST = "2026-04-30"


def make(client: Client, **more: object) -> Any:
    given = {"action": "make", "title": "乡里的汇总程序", "scope": SCOPE, "last_day": LAST}
    return client.post(reverse("tokens"), {**given, "password": PASSWORD, **more})


def secret_of(answer: Any) -> str:
    found = re.search(r"bangfu_[\w-]{43}", answer.content.decode())
    assert found
    return found.group()


def program(secret: str) -> Client:
    """A program without a browser's cookies, which Django would not excuse a forged request."""
    return Client(
        enforce_csrf_checks=True,
        headers={"Authorization": f"Bearer {secret}", "accept-language": "en"},
    )


def post(client: Client, *facts: object) -> Any:
    return client.post("/api/facts", json.dumps({"facts": facts}), content_type="application/json")


@pytest.fixture
def secret(browser: SignIn, wall: Clock) -> str:
    """The helper's token, to read what she owes and record visits."""
    return secret_of(make(browser("helper")))


def test_a_program_records_and_reads_what_its_token_is_for(secret: str) -> None:
    asks = program(secret)
    sent = post(asks, visit("by program"), visit("not this", kind="village_day", values={}))
    assert [one["state"] for one in sent.json()["facts"]] == ["stored", "refused"]
    assert sent.json()["facts"][1]["problems"][0]["code"] == "out_of_scope"
    fact = Fact.objects.get(uid=uid("by program"))
    assert fact.recorder == Subject.objects.get(uid=uid("helper"))
    owed = asks.get("/api/obligations")
    assert owed.status_code == 200
    assert owed.json()["obligations"]
    kinds = asks.get("/api/kinds").json()["kinds"]
    assert [one["id"] for one in kinds] == ["household_visit"]
    assert asks.get("/api/openapi.json").status_code == 200


def test_a_token_opens_no_page_and_nothing_it_was_not_made_for(
    browser: SignIn, wall: Clock
) -> None:
    reads = program(secret_of(make(browser("helper"), scope=["read:obligations"])))
    refused = post(reads, visit("no"))
    assert (refused.status_code, refused.json()["code"]) == (403, "out_of_scope")
    assert reads.get("/api/obligations").status_code == 200
    assert reads.get("/api/kinds").json() == {"kinds": []}
    records = program(secret_of(make(browser("helper"), scope=["record:household_visit"])))
    assert records.get("/api/obligations").status_code == 403
    for page in ("today", "account", "tokens"):
        assert records.get(reverse(page)).status_code == 303
    assert records.get("/api/figures").status_code == 403


def test_only_what_ones_posts_open_can_be_ticked(browser: SignIn, wall: Clock) -> None:
    helper = browser("helper")
    page = text(helper.get(reverse("tokens")))
    assert "入户" in page
    for wrong in (["read:figures"], ["record:registry.person"], [], ["record:*"]):
        refused = make(helper, scope=wrong)
        assert refused.status_code == 422
    for day in ("2026-03-01", "2027-03-04", "soon", ""):
        assert make(helper, last_day=day).status_code == 422
    for title in ("", " ", "a" * 61, "a\nb"):
        assert make(helper, title=title).status_code == 422
    assert make(helper, password="wrong").status_code == 422
    assert not ApiToken.objects.exists()
    for _ in range(tokens.MOST_OPEN):
        assert make(helper).status_code == 200
    assert make(helper).status_code == 422
    assert ApiToken.objects.count() == tokens.MOST_OPEN


def test_the_password_is_asked_and_guessing_it_is_slowed_down(browser: SignIn, wall: Clock) -> None:
    helper = browser("helper")
    for _ in range(5):
        assert make(helper, password="wrong").status_code == 422
    assert make(helper).status_code == 422
    wall.pass_by(minutes=16)
    assert make(helper).status_code == 200


def test_the_secret_is_shown_once_and_kept_nowhere(
    secret: str, browser: SignIn, caplog: pytest.LogCaptureFixture, settings: Settings
) -> None:
    row = ApiToken.objects.get()
    assert secret not in str(vars(row))
    assert secret not in browser("helper").get(reverse("tokens")).content.decode()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            assert secret not in str(cursor.fetchall())
    shown = make(browser("helper"))
    assert shown["Cache-Control"] == "no-store"
    with caplog.at_level(logging.DEBUG):
        program(secret).get("/api/obligations")
        program(secret + "x").get("/api/obligations")
        program(secret).get("/api/nothing")
        post(program(secret), 1)
    assert secret not in caplog.text
    assert "a token was refused: token_unknown" in caplog.text


def test_another_password_ends_it(secret: str, browser: SignIn) -> None:
    account = Account.objects.get(username="helper")
    accounts.change_password(account, old=PASSWORD, new="another-bridge-42", now=NOW)
    answer = program(secret).get("/api/obligations")
    assert (answer.status_code, answer.json()["code"]) == (401, "token_ended")
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert "密码或账号已变" in text(browser("helper").get(reverse("tokens")))


def test_it_ends_after_its_last_day(secret: str, wall: Clock) -> None:
    wall.now = wall.now.replace(year=2026, month=4, day=30, hour=23)
    assert program(secret).get("/api/obligations").status_code == 200
    wall.pass_by(hours=1)
    assert program(secret).get("/api/obligations").json()["code"] == "token_ended"


def test_its_owner_ends_it_and_nobody_elses(secret: str, browser: SignIn) -> None:
    other = {"action": "end", "token": "helper.1"}
    assert browser("outsider").post(reverse("tokens"), other).status_code == 422
    absent = browser("outsider").post(reverse("tokens"), {**other, "token": "helper.999"})
    assert absent.status_code == 422
    for odd in ("x", "helper." + "9" * 30, "helper.-1", "helper.²", "a\0.1"):
        assert browser("helper").post(reverse("tokens"), {**other, "token": odd}).status_code == 422
    assert program(secret).get("/api/obligations").status_code == 200
    assert browser("helper").post(reverse("tokens"), other).status_code == 302
    assert program(secret).get("/api/obligations").json()["code"] == "token_ended"
    assert list(AccountEvent.objects.filter(what__startswith="token").values_list("what")) == [
        ("token_made",), ("token_ended",),
    ]  # fmt: skip


def test_the_security_administrator_sees_all_and_revokes(
    secret: str, browser: SignIn, admins: Cast
) -> None:
    address = reverse("all-tokens")
    security = browser("security", language="en")
    page = security.get(address).content.decode()
    assert "云淑兰" in page
    assert "乡里的汇总程序" in page
    assert secret not in page
    number = {"token": "helper.1"}
    auditor = browser("auditor")
    assert "乡里的汇总程序" in text(auditor.get(address))
    assert auditor.post(address, number).status_code == 422
    assert browser("system").get(address).status_code == 403
    assert browser("helper").get(address).status_code == 403
    assert program(secret).get("/api/obligations").status_code == 200
    assert security.post(address, number).status_code == 302
    assert program(secret).get("/api/obligations").json()["code"] == "token_ended"
    assert AccountEvent.objects.filter(what="token_revoked", by__username="security").exists()


def test_what_may_still_open_something_comes_first_and_all_can_be_reached(
    secret: str, browser: SignIn, admins: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "A_PAGE", 1)
    helper = browser("helper")
    make(helper, title="停了的")
    helper.post(reverse("tokens"), {"action": "end", "token": "helper.2"})
    security, address = browser("security"), reverse("all-tokens")
    first, rest = (text(security.get(address + query)) for query in ("", "?from=1"))
    assert "乡里的汇总程序" in first
    assert "停了的" not in first
    assert "?from=1" in security.get(address).content.decode()
    assert "停了的" in rest
    assert "?from=2" not in security.get(f"{address}?from=1").content.decode()
    for odd in ("?from=-1", "?from=x", "?from=999999999999999999999"):
        assert security.get(address + odd).status_code in {200, 400, 404}


def test_an_ended_post_or_a_closed_account_shuts_it_at_once(
    secret: str, cast: Cast, browser: SignIn
) -> None:
    asks, by = program(secret), cast.policy("registrar")
    ends = [
        cast.draft("registry.assignment_end", subject=subject, by="registrar", on=TODAY,
                   values={"assignment": uid(line)})
        for line, subject in (("helps", "household"), ("helps too", "second household"))
    ]  # fmt: skip
    assert asks.get("/api/obligations").status_code == 200
    actions.record(ends, by=by, now=NOW)
    refused = asks.get("/api/obligations")
    assert (refused.status_code, refused.json()["code"]) == (403, "no_right")
    assert post(asks, visit("late")).status_code == 403
    accounts.close_accounts([uid("helper")], by=by, now=NOW)
    assert asks.get("/api/obligations").json()["code"] == "token_ended"


EDITS = {
    "more scope": 'scope = \'["read:figures", "read:obligations"]\'',
    "a later day": "last_day = '2030-01-01'",
    "another account": "account_id = (SELECT MAX(id) FROM records_account)",
    "another title": "title = 'x'",
    "no seal": "seal = ''",
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_row_changed_behind_our_back_opens_nothing_and_is_named(
    edit: str, secret: str, browser: SignIn
) -> None:
    browser("registrar")
    assert queries.verify().ok
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE records_apitoken SET {EDITS[edit]}")
    assert program(secret).get("/api/obligations").json()["code"] == "token_ended"
    found = queries.verify().broken
    assert found
    assert (found.what, "令牌" in found.text.zh) == ("token", True)
    # Ending it does not cover the edit up.
    row = ApiToken.objects.get()
    owner = Account.objects.get(pk=row.account_id)
    by = policy_for(owner, as_of=TODAY)
    tokens.end_tokens([f"{owner.username}.1"], by=by, now=NOW)
    assert not queries.verify().ok


def test_one_that_was_ended_is_not_opened_again_by_an_edit(secret: str, cast: Cast) -> None:
    tokens.end_tokens(["helper.1"], by=cast.policy("helper"), now=NOW)
    assert queries.verify().ok
    ApiToken.objects.update(ended_at=None)
    assert program(secret).get("/api/obligations").status_code == 401
    assert not queries.verify().ok


def test_wrong_tokens_make_their_sender_wait_and_shut_out_nobody_else(
    secret: str, browser: SignIn, wall: Clock
) -> None:
    wrong = program("bangfu_" + "x" * 43)
    codes = [wrong.get("/api/kinds").status_code for _ in range(32)]
    assert codes == [401] * 30 + [429] * 2
    waiting = wrong.get("/api/kinds")
    assert int(waiting["Retry-After"]) >= 1
    assert waiting.json()["code"] == "too_many"
    assert program(secret).get("/api/kinds").status_code == 200
    entered = Client().post(reverse("sign-in"), {"username": "helper", "password": PASSWORD})
    assert entered.status_code == 302
    wall.pass_by(hours=2)
    assert wrong.get("/api/kinds").status_code == 401


@pytest.mark.parametrize("odd", ["", "x", "bangfu_", "bangfu_" + "é" * 43, "bangfu_" + "x" * 5000])
def test_a_token_that_is_none_is_refused_even_with_a_sign_in(odd: str, browser: SignIn) -> None:
    answer = browser("helper").get("/api/kinds", headers={"Authorization": f"Bearer {odd}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "token_unknown")


def test_a_sign_in_still_needs_the_mark_against_forged_requests(browser: SignIn) -> None:
    helper = browser("helper")
    helper.handler.enforce_csrf_checks = True
    answer = post(helper, visit("forged"))
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
    other = helper.post(
        "/api/facts", json.dumps({"facts": [visit("forged")]}), content_type="application/json",
        headers={"Authorization": "Basic aGVscGVyOng="},
    )  # fmt: skip
    assert other.status_code == 403


def test_an_office_needs_its_second_step_for_its_tokens_too(
    browser: SignIn, wall: Clock, settings: Settings
) -> None:
    asks = program(secret_of(make(browser("registrar"), scope=["read:figures"])))
    assert asks.get("/api/figures").status_code == 200
    settings.BANGFU_SECOND_FACTOR = "offices"
    refused = asks.get("/api/figures")
    assert (refused.status_code, refused.json()["code"]) == (403, "sign_in_first")


def test_the_description_names_both_ways_in(browser: SignIn) -> None:
    said = browser("helper").get("/api/openapi.json").json()
    schemes = said["components"]["securitySchemes"]
    assert {one.get("scheme") or one["in"] for one in schemes.values()} == {"bearer", "cookie"}
    operations = [one for path in said["paths"].values() for one in path.values()]
    assert all(len(one["security"]) == 2 for one in operations)


def test_the_days_are_those_of_the_wall_clock(browser: SignIn, wall: Clock) -> None:
    wall.now = wall.now.replace(hour=23, minute=30)
    day = wall.now.date()
    assert day > date(2026, 3, 1)
    assert make(browser("helper"), last_day=day.isoformat()).status_code == 200
    early = (day - timedelta(days=1)).isoformat()
    assert make(browser("helper"), last_day=early).status_code == 422
