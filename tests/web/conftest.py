"""The cast's county under the county's own handbook, and a browser for each of its people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from bangfu.records import actions
from bangfu.records.access import founder
from bangfu.records.models import Account
from bangfu.web import clock
from tests.cast import NOW, Cast, founding, post, settle, uid

PASSWORD = "stone-bridge-42"
SignIn = Callable[..., Client]


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    """The data folder of one test; no wrong password is remembered from the one before."""
    settings.BANGFU_DATA = tmp_path
    settings.BANGFU_MASTER_KEY_FILE = tmp_path / "keys" / "master.key"
    settings.BANGFU_OUTSIDE = tmp_path / "outside"
    settings.STATIC_ROOT = tmp_path
    settings.BANGFU_SECOND_FACTOR = "off"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    return tmp_path


@pytest.fixture
def cast(db: None) -> Cast:
    """The county with its people."""
    return settle()


@pytest.fixture
def browser(cast: Cast) -> SignIn:
    """A browser in which that person of the cast has signed in."""

    def sign_in(name: str, language: str = "zh-hans") -> Client:
        account = Account.objects.filter(username=name).first() or actions.open_account(
            username=name, person_uid=uid(name), password=PASSWORD
        )
        client = Client(headers={"accept-language": language})
        client.force_login(account)
        return client

    return sign_in


class Clock:
    """The wall clock of a test, put forward by hand."""

    def __init__(self) -> None:
        self.now = datetime.fromisoformat("2026-03-02T08:00:00+08:00")

    def pass_by(self, **time: int) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """A clock that only goes when the test says so."""
    found = Clock()
    monkeypatch.setattr(clock, "now", lambda: found.now)
    return found  # type: ignore[return-value]


@pytest.fixture
def admins(cast: Cast) -> Cast:
    """The cast with the administrators of the system and of its safety."""
    drafts = [
        founding("person", "system", name="司用之", unit=uid("bureau")),
        founding("person", "security", name="安守之", unit=uid("bureau")),
        post("keeps accounts", "system_admin", "system", "county"),
        post("keeps them safe", "security_admin", "security", "county"),
    ]
    by = founder(cast.policy("registrar").as_of)
    actions.record(drafts, by=by, now=NOW + timedelta(hours=1))
    return cast
