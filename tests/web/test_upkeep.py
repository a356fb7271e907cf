"""The system administrator's page says when the last good backup and restore were."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse

from bangfu.exchange import journal
from bangfu.exchange.doctor.findings import moment
from bangfu.web import clock
from tests.cast import Cast
from tests.web.conftest import SignIn
from tests.web.reading import text

PAGE = "/upkeep"


def test_it_says_when_the_last_good_ones_were(admins: Cast, browser: SignIn, folder: Path) -> None:
    at = (clock.now() - timedelta(hours=3)).isoformat()
    journal.note(folder, journal.Done("backup", at, 41, 1.0, good=True))
    journal.note(folder, journal.Done("drill", at, 40, 1.0, good=True))
    page = text(browser("system").get(PAGE))
    if connection.vendor == "sqlite":
        assert page.count(moment(datetime.fromisoformat(at))) == 2
    else:  # whose backups this program does not see
        assert "用 pg_dump 每天备份" in page
    english = text(browser("system", "en").get(PAGE))
    assert "What to do: Run `bangfu checkpoint`" in english


def test_only_the_administrator_of_the_system_opens_it(admins: Cast, browser: SignIn) -> None:
    for other in ("security", "registrar", "auditor", "helper"):
        assert browser(other).get(PAGE).status_code == 403
    assert reverse("upkeep") == PAGE


@pytest.mark.parametrize("name", ["system"])
def test_it_stands_in_his_navigation(name: str, admins: Cast, browser: SignIn) -> None:
    assert f'href="{PAGE}"' in browser(name).get("/account").content.decode()
