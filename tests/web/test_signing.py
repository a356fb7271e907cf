"""Signing in and out, language, and size of letters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from bangfu.records import actions, tries
from bangfu.records.models import AccountEvent
from tests.cast import Cast, uid
from tests.web.conftest import PASSWORD, SignIn
from tests.web.reading import text

NOW = datetime(2017, 7, 31, 8, 0, tzinfo=UTC)


def an_account() -> None:
    actions.open_account(username="shulan", person_uid=uid("helper"), password=PASSWORD)


def sign_in(client: Client, password: str, **more: str) -> object:
    return client.post("/sign-in", {"username": "shulan", "password": password, **more})


def test_who_signs_in_comes_to_the_first_page_of_her_post(cast: Cast) -> None:
    an_account()
    client = Client()
    client.post("/sign-in", {"username": "shulan", "password": PASSWORD})
    response = client.get("/", follow=True)
    assert response.redirect_chain[-1][0] == "/today"
    assert "今日应办" in text(response)


def test_a_wrong_password_says_no_more_than_that(cast: Cast) -> None:
    an_account()
    wrong = Client().post("/sign-in", {"username": "shulan", "password": "x"})
    nobody = Client().post("/sign-in", {"username": "nobody", "password": "x"})
    assert wrong.status_code == nobody.status_code == 401
    assert "用户名或密码不对" in text(wrong)
    assert text(wrong) == text(nobody)


def test_guessing_is_slowed_down_for_that_name_only(cast: Cast) -> None:
    an_account()
    client = Client()
    for _ in range(tries.of_account("shulan").free):
        sign_in(client, "guess")
    assert getattr(sign_in(client, PASSWORD), "status_code", 0) == 429
    other = client.post("/sign-in", {"username": "other", "password": "guess"})
    assert other.status_code == 401


def test_the_wait_doubles_up_to_a_quarter_of_an_hour(cast: Cast) -> None:
    counter, now, waits = (tries.of_account("name"),), NOW, []
    for _ in range(20):
        assert tries.begin(counter, now=now) == 0
        waits.append(tries.closed("name", now=now) and tries.begin(counter, now=now))
        now += timedelta(seconds=waits[-1])
    assert waits[:7] == [0, 0, 0, 1, 2, 4, 8]
    assert waits[-1] == 900
    tries.right(counter)
    assert not tries.closed("name", now=now)


def test_an_address_is_slowed_down_later_and_one_right_password_does_not_free_it(
    cast: Cast,
) -> None:
    address = tries.of_address("10.0.0.1")
    for number in range(address.free):
        assert tries.begin((tries.of_account(f"name {number}"), address), now=NOW) == 0
    assert tries.begin((tries.of_account("another name"), address), now=NOW) == 1
    tries.right((address,))
    for _ in range(2):
        tries.begin((address,), now=NOW)
    assert tries.begin((address,), now=NOW) > 0
    assert tries.begin((tries.of_address("10.0.0.2"),), now=NOW) == 0


def test_after_signing_in_one_comes_back_to_where_one_was_but_never_elsewhere(cast: Cast) -> None:
    an_account()
    back = sign_in(Client(), PASSWORD, next="/month?month=2017-06")
    away = sign_in(Client(), PASSWORD, next="https://elsewhere.example/today")
    assert getattr(back, "url", "") == "/month?month=2017-06"
    assert getattr(away, "url", "") == "/"


def test_signing_out_ends_it(browser: SignIn) -> None:
    client = browser("helper")
    assert client.get("/today").status_code == 200
    client.post("/sign-out")
    assert client.get("/today").status_code == 303


def test_every_page_is_in_the_language_chosen(browser: SignIn) -> None:
    client = browser("helper")
    assert "今日应办" in text(client.get("/today"))
    client.post("/language", {"language": "en", "next": "/today"})
    page = client.get("/today")
    assert "What is owed today" in text(page)
    assert '<html lang="en"' in page.content.decode()
    client.post("/language", {"language": "zh-hans", "next": "/today"})
    assert "今日应办" in text(client.get("/today"))


def test_chinese_is_what_a_browser_gets_that_asks_for_nothing(cast: Cast) -> None:
    assert "登录" in text(Client().get("/sign-in"))
    assert "登录" in text(Client(headers={"accept-language": "zh-CN,zh;q=0.9"}).get("/sign-in"))
    assert "登录" in text(Client(headers={"accept-language": "fr"}).get("/sign-in"))


def test_larger_letters_stay_on(browser: SignIn) -> None:
    client = browser("helper")
    assert 'class="large"' not in client.get("/today").content.decode()
    client.post("/letters", {"large": "1", "next": "/today"})
    assert 'class="large"' in client.get("/month").content.decode()
    client.post("/letters", {"large": "0", "next": "/today"})
    assert 'class="large"' not in client.get("/today").content.decode()


def test_an_account_without_a_post_is_told_so_and_sees_nothing(cast: Cast, browser: SignIn) -> None:
    client = browser("head")
    assert "没有任职登记" in text(client.get("/"))
    assert client.get("/today").status_code == 403


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh-hans", "密码太短，至少要 10 个字符。"), ("en", "it needs at least 10 characters.")],
)
def test_a_short_password_is_refused_in_the_reader_s_language(
    language: str, said: str, browser: SignIn
) -> None:
    client = browser("helper", language)
    page = client.post("/account", {"old": PASSWORD, "new": "short-1", "again": "short-1"})
    assert said in text(page)


def test_the_log_says_that_wrong_passwords_shut_an_account(cast: Cast) -> None:
    an_account()
    client, free = Client(), tries.of_account("shulan").free
    for _ in range(free):
        client.post("/sign-in", {"username": "nobody", "password": "wrong"})
    for _ in range(free - 1):
        sign_in(client, "wrong")
    assert not AccountEvent.objects.filter(what="shut_out")
    sign_in(client, "wrong")
    assert AccountEvent.objects.get(what="shut_out").account.username == "shulan"
