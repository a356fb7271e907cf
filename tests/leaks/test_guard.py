"""The wall itself: who is served, what is lifted, and that it stands again after anything."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.utils import DatabaseError

from bangfu.records import actions, guard, queries
from bangfu.records.access import NOBODY, founder
from bangfu.records.guard import Closed, guarded, lifted
from bangfu.records.models import Fact, Household, Subject
from tests.cast import NOW, TODAY, Cast, uid
from tests.leaks.planted import tables

SOURCE = Path(guard.__file__).parents[2]
# Who lifts the wall, and why he must see all. Everything else is stopped by it.
STAGING = (
    "begin_recording", "choose", "content_of", "expect", "import_of", "in_line", "report_of", "run",
    "stage",
    "staged", "throw_away",
)  # fmt: skip
SHEETS = (
    "places", "types", "person_names", "persons", "_subjects", "standing", "all_standing",
)  # fmt: skip
LIFTERS = {
    "exchange/doctor/examining.py: examine": "times, sizes and counts; nobody's rows",
    "records/soundness.py: look": "the same",
    "records/access.py: own_posts": "one's own posts, those that have ended included",
    "records/access.py: policy_for": "works out who asks, before anybody is known",
    **{
        f"records/accounts.py: {name}": "an account's reach is that of all its holder's posts"
        for name in (
            "open_accounts",
            "close_accounts",
            "reopen_accounts",
            "reset_passwords",
            "unlock_accounts",
            "drop_second_factors",
        )
    },
    **{
        f"records/account_queries.py: {name}": "as above; what is shown is limited by rights"
        for name in ("counts", "accounts", "line_of")
    },
    "records/actions.py: erase": "destroys, shows nothing; checked like any other fact",
    "records/actions.py: record": "the only writer; checks each draft against its recorder",
    "records/actions.py: record_each": "the same for each of several",
    "records/actions.py: _tried": "one of those, by itself",
    "records/county.py: known_at": "finds a day's place in the chain; shows no fact",
    "records/ledger.py: head": "the chain's end, which keys what is kept of results",
    "records/numbers.py: _stands_since": "for whom a fact counts, by the same scope; shows nothing",
    "records/since.py: _read": "which numbers a fact names; shows no fact",
    "records/numbers.py: _kept": "the engine's input is limited by the same scope, in columns",
    "records/reading.py: select": "uids and keys for the facts that the wall let through",
    "records/reading.py: identifiers": "opens what a fact holds that the wall let through",
    "records/referring.py: facts_to_name": "facts from above or that open, by title and day",
    "records/referring.py: facts_named": "the same, of certain facts",
    "records/tokens.py: accept": "works out who asks by a secret, before anybody is known",
    "records/tokens.py: make_token": "writes one's own, which the wall lets nobody write",
    "records/tokens.py: end_tokens": "the same; the security administrator ends anybody's",
    "records/tokens.py: all_tokens": "for the security administrator and the auditor",
    "records/own_way.py: come_in": "knows a household by the code on its card",
    "records/pairing/actions.py: ask_for": "writes a plan, for offices that see the county",
    "records/pairing/actions.py: patch": "the same",
    "records/pairing/actions.py: work": "the same, while it is worked out",
    "records/pairing/actions.py: edit": "the same, of a pair changed by hand",
    "records/pairing/approving.py: approve": "the same, of what was carried out",
    "records/pairing/approving.py: carry": "the same, as whoever approved, in a process apart",
    "records/pairing/looking.py: proposal": "reads the question again, for the same offices",
    "records/actions.py: record_sheet": "writes as `record` does, for a whole sheet",
    **{
        f"records/sheet_queries.py: {name}": "what a sheet's rows stand for, within the scope"
        for name in SHEETS
    },
    **{
        f"exchange/sheets/staging.py: {name}": "one's own kept workbooks, sealed by the vault"
        for name in STAGING
    },
    "records/screening.py: doubts_about": "the engine's input, limited by the same scope",
    "records/screening.py: formula_values": "the same",
    "records/effects.py: effect_of": "the ledger's hash at a sequence",
    "records/effects.py: _compared": "subjects of the facts that an import of one's own wrote",
    "records/own_data.py: own_data": "what is held of one person, for who may print it",
    "records/sheet_queries.py: types": "types of subjects, no subject",
    "records/sheet_queries.py: person_names": "names within the scope",
    "records/sheet_queries.py: ties": "the same, of subjects that one of those found",
    "records/sheet_queries.py: recorder_called": "for who runs the server",
    "records/sheet_queries.py: registrars": "the same",
    "records/sealing.py: vault": "reads the master key's file",
}


def lifters(source: Path) -> set[str]:
    """The functions of the program that name `lifted`."""
    found = set()
    for file in source.rglob("*.py"):
        where = file.relative_to(source).as_posix()
        if where.startswith("records/guard/"):
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and any(map(_lifts, ast.walk(node))):
                found.add(f"{where}: {node.name}")
            if isinstance(node, ast.ImportFrom) and any(n.name == "lifted" for n in node.names):
                found.add(f"{where}: imports it")
    return found


def _lifts(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr in ("lifted", "lifting", "opened_by_default")
        and isinstance(node.value, ast.Name)
        and node.value.id == "guard"
    )


def households() -> list[str]:
    found = Subject.objects.filter(type="household").order_by("id")
    return list(found.values_list("name", flat=True))


ALL = ["谷大有", "田有余", "苗春生"]


def test_nobody_lifts_the_wall_but_who_is_listed(tmp_path: Path) -> None:
    assert lifters(SOURCE) == set(LIFTERS)
    (tmp_path / "view.py").write_text("def page():\n    with guard.lifted():\n        pass\n")
    assert lifters(tmp_path) == {"view.py: page"}


def test_every_table_is_protected_or_open_for_a_reason() -> None:
    tables = {model._meta.db_table for model in apps.get_app_config("records").get_models()}
    assert tables == guard.PROTECTED.keys() | guard.OPEN.keys()
    assert not guard.PROTECTED.keys() & guard.OPEN.keys()
    assert all(guard.OPEN.values())


@pytest.mark.parametrize(
    ("who", "sees"),
    [("helper", ALL[:2]), ("outsider", ALL[2:]), ("officer", ALL[:2]), ("secretary", ALL[:2]),
     ("west officer", ALL[2:]), ("registrar", ALL), ("auditor", ALL)],
)  # fmt: skip
def test_each_reader_is_served_his_own_rows(who: str, sees: list[str], cast: Cast) -> None:
    policy = cast.policy(who)
    with guarded(policy):
        assert households() == sees
    assert households() == ALL


def test_without_a_policy_nothing_is_there(cast: Cast) -> None:
    with guarded(NOBODY):
        assert not Subject.objects.exists()
        assert not Fact.objects.exists()
        assert not Household.objects.exists()


def test_the_wall_is_nested_lifted_and_stands_again(cast: Cast) -> None:
    helper, outsider = cast.policy("helper"), cast.policy("outsider")
    with guarded(helper):
        with guarded(outsider):
            assert households() == ALL[2:]
            with lifted():
                assert households() == ALL
            assert households() == ALL[2:]
        assert households() == ALL[:2]
        with pytest.raises(ZeroDivisionError), transaction.atomic(), lifted():
            Subject.objects.filter(uid=uid("household")).update(name="改名")
            assert "改名" in households()
            raise ZeroDivisionError
        assert households() == ALL[:2]
    with pytest.raises(ZeroDivisionError), transaction.atomic(), guarded(helper):
        raise ZeroDivisionError
    assert households() == ALL


def test_a_statement_that_ran_while_lifted_does_not_run_again_behind_the_wall(cast: Cast) -> None:
    policy = cast.policy("outsider")
    text = "SELECT name FROM records_subject WHERE type = 'household' ORDER BY id"
    named = text.replace("records_subject", f"{tables()}.records_subject")

    def names(sql: str) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return [row[0] for row in cursor.fetchall()]

    assert names(named) == ALL
    with guarded(policy):
        with lifted():
            assert names(text) == names(named) == ALL
        assert names(text) == ALL[2:]
        with pytest.raises(Closed), transaction.atomic():
            names(named)


def test_writing_says_what_is_wrong(cast: Cast) -> None:
    policy = cast.policy("officer")
    for write in (
        lambda: Subject.objects.filter(uid=uid("household")).update(name="改名"),
        lambda: Subject.objects.create(uid="x", type="unit", since=TODAY, fact=1, recorded_seq=1),
    ):
        with guarded(policy), pytest.raises(Closed, match="write through"), transaction.atomic():
            write()
    assert households() == ALL


def test_the_one_writer_goes_through_it_for_who_is_served(cast: Cast) -> None:
    helper = cast.policy("helper")
    with guarded(helper):
        stored = actions.record([cast.draft()], by=helper, now=NOW)[0]
        seen = queries.fact(helper, stored.uid)
        assert seen is not None
        assert seen.performed_by == uid("helper")
        with pytest.raises(Closed):
            queries.fact(founder(TODAY), stored.uid)
    outsider = cast.policy("outsider")
    with guarded(outsider):
        assert queries.fact(outsider, stored.uid) is None


@pytest.fixture
def serving() -> Iterator[None]:
    """A process that serves pages."""
    guard.closed_by_default()
    try:
        yield
    finally:
        guard.opened_by_default()


def test_a_process_that_serves_pages_shows_nothing_unasked(cast: Cast, serving: None) -> None:
    with guarded(NOBODY):
        pass
    assert households() == []
    with pytest.raises(DatabaseError), transaction.atomic():
        Subject.objects.update(name="改名")
    with lifted():
        assert households() == ALL
