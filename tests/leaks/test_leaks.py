"""Every planted leak is stopped by its guard, and leaks where that guard is switched off."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, connection, transaction
from django.test import override_settings

from bangfu.core.facts import Draft
from bangfu.records import actions, names, referring, tokens
from bangfu.records.checkpoints import checkpoint
from bangfu.records.guard import guarded
from bangfu.records.models import Account, ApiToken, Assignment, Fact, Status, Subject
from tests.cast import BEGIN, NOW, TODAY, Cast, founding, member, post, status, uid
from tests.leaks.planted import LEAKS, Planted

CANARY = ("谷大有", "金丝雀")
PLAIN = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
BY_SCOPE = {"default": {**PLAIN["default"], "KEY_FUNCTION": "bangfu.records.guard.cache_key"}}


def shown(view: Callable[[Cast], object], cast: Cast) -> str:
    """What the reader gets of it: the page, or that it is not there, or refused."""
    # No atomic block: what writes to the ledger wants to be the outermost one.
    point = transaction.savepoint()
    try:
        return f"200 {view(cast)!r}"
    except ObjectDoesNotExist:
        return "404"
    except DatabaseError as problem:
        transaction.set_rollback(False)
        transaction.savepoint_rollback(point)
        return f"500 {type(problem).__name__}"


def registry() -> object:
    """What careless writes would change."""
    return (
        sorted(Subject.objects.values_list("uid", "name")),
        sorted(Assignment.objects.values_list("role", "person", "fact")),
        sorted(Status.objects.values_list("subject", "value", "fact")),
        sorted(Fact.objects.values_list("uid", flat=True)),
        list(ApiToken.objects.order_by("id").values_list("title", "scope")),
    )


def elsewhere(cast: Cast) -> None:
    """Let something happen in the east: a household more, named, helped, visited, met."""
    drafts = [
        founding("household", "canary", name="金丝雀", number="007", place=uid("stone bridge")),
        founding(
            "person",
            "canary head",
            name="金丝雀大",
            place=uid("stone bridge"),
            id_number="41990019700101003X",
        ),
        member("canary head", "canary"),
        post("canary's helper", "helper", "helper", "canary"),
        post("another lead", "village_lead", "officer", "stone bridge"),
        status("canary poor", "canary", "category", "lifted"),
        status("canary village", "stone bridge", "poor_village", "yes"),
    ]
    entries = [actions.Entry(draft, uid("registrar"), NOW) for draft in drafts]
    actions.record_batch(
        [
            entry._replace(draft=replaced(entry.draft))
            for entry in entries
        ],
        as_of=TODAY,
    )  # fmt: skip
    actions.record([cast.draft(values={"mode": "door", "need": "金丝雀"})],
                   by=cast.policy("helper"), now=NOW)  # fmt: skip
    checkpoint(now=NOW)
    make_token(cast, "helper", "金丝雀二号")


def make_token(cast: Cast, who: str, title: str) -> None:
    """A token of somebody, for a program with that name."""
    scope = frozenset(tokens.scope_of(["obligations"], []))
    account = Account.objects.filter(username=who).first() or actions.open_account(
        username=who, person_uid=uid(who), password="stone-bridge-42"
    )
    tokens.make_token(
        account, title=title, scope=scope, allowed=scope, last_day=TODAY,
        by=cast.policy(who), now=NOW,
    )  # fmt: skip


def replaced(draft: Draft) -> Draft:
    """The draft as the registrar performs it, who stands in for the founder."""
    return replace(draft, performed_by=uid("registrar"), occurred_on=BEGIN)


@pytest.fixture
def county(cast: Cast, folder: Path) -> Cast:
    """East and west with something in each, and in the folder what a program keeps there."""
    for name, who in (("household", "helper"), ("west household", "outsider")):
        visit = cast.draft(subject=name, by=who)
        actions.record([visit], by=cast.policy(who), now=NOW)
    meeting = cast.draft(
        "village_meeting", subject="reed pond", by="west officer", minute=600,
        participants=(("attendee", uid("head")), ("attendee", uid("west head"))),
    )  # fmt: skip
    # As an import brings it: the officer himself cannot name who has no post near him.
    actions.record_batch([actions.Entry(meeting, uid("west officer"), NOW)], as_of=TODAY)
    make_token(cast, "helper", "金丝雀一号")
    (folder / "mirror").mkdir()
    (folder / "mirror" / "households.csv").write_text("谷大有", "utf-8")
    with sqlite3.connect(folder / "copy.sqlite3") as database:
        database.execute("CREATE TABLE households AS SELECT '谷大有' AS name")
    return cast


@contextmanager
def guard_of(leak: Planted, cast: Cast, *, on: bool) -> Iterator[None]:
    """The reader's request with that leak's guard on, or with it alone switched off."""
    walled = on or leak.guard != "wall"
    known = referring.hidden
    with override_settings(CACHES=BY_SCOPE if on or leak.guard != "cache" else PLAIN):
        cache.clear()
        with guarded(cast.policy("registrar")):
            cache.set("households", ["谷大有"])
        with guarded(cast.policy("west officer")) if walled else nullcontext():
            if not on and leak.guard == "references":
                vars(referring)["hidden"] = names.unnamed
            try:
                yield
            finally:
                vars(referring)["hidden"] = known
    if not walled and connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS temp.guard_scope")


def leaks(leak: Planted, cast: Cast, *, on: bool) -> bool:
    """Whether what lies elsewhere is named, changes the answer, or was changed."""
    answers = []
    for happened in (False, True):
        if happened:
            elsewhere(cast)
        before = registry()
        with guard_of(leak, cast, on=on):
            answers.append(shown(leak.view, cast))
        if registry() != before:
            return True
    named = any(word in answer for answer in answers for word in CANARY)
    return named or answers[0] != answers[1]


@pytest.mark.parametrize("name", LEAKS)
def test_a_planted_leak_is_stopped(name: str, county: Cast) -> None:
    assert not leaks(LEAKS[name], county, on=True)


@pytest.mark.parametrize("name", LEAKS)
def test_the_same_leak_leaks_without_its_guard(name: str, county: Cast) -> None:
    assert leaks(LEAKS[name], county, on=False)


def test_there_are_leaks_enough() -> None:
    assert len(LEAKS) >= 20
