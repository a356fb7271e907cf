"""The engine's tables: the same from the database and from the mirror, and only what one sees."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from bangfu.core.periods import Period
from bangfu.core.rules import Handbook
from bangfu.engine import duties
from bangfu.engine.tables import OPEN, Tables
from bangfu.records import actions, ledger, queries
from bangfu.records.access import Scope
from bangfu.records.mirror import current, files
from bangfu.records.mirror.sources import DatabaseSource, MirrorSource
from bangfu.records.mirror.tables import Question, tables
from bangfu.records.models import Subject, SubjectPast
from tests.cast import NOW, TODAY, Cast, uid
from tests.records.compare import assert_equal, plain
from tests.records.rulebook import RULEBOOK


@pytest.fixture
def busy(cast: Cast) -> Cast:
    """Visits, a round, a meeting, leave, a correction, a withdrawal, a changed status."""
    helper, secretary = cast.policy("helper"), cast.policy("secretary")
    outsider, registrar = cast.policy("outsider"), cast.policy("registrar")
    visit = cast.draft(
        participants=(("companion", uid("officer")),),
        values={
            "mode": "door", "minutes": 40, "spent": "12.5", "distance": "1.5",
            "topics": ["policy", "school"], "trouble": True, "next": "2017-08-01",
            "note": "路上有水", "income": "2300", "health": "poor", "need": "修房顶",
            "account": "6228480000000000000",
        },
    )  # fmt: skip
    facts = actions.record([visit, cast.draft(), cast.draft()], by=helper, now=NOW)
    actions.record(
        [cast.draft("household_contact", more_subjects=(uid("second household"),))],
        by=helper, now=NOW,
    )  # fmt: skip
    actions.record([cast.draft(subject="west household", by="outsider")], by=outsider, now=NOW)
    meeting = cast.draft(
        "village_meeting", subject="stone bridge", by="secretary", minute=570,
        participants=(("attendee", uid("head")), ("attendee", uid("helper"))),
    )  # fmt: skip
    leave = cast.draft(
        "leave", subject="stone bridge", by="secretary",
        values={"from": "2017-07-20", "to": "2017-08-02"},
    )  # fmt: skip
    actions.record([meeting, leave], by=secretary, now=NOW)
    longer = cast.draft(values={"mode": "phone", "minutes": 5}, amends=facts[1].uid)
    actions.correct(draft=longer, by=helper, now=NOW)
    actions.void(uid=facts[2].uid, reason="重复", by=helper, now=NOW)
    lifted = cast.draft(
        "registry.status", by="registrar", values={"status": "category", "value": "lifted"}
    )
    moved = cast.draft(
        "registry.household", by="registrar", on=date(2016, 1, 4), amends=uid("household"),
        values={"name": "谷大有", "place": uid("reed pond")},
    )  # fmt: skip
    actions.record([lifted, moved], by=registrar, now=NOW + timedelta(days=1))
    return cast


def from_database(scope: Scope, known_at: int) -> Tables:
    """The tables by index, of any scope: the one over the county lists every subject."""
    if not scope.small:
        paths = dict(Subject.objects.values_list("id", "path"))
        then = SubjectPast.objects.filter(recorded_seq__lte=known_at, retired_seq__gt=known_at)
        paths.update(then.values_list("subject", "path"))
        scope = Scope(subjects=frozenset(n for n, path in paths.items() if scope.covers(n, path)))
    source = DatabaseSource(scope, RULEBOOK, RULEBOOK.kinds)
    return tables(source, scope, RULEBOOK, Question(TODAY, known_at, tuple(RULEBOOK.kinds)))


def from_mirror(scope: Scope, known_at: int, *, upto: int, folder: Path) -> Tables:
    """The tables from files up to `upto` and the tail after it."""
    head = ledger.head()
    with files.writing(folder):
        writer = files.Writer(folder, files.Manifest(), RULEBOOK)
        writer.extend(upto)
        if upto == head.sequence:
            writer.export(upto)
        manifest = writer.finish("", "")
    source = MirrorSource(files.Mirror(folder, manifest), RULEBOOK, head.sequence)
    return tables(source, scope, RULEBOOK, Question(TODAY, known_at, tuple(RULEBOOK.kinds)))


@pytest.mark.parametrize("who", ["helper", "secretary", "officer", "west officer", "registrar"])
@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_database_and_mirror_give_equal_tables(
    busy: Cast, tmp_path: Path, who: str, share: float
) -> None:
    scope, head = busy.policy(who).scope, queries.sequence()
    for known_at in (head, head - 3, 20):
        mirrored = from_mirror(
            scope, known_at, upto=int(head * share), folder=tmp_path / f"{known_at}"
        )
        assert_equal(from_database(scope, known_at), mirrored)


def test_the_mirror_grows_with_the_ledger_and_merges_its_pieces(
    busy: Cast, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(current, "LONGEST_TAIL", 0)
    monkeypatch.setattr(files, "MOST_SEGMENTS", 2)
    registrar, helper = busy.policy("registrar"), busy.policy("helper")
    for minutes in range(1, 8):
        draft = busy.draft(values={"mode": "door", "minutes": minutes})
        actions.record([draft], by=helper, now=NOW + timedelta(days=1))
        found = queries.tables(registrar, as_of=TODAY)
        assert found.facts["household_visit"].values["minutes"][-1] == minutes
        assert_equal(found, from_database(registrar.scope, queries.sequence()))
    manifest = files.read_manifest(current.folder())
    assert manifest.upto == queries.sequence()
    assert all(len(names) <= 2 for names in manifest.series.values())


def test_a_mirror_of_another_ledger_is_made_anew(busy: Cast, folder: Path) -> None:
    current.refresh()
    manifest = folder / "mirror" / "manifest.json"
    manifest.write_text(
        manifest.read_text().replace(files.read_manifest(folder / "mirror").head, "f" * 64)
    )
    registrar = busy.policy("registrar")
    found = queries.tables(registrar, as_of=TODAY)
    assert_equal(found, from_database(registrar.scope, queries.sequence()))


def test_another_handbook_makes_the_mirror_anew(busy: Cast) -> None:
    current.refresh()
    visit = RULEBOOK.kinds["household_visit"]
    fewer = replace(visit, fields=tuple(f for f in visit.fields if f.id != "note"))
    kinds = {**RULEBOOK.kinds, visit.id: fewer}
    changed: Handbook = replace(RULEBOOK, kinds=kinds)
    with queries.use_handbook(changed):
        found = queries.tables(busy.policy("registrar"), as_of=TODAY)
        assert "note" not in found.facts["household_visit"].values


def test_names_numbers_and_words_about_people_never_reach_the_mirror(
    busy: Cast, folder: Path
) -> None:
    current.refresh()
    mirror = folder / "mirror"
    assert stat.S_IMODE(mirror.stat().st_mode) == 0o700
    texts = []
    for file in mirror.glob("*.parquet"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        texts.append(str(pq.read_table(file, partitioning=None).to_pydict()))
    everything = "".join(texts)
    assert "石桥村" in everything
    for secret in ("谷大有", "云淑兰", "修房顶", "622848", "41990019610502001X", "13900000002"):
        assert secret not in everything


def test_values_arrive_in_the_engine_as_it_wants_them(busy: Cast) -> None:
    table = queries.tables(busy.policy("helper"), as_of=TODAY).facts["household_visit"]
    first = {name: plain(values[:1])[0] for name, values in table.values.items()}  # type: ignore[index]
    assert first == {
        "mode": "door", "minutes": 40, "spent": 1250, "distance": 15,
        "topics": ["policy", "school"], "trouble": True,
        "next": (date(2017, 8, 1) - date(1970, 1, 1)).days, "note": "路上有水",
        "income": 230000, "health": "poor", "account_given": True, "need_given": True,
        "account_digest": first["account_digest"], "need_digest": first["need_digest"],
    }  # fmt: skip
    assert first["account_digest"] != first["need_digest"]
    assert table.missing["minutes"].tolist() == [False, False]
    assert table.missing["spent"].tolist() == [False, True]


def test_one_row_for_each_subject_of_a_sheet(busy: Cast) -> None:
    helper = busy.policy("helper")
    rounds = queries.tables(helper, as_of=TODAY).facts["household_contact"]
    assert rounds.subject.tolist() == [busy.number("household"), busy.number("second household")]
    assert len(set(rounds.fact.tolist())) == 1


def test_what_was_known_earlier_can_be_made_again(busy: Cast) -> None:
    helper, before = busy.policy("helper"), queries.known_at(TODAY)
    visits = queries.tables(helper, as_of=TODAY, known_at=before - 2).facts["household_visit"]
    assert visits.values["minutes"].tolist() == [40, 30, 30]
    now = queries.tables(helper, as_of=TODAY).facts["household_visit"]
    assert now.values["minutes"].tolist() == [40, 5]
    households = queries.tables(helper, as_of=TODAY, known_at=before).subjects["household"]
    assert busy.number("stone bridge") in households.village.tolist()
    moved = queries.tables(helper, as_of=TODAY).subjects["household"]
    assert busy.number("reed pond") in moved.village.tolist()


def test_statuses_end_where_the_next_begins(busy: Cast) -> None:
    found = queries.tables(busy.policy("helper"), as_of=TODAY).statuses["category"]
    assert found.value.tolist() == ["registered_poor", "lifted"]
    assert found.end.tolist() == [found.start[1], OPEN]


def test_leave_is_seen_of_those_who_answer_and_its_subject_stays_foreign(busy: Cast) -> None:
    lead = busy.draft(
        "registry.assignment", by="registrar", values={"role": "village_lead"},
        participants=(("holder", uid("helper")),), subject="stone bridge", on=date(2017, 7, 1),
    )  # fmt: skip
    leave = busy.draft(
        "leave", subject="stone bridge", by="helper",
        values={"from": "2017-07-20", "to": "2017-07-22"},
    )  # fmt: skip
    actions.record([lead], by=busy.policy("registrar"), now=NOW + timedelta(days=1))
    actions.record([leave], by=busy.policy("officer"), now=NOW + timedelta(days=1))
    scope = Scope(subjects=frozenset({busy.number("household")}))
    policy = replace(busy.policy("helper"), scope=scope)
    found = queries.tables(policy, as_of=TODAY)
    assert found.facts["leave"].performer.tolist() == [busy.number("helper")]
    assert not found.facts["village_meeting"].fact.size


def test_a_township_s_old_report_is_made_again_after_a_household_was_moved(busy: Cast) -> None:
    officer, home = busy.policy("officer"), busy.number("household")
    before = queries.known_at(TODAY)
    then = queries.tables(officer, as_of=TODAY, known_at=before)
    assert home in then.subjects["household"].id
    assert home in then.facts["household_visit"].subject
    now = queries.tables(officer, as_of=TODAY)
    assert home not in now.subjects["household"].id
    west = queries.tables(busy.policy("west officer"), as_of=TODAY, known_at=before)
    assert home not in west.subjects["household"].id


@pytest.mark.parametrize("way", ["database", "mirror"])
def test_every_reader_sees_an_obligation_with_the_county_s_numbers(
    busy: Cast, tmp_path: Path, way: str
) -> None:
    meeting = busy.draft(
        "village_meeting", subject="reed pond", by="west officer", minute=570,
        participants=(("attendee", uid("secretary")), ("attendee", uid("west head"))),
    )  # fmt: skip
    late = NOW + timedelta(days=1)
    # As an import brings it: the officer himself cannot name who has no post near him.
    actions.record_batch([actions.Entry(meeting, uid("west officer"), late)], as_of=TODAY)
    term = replace(RULEBOOK.duties["weekly_visit"].terms[0], excused_by=())
    meetings = replace(
        RULEBOOK.duties["weekly_visit"], id="meetings", role="first_secretary",
        facts=("village_meeting",), via="attendee", per="holder", terms=(term,),
    )  # fmt: skip
    rules = replace(RULEBOOK, duties={**RULEBOOK.duties, "meetings": meetings})
    village, head = busy.number("stone bridge"), queries.sequence()
    found = {}
    for name, scope in (("few", Scope(subjects=frozenset({village}))), ("all", Scope(county=True))):
        source = (
            DatabaseSource(scope, rules, rules.kinds)
            if way == "database" and scope.small
            else MirrorSource(files.Mirror(tmp_path, files.Manifest()), rules, head)
        )
        table = tables(source, scope, rules, Question(TODAY, head, tuple(rules.kinds)))
        week = Period(date(2017, 7, 17), date(2017, 7, 24))
        owed = duties.owed(rules, table, as_of=TODAY, within=week, rules={"meetings"})
        found[name] = [one for one in owed.rows() if one.subject == village]
    assert found["few"] == found["all"]
    assert [one.got for one in found["few"]] == [1]


def test_nobody_has_empty_tables(busy: Cast) -> None:
    nothing = from_database(Scope(), queries.sequence())
    assert all(not len(table) for table in nothing.facts.values())
    assert all(not table.id.size for table in nothing.subjects.values())


def test_the_day_decides_what_was_known(busy: Cast) -> None:
    head = queries.sequence()
    assert queries.known_at(TODAY) == head - 2
    assert queries.known_at(TODAY + timedelta(days=1)) == head
    assert queries.known_at(date(2010, 1, 1)) == 0
    assert isinstance(NOW, datetime)
