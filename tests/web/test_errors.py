"""What goes wrong is said plainly, in the reader's language, and nothing is stored."""

from __future__ import annotations

from types import ModuleType

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django import Settings

from bangfu.core.text import Refused
from bangfu.web import urls
from bangfu.web.audience import ANYONE, audience
from tests.cast import Cast
from tests.web.conftest import SignIn
from tests.web.reading import text


@audience(ANYONE)
def busy(request: HttpRequest) -> HttpResponse:
    raise OperationalError("database is locked")


@audience(ANYONE)
def behind(request: HttpRequest) -> HttpResponse:
    raise OperationalError("no such column: records_account.large")


@audience(ANYONE)
def declined(request: HttpRequest) -> HttpResponse:
    raise Refused("odd", "这样不行", "That will not do")


@audience(ANYONE)
def broken(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


@pytest.fixture(autouse=True)
def routes(settings: Settings) -> None:
    module = ModuleType("routes")
    names = [name for name in vars(urls) if name.startswith("handler")]
    vars(module).update({name: getattr(urls, name) for name in names})
    vars(module)["urlpatterns"] = [
        path("busy", busy), path("behind", behind), path("declined", declined),
        path("broken", broken), *urls.urlpatterns,
    ]  # fmt: skip
    settings.ROOT_URLCONF = module


def test_a_busy_database_asks_for_patience(cast: Cast) -> None:
    response = Client().get("/busy")
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert "系统正忙" in text(response)
    assert "please wait" in text(response)
    assert Client(raise_request_exception=False).get("/behind").status_code == 500


def test_what_is_declined_says_why(cast: Cast) -> None:
    chinese, english = (Client(headers={"accept-language": code}) for code in ("zh-CN", "en"))
    assert "这样不行" in text(chinese.get("/declined"))
    assert "That will not do" in text(english.get("/declined"))
    assert chinese.get("/declined").status_code == 400


def test_a_fault_of_ours_admits_it_in_both_languages_and_tells_nothing_more(cast: Cast) -> None:
    client = Client(raise_request_exception=False)
    response = client.get("/broken")
    assert response.status_code == 500
    assert "系统出错了" in text(response)
    assert "Something broke" in text(response)
    assert "ZeroDivisionError" not in response.content.decode()


def test_not_found_and_not_yours_are_said_in_the_readers_language(browser: SignIn) -> None:
    assert "没有找到" in browser("helper").get("/nowhere").content.decode()
    assert "There is nothing here for you" in text(browser("helper", "en").get("/nowhere"))
    assert "不在您的岗位范围内" in text(browser("helper").get("/county"))
    assert "not part of your posts" in text(browser("helper", "en").get("/county"))


def test_a_form_from_an_expired_page_is_told_to_be_sent_again(cast: Cast) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/language", {"language": "en"})
    assert response.status_code == 403
    assert "已失效" in text(response)
