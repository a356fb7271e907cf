"""Accounts for real people: passwords, locks, the second factor, and three administrators."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from bangfu.core.facts import Draft
from bangfu.core.text import Refused
from bangfu.records import accounts, actions, queries, second_factor
from bangfu.records.access import FOUNDER, founder
from bangfu.records.models import Account, AccountEvent
from tests.cast import BEGIN, NOW, TODAY, Cast, uid
from tests.web.conftest import PASSWORD, Clock, SignIn
from tests.web.reading import text

NEW = "another-bridge-42"


def signs_in(name: str, password: str = PASSWORD, **more: str) -> tuple[Client, HttpResponse]:
    client = Client()
    sent = {"username": name, "password": password, **more}
    return client, client.post("/sign-in", sent)  # type: ignore[return-value]


def opened(name: str) -> Account:
    return actions.open_account(username=name, person_uid=uid(name), password=PASSWORD)


def code(account: Account, at: datetime, ahead: int = 0) -> str:
    account.refresh_from_db()
    step = int(at.timestamp()) // second_factor.STEP_SECONDS + ahead
    return second_factor.code_at(second_factor._key(account), step)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_the_codes_are_those_of_rfc_6238(seconds: int, expected: str) -> None:
    assert second_factor.code_at(b"12345678901234567890", seconds // 30) == expected


# ---- passwords ------------------------------------------------------------------------------


def test_a_township_officer_resets_a_helpers_password_which_must_then_be_changed(
    browser: SignIn,
) -> None:
    opened("helper")
    page = browser("officer").post(
        "/desk/accounts", {"person": uid("helper"), "action": "reset", "state": "open"}
    )
    found = re.search(r"[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}", text(page))
    assert found
    assert signs_in("helper")[1].status_code == 401
    client, _ = signs_in("helper", found[0])
    assert client.get("/today", follow=True).redirect_chain[-1][0] == "/account"
    client.post("/account", {"old": found[0], "new": NEW, "again": NEW})
    assert client.get("/today").status_code == 200
    again, _ = signs_in("helper", NEW)
    assert again.get("/today").status_code == 200


@pytest.mark.parametrize("whose", ["outsider", "registrar", "west officer", "secretary of town"])
def test_he_resets_nobody_who_sees_more_than_he_does(
    whose: str, cast: Cast, browser: SignIn
) -> None:
    if whose == "secretary of town":
        by = cast.policy("registrar")
        actions.record(
            [Draft(uid("leads east"), "registry.assignment", BEGIN, uid("east"), uid("registrar"),
                   {"role": "township_secretary"}, (("holder", uid("secretary")),))],
            by=by, now=NOW + timedelta(hours=1),
        )  # fmt: skip
        whose = "secretary"
    account = opened(whose)
    sent = {"person": uid(whose), "action": "reset", "state": "open"}
    page = browser("officer").post("/desk/accounts", sent)
    assert page.status_code == 422
    absent = browser("officer").post("/desk/accounts", {**sent, "person": uid("nobody")})
    said = re.findall(r'role="alert">(.*?)</div>', page.content.decode())
    assert said == re.findall(r'role="alert">(.*?)</div>', absent.content.decode()) != []
    account.refresh_from_db()
    assert account.check_password(PASSWORD)


def test_a_reset_ends_where_the_account_was_signed_in(cast: Cast, browser: SignIn) -> None:
    client = browser("helper")
    assert client.get("/today").status_code == 200
    accounts.reset_passwords([uid("helper")], by=cast.policy("officer"), now=NOW)
    assert client.get("/today").status_code == 303


def test_one_changes_ones_own_password_only_knowing_the_old_one(browser: SignIn) -> None:
    client = browser("helper")
    wrong = client.post("/account", {"old": "guess", "new": NEW, "again": NEW})
    assert "原密码不对" in text(wrong)
    short = client.post("/account", {"old": PASSWORD, "new": "short", "again": "short"})
    assert short.status_code == 422
    other = client.post("/account", {"old": PASSWORD, "new": NEW, "again": NEW + "x"})
    assert "两次输入的不一样" in text(other)
    assert client.post("/account", {"old": PASSWORD, "new": NEW, "again": NEW}).status_code == 302
    assert client.get("/today").status_code == 200, "the browser at hand stays signed in"


# ---- how long a sign-in lasts ---------------------------------------------------------------


def test_ones_own_phone_stays_signed_in_for_ninety_days_and_no_longer(
    cast: Cast, wall: Clock
) -> None:
    opened("helper")
    client, response = signs_in("helper", own="1")
    assert response.cookies["sessionid"]["max-age"] == pytest.approx(90 * 24 * 3600, abs=60)
    wall.pass_by(days=80)
    assert client.get("/today").status_code == 200


def test_on_a_shared_computer_idleness_signs_out(cast: Cast, wall: Clock) -> None:
    opened("helper")
    client, response = signs_in("helper")
    assert not response.cookies["sessionid"]["max-age"]
    wall.pass_by(minutes=20)
    assert client.get("/today").status_code == 200
    wall.pass_by(minutes=20)
    assert client.get("/today").status_code == 200
    wall.pass_by(minutes=31)
    assert client.get("/today").status_code == 303


def test_an_office_is_signed_out_when_idle_whatever_was_ticked(cast: Cast, wall: Clock) -> None:
    opened("officer")
    client, _ = signs_in("officer", own="1")
    assert client.get("/township").status_code == 200
    wall.pass_by(minutes=31)
    assert client.get("/township").status_code == 303


def test_an_ended_post_closes_its_access_the_same_minute(browser: SignIn) -> None:
    client, desk = browser("officer"), browser("registrar")
    assert client.get("/township").status_code == 200
    ended = {"uid": uid("ends"), "occurred_on": TODAY.isoformat()}
    address = f"/desk/of/{uid('east')}/registry.assignment_end?line={uid('east office')}"
    assert desk.post(address, ended).status_code == 302
    assert client.get("/township").status_code == 403
    assert "没有任职登记" in text(client.get("/"))


def test_a_closed_account_is_out_at_once(cast: Cast, browser: SignIn) -> None:
    client = browser("helper")
    accounts.close_accounts([uid("helper")], by=cast.policy("officer"), now=NOW)
    assert client.get("/today").status_code == 303
    assert signs_in("helper")[1].status_code == 401


# ---- the second factor ----------------------------------------------------------------------


def test_an_office_sets_up_the_second_factor_first_and_is_asked_for_it_then(
    cast: Cast, settings: Settings, wall: Clock
) -> None:
    settings.BANGFU_SECOND_FACTOR = "offices"
    account = opened("officer")
    client, _ = signs_in("officer")
    page = client.get("/township", follow=True)
    assert page.redirect_chain[-1][0] == "/account/second-factor"
    assert "<svg" in page.content.decode()
    assert client.post("/account/second-factor", {"code": "000000"}).status_code == 422
    done = client.post("/account/second-factor", {"code": code(account, wall.now)})
    codes = re.findall(r"[a-z0-9]{5}-[a-z0-9]{5}", text(done))
    assert len(codes) == second_factor.RECOVERY_CODES
    assert client.get("/township").status_code == 200

    again, response = signs_in("officer")
    assert response["Location"] == "/sign-in/code"
    assert again.get("/township").status_code == 303, "half signed in is not signed in"
    used = code(account, wall.now)
    assert again.post("/sign-in/code", {"code": used}).status_code == 401, "each code counts once"
    assert again.post("/sign-in/code", {"code": code(account, wall.now, 1)}).status_code == 302
    assert again.get("/township").status_code == 200

    lost, _ = signs_in("officer")
    assert lost.post("/sign-in/code", {"code": codes[0].upper()}).status_code == 302
    other, _ = signs_in("officer")
    assert other.post("/sign-in/code", {"code": codes[0]}).status_code == 401


def test_wrong_codes_are_slowed_down_too(cast: Cast, settings: Settings, wall: Clock) -> None:
    settings.BANGFU_SECOND_FACTOR = "offices"
    account = opened("officer")
    second_factor.begin(account)
    second_factor.confirm(account, code(account, wall.now), now=wall.now)
    client, _ = signs_in("officer")
    for _guess in range(4):
        client.post("/sign-in/code", {"code": "000000"})
    right = code(account, wall.now, 1)
    assert client.post("/sign-in/code", {"code": right}).status_code == 429
    wall.pass_by(seconds=2)
    assert client.post("/sign-in/code", {"code": right}).status_code == 302


def test_a_helper_is_never_asked(cast: Cast, settings: Settings) -> None:
    settings.BANGFU_SECOND_FACTOR = "offices"
    opened("helper")
    client, _ = signs_in("helper")
    assert client.get("/today").status_code == 200
    assert client.get("/account/second-factor").status_code == 404


def test_the_key_is_kept_wrapped_and_the_recovery_codes_as_digests(cast: Cast, wall: Clock) -> None:
    account = opened("officer")
    secret = second_factor.begin(account)
    codes = second_factor.confirm(account, code(account, wall.now), now=wall.now)
    account.refresh_from_db()
    kept = repr(list(Account.objects.values_list()))
    assert secret not in kept
    assert not any(one in kept for one in codes)
    assert second_factor._key(account) not in bytes(account.second_key or b"")


# ---- three administrators -------------------------------------------------------------------


def sends(browser: SignIn, who: str, action: str, **more: str) -> int:
    sent = {"person": uid("helper"), "action": action, "state": "open", **more}
    return browser(who).post("/desk/accounts", sent).status_code


def test_each_administrator_does_his_own_work_and_not_the_others(
    admins: Cast, browser: SignIn
) -> None:
    opened("helper")
    may = {
        "system": {"close", "reopen"},
        "security": {"reset", "unlock", "drop"},
        "auditor": set(),
    }
    for who, allowed in may.items():
        for action in ("reset", "unlock", "drop", "close", "reopen"):
            done = sends(browser, who, action)
            assert (done != 422) == (action in allowed), (who, action)
    for who, sees in (("system", False), ("security", True), ("auditor", True)):
        assert (browser(who).get("/desk/accounts/log").status_code == 200) == sees
    page = browser("auditor").get("/desk/accounts/log")
    assert "停用" in text(page)
    assert "解锁" in text(page)


@pytest.mark.parametrize("who", ["system", "security"])
def test_administrators_of_the_system_see_nobodys_facts(
    who: str, admins: Cast, browser: SignIn
) -> None:
    fact = actions.record([admins.draft()], by=admins.policy("helper"), now=NOW + timedelta(days=1))
    client = browser(who)
    for page in ("/county", "/township", "/figures", "/desk", "/record", f"/fact/{fact[0].uid}",
                 f"/desk/of/{uid('household')}"):  # fmt: skip
        assert client.get(page).status_code == 403, page
    assert "谷大有" not in client.get("/desk/accounts?state=none").content.decode()


def test_nobody_opens_closes_or_resets_his_own(admins: Cast) -> None:
    opened("security")
    opened("system")
    with pytest.raises(Refused, match="own password"):
        accounts.reset_passwords([uid("security")], by=admins.policy("security"), now=NOW)
    with pytest.raises(Refused, match="own account"):
        accounts.close_accounts([uid("system")], by=admins.policy("system"), now=NOW)


@pytest.mark.parametrize("role", ["system_admin", "auditor"])
def test_whoever_holds_two_of_these_posts_has_the_rights_of_neither(
    role: str, admins: Cast
) -> None:
    both = Draft(
        uid("both"), "registry.assignment", BEGIN, uid("county"), uid("registrar"),
        {"role": role}, (("holder", uid("security")),),
    )  # fmt: skip
    assert queries.account_rights(admins.policy("security")).resets
    with pytest.raises(Refused, match="三员分设"):
        actions.record([both], by=admins.policy("registrar"), now=NOW + timedelta(hours=2))
    with queries.use_handbook(replace(queries.handbook(), separations={})):
        as_founder = replace(both, performed_by=FOUNDER)
        by = founder(admins.policy("registrar").as_of)
        actions.record([as_founder], by=by, now=NOW + timedelta(hours=2))
        assert queries.account_rights(admins.policy("security")).resets
    # A post from before the rule stays until it is ended, and gives nothing meanwhile.
    assert queries.account_rights(admins.policy("security")) == queries.Rights()


def test_who_enters_posts_cannot_make_himself_an_administrator(admins: Cast) -> None:
    himself = Draft(
        uid("himself"), "registry.assignment", BEGIN, uid("county"), uid("registrar"),
        {"role": "security_admin"}, (("holder", uid("registrar")),),
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        actions.record([himself], by=admins.policy("registrar"), now=NOW + timedelta(hours=2))
    assert refused.value.code == "posts_apart"
    assert "“安全管理员”和“登记员”不能由同一人担任" in refused.value.text.zh
    assert "“Security administrator” and “Registrar” cannot be held" in refused.value.text.en
    rights = queries.account_rights(admins.policy("registrar"))
    assert not (rights.resets or rights.unlocks or rights.log)


@pytest.mark.parametrize("role", ["system_admin", "security_admin", "auditor"])
def test_who_enters_posts_makes_nobody_an_administrator(
    role: str, admins: Cast, browser: SignIn
) -> None:
    given = Draft(
        uid("new one"), "registry.assignment", BEGIN, uid("county"), uid("registrar"),
        {"role": role}, (("holder", uid("outsider")),),
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        actions.record([given], by=admins.policy("registrar"), now=NOW + timedelta(hours=2))
    assert refused.value.code in {"administrators_post", "posts_apart"}
    if role == "system_admin":
        assert refused.value.code == "administrators_post"
    page = browser("registrar").get(f"/desk/of/{uid('county')}/registry.assignment")
    assert 'value="organisation_officer"' in page.content.decode(), page.content.decode()[-900:]
    assert f'value="{role}"' not in page.content.decode()


def test_there_is_no_superuser_and_no_page_for_one(admins: Cast) -> None:
    assert not hasattr(Account, "is_superuser")
    assert not hasattr(Account, "is_staff")
    assert Client().get("/admin/").status_code in (303, 404)


# ---- in bulk --------------------------------------------------------------------------------


def test_accounts_are_opened_for_all_who_are_ticked(cast: Cast, browser: SignIn) -> None:
    client = browser("registrar")
    wanted = {f"name.{uid('helper')}": "shulan", f"name.{uid('outsider')}": "wanli"}
    page = client.post(
        "/desk/accounts",
        {"person": [uid("helper"), uid("outsider")], "action": "open", "state": "none", **wanted},
    )
    assert len(re.findall(r"[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}", text(page))) == 2
    assert Account.objects.get(username="wanli").must_change
    again = client.post(
        "/desk/accounts",
        {"person": uid("secretary"), "action": "open", "state": "none",
         f"name.{uid('secretary')}": "wanli"},
    )  # fmt: skip
    assert "已有人用" in again.content.decode()


def test_accounts_whose_posts_ended_are_proposed_for_closing(cast: Cast, browser: SignIn) -> None:
    opened("outsider")
    by = cast.policy("registrar")
    ends = Draft(
        uid("west ends"), "registry.assignment_end", date(2017, 7, 1), uid("west household"),
        uid("registrar"), {"assignment": uid("west helps")},
    )  # fmt: skip
    actions.record([ends], by=by, now=NOW + timedelta(hours=1))
    page = browser("registrar").get("/desk/accounts")
    assert "佘万里" in text(page), "what ended stands first"
    assert "checked" in page.content.decode()
    assert queries.counts(cast.policy("officer"))["ended"] == 0, "not in another township"
    browser("west officer").post("/desk/accounts", {"person": uid("outsider"), "action": "close"})
    assert not Account.objects.get(username="outsider").is_active
    assert AccountEvent.objects.filter(what="closed", by__username="west officer").exists()


def test_a_lock_is_lifted_by_whoever_may(admins: Cast, browser: SignIn) -> None:
    opened("helper")
    for _guess in range(5):
        signs_in("helper", "guess")
    assert signs_in("helper")[1].status_code == 429
    assert "已锁" in text(browser("security").get("/desk/accounts?state=open"))
    sends(browser, "security", "unlock")
    assert signs_in("helper")[1].status_code == 302
