"""One edited byte is named; a chain rewritten whole is seen by a checkpoint kept outside."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from bangfu.core.facts import link
from bangfu.core.text import Refused
from bangfu.records import actions, checkpoints, ledger, queries
from bangfu.records.models import Fact
from bangfu.records.projections import DETAILS, LINE_TABLES
from bangfu.records.verify import NO_GUARDS, verify
from tests.cast import NOW, Cast, uid
from tests.records.tampering import POSTGRESQL, changed, emptied, tampered

LEDGER = ("records_fact", "records_participant", "records_checkpoint")


@pytest.fixture
def written(cast: Cast) -> Cast:
    """A ledger with everything in it: sealed values, participants, amendments, a renamed place."""
    helper, registrar = cast.policy("helper"), cast.policy("registrar")
    visit = cast.draft(
        values={"mode": "door", "minutes": 40, "need": "修房顶"}, name="visit",
        participants=(("companion", uid("officer")), ("companion", uid("head"))),
    )  # fmt: skip
    actions.record([visit, cast.draft(name="wrong")], by=helper, now=NOW)
    actions.record(
        [cast.draft("household_contact", more_subjects=(uid("second household"),), name="round")],
        by=helper, now=NOW,
    )  # fmt: skip
    right = cast.draft(amends=uid("wrong"), name="right", reason="记错时长")
    actions.correct(draft=right, by=helper, now=NOW)
    actions.void(uid=uid("right"), reason="重复", by=helper, now=NOW)
    renamed = cast.draft(
        "registry.place_name", subject="stone bridge", by="registrar",
        values={"name": "石桥社区", "code": "419900101901"},
    )  # fmt: skip
    alias = cast.draft(
        "registry.place_alias", subject="stone bridge", by="registrar", values={"name": "老石桥"}
    )
    moved = cast.draft(
        "registry.household", subject="second household", by="registrar",
        amends=uid("second household"), values={"name": "田有余", "place": uid("reed pond")},
    )  # fmt: skip
    works = cast.draft(
        "registry.project", subject="works", by="registrar", name="works",
        values={"name": "修渠", "place": uid("reed pond")},
    )  # fmt: skip
    left = cast.draft(
        "registry.assignment_end", subject="west household", by="registrar",
        values={"assignment": uid("west helps")},
    )  # fmt: skip
    actions.record([renamed, alias, moved, works, left], by=registrar, now=NOW)
    meeting = cast.draft(
        "village_meeting", subject="stone bridge", by="secretary", minute=540, name="meeting",
        participants=(("attendee", uid("head")),),
    )  # fmt: skip
    actions.record([meeting], by=cast.policy("secretary"), now=NOW)
    return cast


def rows_of(table: str) -> list[dict[str, object]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def test_a_ledger_that_nobody_touched_is_whole(written: Cast) -> None:
    checkpoints.checkpoint(now=NOW)
    verdict = verify()
    assert verdict.ok, verdict.text
    assert (verdict.facts, verdict.checkpoints) == (Fact.objects.count(), 1)
    assert verdict.head == ledger.head().hash
    assert not verdict.warnings


FACT_COLUMNS = [field.column for field in Fact._meta.concrete_fields]


@pytest.mark.parametrize("column", FACT_COLUMNS)
def test_any_column_of_a_fact_that_was_edited_names_the_fact(written: Cast, column: str) -> None:
    fact = Fact.objects.get(uid=uid("visit"))
    value = changed(Fact.objects.values_list(column, flat=True).get(uid=uid("visit")))
    if column == "sequence":
        value = 100_000
    with tampered(f'UPDATE records_fact SET "{column}" = %s WHERE uid = %s', value, fact.uid):
        verdict = verify()
    assert not verdict.ok
    assert verdict.broken is not None
    assert verdict.broken.sequence == fact.sequence
    if column not in ("uid", "sequence"):
        assert uid("visit") in verdict.text.zh
        assert uid("visit") in verdict.text.en


@pytest.mark.parametrize(
    "value", [b"\xff\xfe", b"{", "{}", "[]", "", 5, b'{"mode":"d\x00or"}', None]
)
def test_whatever_is_written_over_a_facts_values_is_named(written: Cast, value: object) -> None:
    statement = 'UPDATE records_fact SET "values" = CAST(%s AS TEXT) WHERE uid = %s'
    if value is None:
        # A column of PostgreSQL's takes its own type only: another number is the worst there.
        wrong = "1" if POSTGRESQL else "'x'"
        statement = f"UPDATE records_fact SET subject_id = {wrong} WHERE %s IS NULL AND uid = %s"
    with tampered(statement, value, uid("visit")):
        verdict = verify()
    assert verdict.broken is not None
    assert verdict.broken.sequence == Fact.objects.get(uid=uid("visit")).sequence


def test_a_space_more_in_the_values_is_named(written: Cast) -> None:
    with tampered(
        'UPDATE records_fact SET "values" = "values" || \' \' WHERE uid = %s', uid("round")
    ):
        assert uid("round") in verify().text.en


PARTICIPANT_EDITS = {
    "role": "UPDATE records_participant SET role = 'host' WHERE id = {first}",
    "participant": "UPDATE records_participant SET participant_id = 1 WHERE id = {first}",
    "nobody": "UPDATE records_participant SET participant_id = 9999 WHERE id = {first}",
    "fact": "UPDATE records_participant SET fact_id = 1 WHERE id = {first}",
    "place in the list": "UPDATE records_participant SET id = id + 5 WHERE id = {first}",
    "removed": "DELETE FROM records_participant WHERE id = {first}",
    "one more": "INSERT INTO records_participant (id, fact_id, role, participant_id)"
    " VALUES ({first} + 2, {sequence}, 'companion', 1)",
}


@pytest.mark.parametrize("edit", PARTICIPANT_EDITS)
def test_participants_that_were_edited_name_their_fact(written: Cast, edit: str) -> None:
    sequence = Fact.objects.get(uid=uid("visit")).sequence
    statement = PARTICIPANT_EDITS[edit].format(first=sequence * 10_000, sequence=sequence)
    with tampered(statement):
        verdict = verify()
    assert verdict.broken is not None
    assert verdict.broken.uid == uid("visit")


def test_participants_of_no_fact_are_found(written: Cast) -> None:
    with tampered("UPDATE records_participant SET id = id + 990000000 WHERE id > 0"):
        assert not verify().ok
    with tampered(
        "INSERT INTO records_participant (id, fact_id, role, participant_id)"
        " VALUES (990000000, 1, 'companion', 1)"
    ):
        assert not verify().ok


PROJECTIONS = [
    "records_subject",
    "records_subjectpast",
    *dict.fromkeys(model._meta.db_table for model, _ in DETAILS.values()),
    *(table.model._meta.db_table for table in LINE_TABLES.values()),
]


@pytest.mark.parametrize("table", PROJECTIONS)
def test_any_column_of_a_projection_that_was_edited_is_named(written: Cast, table: str) -> None:
    rows = rows_of(table)
    assert rows, "the ledger of this test has a row in every table"
    row = rows[-1]
    key = "subject_id" if "subject_id" in row and "fact" not in row else "id"
    for column, value in row.items():
        if column == "id" and "recorded_seq" in row and table != "records_subject":
            continue  # A running number of the table's own that says nothing.
        statement = f'UPDATE {table} SET "{column}" = %s WHERE "{key}" = %s'
        with tampered(statement, changed(value, column), row[key]):
            verdict = verify()
        assert verdict.broken is not None, column
        assert verdict.broken.what == "projection"
    with tampered(f'DELETE FROM {table} WHERE "{key}" = %s', row[key]):
        assert not verify().ok


RECAST = (
    {
        # PostgreSQL writes bytes out where a text belongs, and takes none in place of a number.
        "a text as bytes": ("records_assignment", "role = role::bytea"),
        "bytes in a text's place": ("records_subject", "name = name::bytea"),
        "the next number after a coordinate": ("records_place", "longitude = longitude + 2e-14"),
    }
    if POSTGRESQL
    else {
        "a text as bytes": ("records_assignment", "role = CAST(role AS BLOB)"),
        "a whole number as bytes": ("records_subject", "village = CAST(village AS BLOB)"),
        "bytes in a text's place": ("records_subject", "name = CAST(name AS BLOB)"),
        "a day as bytes": ("records_status", "start = CAST(start AS BLOB)"),
        "the next number after a coordinate": ("records_place", "longitude = longitude + 2e-14"),
    }
)


@pytest.mark.parametrize("case", RECAST)
def test_a_byte_that_changes_only_how_a_value_is_stored_is_named(written: Cast, case: str) -> None:
    table, edit = RECAST[case]
    where = "longitude IS NOT NULL" if table == "records_place" else "true"
    with tampered(f"UPDATE {table} SET {edit} WHERE {where}"):
        verdict = verify()
    assert verdict.broken is not None
    assert verdict.broken.what == "projection"


def test_half_a_minute_more_is_named(written: Cast) -> None:
    with tampered("UPDATE records_fact SET minute = 540.5 WHERE uid = %s", uid("meeting")):
        verdict = verify()
    assert verdict.broken is not None
    assert verdict.broken.uid == uid("meeting")


def test_a_fact_taken_out_is_named_by_the_next_one(written: Cast) -> None:
    with tampered("DELETE FROM records_fact WHERE uid = %s", uid("wrong")):
        verdict = verify()
    assert verdict.broken is not None
    assert verdict.broken.what == "gap"
    assert verdict.broken.uid == uid("round")


def test_a_changed_checkpoint_is_named(written: Cast) -> None:
    checkpoints.checkpoint(now=NOW)
    for edit in ("hash = 'x'", "count = 1", "at = '2017-01-01T00:00:00Z'"):
        with tampered(f"UPDATE records_checkpoint SET {edit} WHERE sequence > 0"):
            verdict = verify()
        assert verdict.broken is not None, edit
        assert verdict.broken.what == "checkpoint"
    with tampered("UPDATE records_checkpoint SET sequence = sequence + 1000"):
        assert not verify().ok


def rewrite(change: Callable[[dict[str, object]], None]) -> None:
    """Change a fact and make every hash after it fit again, as the owner of the file can."""
    from bangfu.records.ledger import FactLine, Uids, body

    uids = dict(Fact.objects.values_list("sequence", "uid"))
    head = "0" * 64
    for line in list(Fact.objects.order_by("sequence")):
        row: dict[str, object] = {name: getattr(line, name) for name in FactLine._fields}
        if line.uid == uid("visit"):
            change(row)
        parts = ledger_parts(line.sequence)
        new = FactLine(**row)._replace(previous_hash=head, hash="")  # type: ignore[arg-type]
        named = Uids(
            uids[line.subject_id],
            [uids[n] for role, n in parts if role == "subject"],
            [(role, uids[n]) for role, n in parts if role != "subject"],
            uids.get(line.performer_id, "0" * 8 + "-0000-0000-0000-" + "0" * 12),  # type: ignore[arg-type]
            uids.get(line.recorder_id, "0" * 8 + "-0000-0000-0000-" + "0" * 12),  # type: ignore[arg-type]
            uids.get(line.amends_id) if line.amends_id else None,
        )
        hashed = link(head, body(new, named))
        Fact.objects.filter(sequence=line.sequence).update(
            **{"values": new.values, "previous_hash": head, "hash": hashed}
        )
        head = hashed


def ledger_parts(sequence: int) -> list[tuple[str, int]]:
    from bangfu.records.models import Participant

    rows = Participant.objects.filter(fact=sequence).order_by("id")
    return list(rows.values_list("role", "participant"))


def test_a_chain_rewritten_whole_is_seen_only_by_a_checkpoint_outside(
    written: Cast, folder: Path
) -> None:
    checkpoints.checkpoint(now=NOW)
    kept = folder / "kept.jsonl"
    kept.write_text(checkpoints.outside_file().read_text())
    checkpoints.outside_file().unlink()

    def more_minutes(row: dict[str, object]) -> None:
        row["values"] = str(row["values"]).replace("40", "90")

    with tampered("DELETE FROM records_checkpoint"):
        rewrite(more_minutes)
        assert verify().ok
        verdict = verify(kept)
    assert verdict.broken is not None
    assert verdict.broken.what == "checkpoint"


def test_a_tail_cut_off_is_seen_by_a_checkpoint_outside(written: Cast) -> None:
    checkpoints.checkpoint(now=NOW)
    last = ledger.head().sequence
    with tampered("DELETE FROM records_checkpoint"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM records_fact WHERE sequence = %s", [last])
        verdict = verify()
    assert verdict.broken is not None
    assert verdict.broken.what == "tail"


def test_missing_triggers_and_a_missing_outside_are_warned_of(written: Cast) -> None:
    with tampered("SELECT 1"):
        verdict = verify()
    assert verdict.ok
    assert len(verdict.warnings) == 2


def test_a_trigger_that_was_replaced_by_an_empty_one_is_warned_of(written: Cast) -> None:
    checkpoints.checkpoint(now=NOW)
    with emptied():
        verdict = verify()
    assert verdict.warnings == (NO_GUARDS,)
    assert verify().warnings == ()


def test_a_tail_cut_off_is_seen_by_the_databases_own_count(written: Cast) -> None:
    last = ledger.head().sequence
    with tampered("DELETE FROM records_fact WHERE sequence = %s", last):
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM records_participant WHERE fact_id = %s", [last])
        verdict = verify()
    if POSTGRESQL:  # It keeps no count that goes back with a transaction: ADR 0011.
        assert verdict.ok
        return
    assert verdict.broken is not None
    assert (verdict.broken.what, verdict.broken.sequence) == ("counter", last)


def test_a_checkpoint_is_due_a_day_after_the_last_if_the_ledger_has_grown(written: Cast) -> None:
    first = checkpoints.daily(now=NOW)
    assert first is not None
    assert checkpoints.daily(now=NOW + timedelta(days=2)) is None
    later = NOW + timedelta(hours=1)
    actions.record([written.draft()], by=written.policy("helper"), now=later)
    assert checkpoints.daily(now=NOW + timedelta(hours=23)) is None
    second = checkpoints.daily(now=NOW + timedelta(hours=25))
    assert second is not None
    assert second.sequence == first.sequence + 1
    checkpoints.outside_file().unlink()
    again = checkpoints.daily(now=NOW + timedelta(hours=26))
    assert again == second
    assert checkpoints.read_points(checkpoints.outside_file()) == [second]


def test_a_checkpoint_file_that_cannot_be_read_is_refused(written: Cast, folder: Path) -> None:
    with pytest.raises(Refused):
        verify(folder / "nowhere.jsonl")
    (folder / "bad.jsonl").write_text('{"sequence": 1}\n')
    with pytest.raises(Refused) as caught:
        verify(folder / "bad.jsonl")
    assert caught.value.place == "1"


def test_a_checkpoint_is_written_twice_alike_and_printed_as_a_line(written: Cast) -> None:
    first = checkpoints.checkpoint(now=NOW)
    again = checkpoints.checkpoint(now=NOW + timedelta(days=1))
    assert again == first
    lines = checkpoints.outside_file().read_text().splitlines()
    assert [json.loads(line)["hash"] for line in lines] == [ledger.head().hash] * 2
    assert queries.sequence() == first.count
