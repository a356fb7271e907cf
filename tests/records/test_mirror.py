"""The mirror's folder: a reader is never left without a file, and nothing stays that none reads."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from bangfu.core.rules import Handbook
from bangfu.records import actions, queries
from bangfu.records.mirror import current, files
from bangfu.records.mirror.files import Mirror
from tests.cast import NOW, TODAY, Cast
from tests.records.compare import assert_equal
from tests.records.rulebook import RULEBOOK

pytestmark = pytest.mark.usefixtures("cast")


def visit(cast: Cast) -> None:
    actions.record([cast.draft()], by=cast.policy("helper"), now=NOW)


def state() -> Mirror:
    """What a reader reads who has just looked at the manifest."""
    return Mirror(current.folder(), files.read_manifest(current.folder()))


def parquet() -> set[str]:
    return {file.name for file in current.folder().glob("*.parquet")}


def without_notes() -> Handbook:
    """The handbook after a field was left out."""
    visit = RULEBOOK.kinds["household_visit"]
    fewer = replace(visit, fields=tuple(f for f in visit.fields if f.id != "note"))
    return replace(RULEBOOK, kinds={**RULEBOOK.kinds, visit.id: fewer})


def test_who_reads_the_state_before_reads_on_whatever_is_written_meanwhile(cast: Cast) -> None:
    visit(cast)
    current.refresh()
    early = state()
    for _ in range(2):
        visit(cast)
        current.refresh()
    for rules in (without_notes(), RULEBOOK, without_notes()):
        with queries.use_handbook(rules):
            current.refresh()
    found = early.kind("household_visit")
    assert found is not None
    assert len(found) == 1
    assert "v_note" in found.column_names
    assert len(early.registry("subjects") or ()) == len(state().registry("subjects") or ())


def test_what_no_manifest_names_is_removed_after_some_time(cast: Cast) -> None:
    visit(cast)
    current.refresh()
    before = state().manifest.files
    stray = current.folder() / "left-behind.parquet"
    stray.write_bytes(b"by a writer that was killed")
    visit(cast)
    current.refresh()
    second = state().manifest.files
    assert parquet() == before | second | {stray.name}, "whoever reads them may finish"
    for name in parquet():
        os.utime(current.folder() / name, (0, 0))
    visit(cast)
    current.refresh()
    assert parquet() == second | state().manifest.files


@pytest.mark.parametrize("how", ["missing", "broken"])
def test_a_file_that_does_not_read_is_made_again(
    cast: Cast, folder: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit(cast)
    monkeypatch.setattr(current, "LONGEST_TAIL", 0)
    registrar = cast.policy("registrar")
    expected = queries.tables(registrar, as_of=TODAY)
    assert expected.facts["household_visit"].fact.size
    current._kept.clear()
    for name in parquet():
        file = current.folder() / name
        file.unlink() if how == "missing" else file.write_bytes(b"PAR1, torn off")
    assert_equal(current.tables_for(registrar.scope, as_of=TODAY, known_at=None, kinds=None),
                 expected)  # fmt: skip
    assert state().kind("household_visit") is not None, "the next one finds it whole"


def test_a_broken_file_does_not_keep_the_mirror_from_growing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_SEGMENTS", 1)
    visit(cast)
    current.refresh()
    for name in parquet():
        (current.folder() / name).write_bytes(b"")
    visit(cast)
    assert current.refresh() == queries.sequence()
    assert len(state().kind("household_visit") or ()) == 2


def test_refreshing_waits_for_another_writer_and_then_has_it_all(cast: Cast) -> None:
    place = current.folder()
    held = threading.Event()

    def write() -> None:
        with files.writing(place) as mine:
            assert mine
            held.set()
            time.sleep(0.3)

    other = threading.Thread(target=write)
    other.start()
    assert held.wait(5)
    assert current.refresh() == queries.sequence()
    other.join()


@pytest.mark.parametrize("long", [True, False])
def test_a_reader_waits_only_where_the_tail_is_long(
    cast: Cast, long: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(current, "LONGEST_TAIL", 0)
    monkeypatch.setattr(current, "WORTH_WAITING", 0 if long else 10_000)
    held = threading.Event()
    done = threading.Event()

    def write() -> None:
        with files.writing(current.folder()) as mine:
            assert mine
            held.set()
            done.wait(0.5)

    other = threading.Thread(target=write)
    other.start()
    assert held.wait(5)
    begun = time.monotonic()
    found = queries.tables(cast.policy("registrar"), as_of=TODAY)
    assert found.subjects["household"].id.size
    waited = time.monotonic() - begun
    assert (state().upto == queries.sequence()) is long
    assert other.is_alive() is not long, waited
    done.set()
    other.join()
