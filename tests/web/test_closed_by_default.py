"""Every address: who may open it, what a stranger gets, and what its headers forbid."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import ModuleType

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, path, reverse
from pytest_django import Settings

from bangfu.records import actions
from bangfu.web.audience import ANYONE, declared
from bangfu.web.urls import urlpatterns
from tests.cast import NOW, Cast, uid
from tests.web.conftest import SignIn

ARGUMENTS: dict[str, tuple[str, ...]] = {
    "record-kind": ("household_visit",),
    "find": ("household_visit",),
    "trace": ("figure:visits",),
    "fact": (uid("nothing"),),
    "correct": (uid("nothing"),),
    "void": (uid("nothing"),),
    "reveal": (uid("nothing"), "phone"),
    "branch": (uid("nothing"),),
    "reached": ("class_coverage",),
    "reached-export": ("class_coverage",),
    "notice": (uid("nothing"),),
    "case": (uid("nothing"),),
    "case-notice": (uid("nothing"),),
    "own-way": (uid("nothing"), "0" * 26),
    "household": (uid("nothing"),),
    "household-card": (uid("nothing"),),
    "household-authorisation": (uid("nothing"),),
    "doubts-of": (uid("nothing"),),
    "income": (uid("nothing"),),
    "board-wall": (uid("nothing"),),
    "pairing-plan": (uid("nothing"),),
    "pairing-match": (uid("nothing"), uid("nothing")),
    "rule": ("duty", "household_visit"),
    "desk-subject": (uid("nothing"),),
    "desk-new": ("registry.person",),
    "desk-about": (uid("nothing"), "registry.assignment"),
    "desk-correct": (uid("nothing"),),
    "desk-choose": ("registry.unit",),
    "desk-erase": (uid("nothing"),),
    "own-data": (uid("nothing"),),
    "desk-change": (uid("nothing"), "split"),
    "desk-undo": (uid("nothing"),),
    "import": (uid("nothing"),),
    "import-refused": (uid("nothing"),),
    "sheet-empty": ("household_visit",),
    "sheet-export": ("household_visit",),
}
DESK = {
    "desk", "desk-find", "desk-subject", "desk-new", "desk-about", "desk-correct", "desk-choose",
    "desk-handover", "desk-erase", "own-data", "desk-change", "desk-undo", "accounts", "sheets",
    "import", "import-refused", "sheet-empty", "sheet-export",
}  # fmt: skip
FOR_ALL = {
    "account",
    "record-kind",
    "second-factor",
    "home",
    "handbook",
    "rule",
    "feedback",
    "tray",
    "about",
    "trace",
    "fact",
    "branches",
    "branch",
    "study",
    "my-study",
    "channels",
    "notice",
    "cases",
    "case",
    "case-notice",
    "households",
    "household",
    "household-card",
    "household-slips",
    "household-authorisation",
    "board",
    "board-wall",
    "api-openapi",
    "api-facts",
    "tokens",
    "doubts",
    "doubts-of",
    "doubts-course",
    "proposed",
    "income",
}
ENTERS = {
    "record", "find", "correct", "void", "month", "month-rows", "reveal", "api-kinds",
}  # fmt: skip
OWES = {"today", "api-obligations"}
COUNTS = {"county", "figures", "steps", "api-figures"}
PLANS = {"pairing", "pairing-plan", "pairing-match"}
LEADS = {
    "township",
    "duty-rows",
    "industry",
    "staffing",
    "coverage",
    "reached",
    "reached-export",
    "study-hours",
    "export",
}
MAY_OPEN: dict[str, set[str]] = {
    "helper": FOR_ALL | ENTERS | OWES,
    "secretary": FOR_ALL | ENTERS | OWES,
    "officer": FOR_ALL | ENTERS | LEADS | DESK | OWES,
    "registrar": FOR_ALL | ENTERS | LEADS | DESK | COUNTS | PLANS,
    "auditor": FOR_ALL
    | LEADS
    | COUNTS
    | {"accounts", "account-log", "all-tokens", "audit", "amended"},
}
OF_NOBODY = {"sign-in", "code", "sign-out", "language", "letters", "own-way"}


def address(pattern: URLPattern) -> str:
    assert pattern.name
    return reverse(pattern.name, args=ARGUMENTS.get(pattern.name, ()))


def test_every_view_declares_its_audience() -> None:
    silent = [pattern.name for pattern in urlpatterns if declared(pattern.callback) is None]
    assert not silent


def test_a_view_that_declares_none_is_refused_to_everybody(
    browser: SignIn, settings: Settings
) -> None:
    def open_to_all(request: HttpRequest) -> HttpResponse:
        return HttpResponse("secret")

    routes = ModuleType("routes")
    vars(routes)["urlpatterns"] = [path("bare", open_to_all), *urlpatterns]
    client = browser("registrar")
    settings.ROOT_URLCONF = routes
    assert client.get("/bare").status_code == 403
    assert Client().get("/bare").status_code == 303


@pytest.mark.parametrize("pattern", urlpatterns, ids=lambda pattern: str(pattern.name))
def test_nobody_gets_in_without_signing_in(pattern: URLPattern, cast: Cast) -> None:
    if declared(pattern.callback) == ANYONE:
        return
    response = Client().get(address(pattern))
    if address(pattern).startswith("/api/"):
        assert response.status_code == Client().post(address(pattern)).status_code == 401
        assert response.json()["code"] == "not_signed_in"
        return
    assert response.status_code == 303
    assert response["Location"].startswith(reverse("sign-in") + "?next=")
    assert Client().post(address(pattern)).status_code == 303


@pytest.mark.parametrize("who", MAY_OPEN)
def test_each_post_opens_its_own_pages_only(who: str, browser: SignIn) -> None:
    client = browser(who)
    opened = set()
    for pattern in urlpatterns:
        if pattern.name in OF_NOBODY:
            continue
        response = client.get(address(pattern))
        assert response.status_code in (200, 302, 403, 404, 405), pattern.name
        if response.status_code != 403:
            opened.add(pattern.name)
    assert opened == MAY_OPEN[who]


@pytest.mark.parametrize("who", ["outsider", "west officer"])
def test_foreign_and_absent_look_alike(who: str, cast: Cast, browser: SignIn) -> None:
    fact = actions.record([cast.draft()], by=cast.policy("helper"), now=NOW)[0]
    client = browser(who)

    def both(there: str, nowhere: str) -> None:
        foreign, absent = client.get(there), client.get(nowhere)
        assert foreign.status_code == absent.status_code == 404
        assert foreign.content == absent.content

    for name in ("fact", "correct", "void"):
        both(reverse(name, args=[fact.uid]), reverse(name, args=[uid("no such fact")]))
    target = "obligation:household_visit:{}:2017-07-01"
    both(
        reverse("trace", args=[target.format(uid("household"))]),
        reverse("trace", args=[target.format(uid("no such household"))]),
    )
    if who == "west officer":
        for name in ("village", "person", "town"):
            there = {"village": "stone bridge", "person": "helper", "town": "east"}[name]
            both(f"{reverse('township')}?{name}={uid(there)}",
                 f"{reverse('township')}?{name}={uid('nowhere')}")  # fmt: skip


def test_a_form_about_a_foreign_household_does_not_name_it(browser: SignIn) -> None:
    form = reverse("record-kind", args=["household_visit"])
    foreign = browser("outsider").get(f"{form}?subject={uid('household')}")
    assert "谷大有" not in foreign.content.decode()
    found = browser("outsider").get(reverse("find", args=["household_visit"]),
                                    {"for": "subject", "q": "谷"})  # fmt: skip
    assert "谷大有" not in found.content.decode()


def test_the_form_refuses_a_foreign_household_as_it_refuses_an_absent_one(browser: SignIn) -> None:
    client = browser("outsider")

    def send(subject: str) -> str:
        return client.post(
            reverse("record-kind", args=["household_visit"]),
            {"uid": uid("one form"), "occurred_on": "2017-07-20", "subject": uid(subject),
             "v.mode": "door"},
        ).content.decode()  # fmt: skip

    def said(page: str) -> list[str]:
        return re.findall(r'class="wrong"[^>]*>([^<]+)', page)

    assert said(send("household")) == said(send("nowhere")) != []


INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=|javascript:", re.IGNORECASE)


@pytest.mark.parametrize("who", MAY_OPEN)
def test_pages_are_not_kept_and_bring_nothing_inline_or_from_elsewhere(
    who: str, browser: SignIn
) -> None:
    client = browser(who)
    for pattern in urlpatterns:
        if pattern.name in OF_NOBODY:
            continue
        response = client.get(address(pattern))
        assert response["Cache-Control"] == "no-store", pattern.name
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        page = response.content.decode(errors="replace")  # of a workbook, nothing to read
        assert not INLINE.search(page), pattern.name
        assert not re.search(r'(?:src|action)="(?:https?:)?//', page), pattern.name


def test_no_number_of_the_registry_or_the_ledger_stands_in_an_address(
    cast: Cast, browser: SignIn
) -> None:
    actions.record([cast.draft()], by=cast.policy("helper"), now=NOW)
    read: Callable[[str, str], str] = lambda who, page: browser(who).get(page).content.decode()  # noqa: E731
    for who, page in (
        ("helper", "/today"),
        ("officer", "/township"),
        ("officer", "/township/rows"),
    ):
        for target in re.findall(r'href="/trace/obligation:([^"?]+)', read(who, page)):
            assert re.fullmatch(r"\w+:[0-9a-f-]{36}:[\d-]{10}(:[0-9a-f-]{36})?", target)
