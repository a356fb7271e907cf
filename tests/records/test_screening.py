"""What checks read of persons lies in the mirror without names and numbers, and goes with them."""

from __future__ import annotations

from datetime import timedelta

from bangfu.records import actions, queries, screening
from bangfu.records.mirror import current
from bangfu.records.mirror.files import Mirror, read_manifest
from tests.cast import NOW, TODAY, Cast, uid


def rows(kind: str) -> list[dict[str, object]]:
    current.refresh()
    place = current.folder()
    table = Mirror(place, read_manifest(place)).kind(kind)
    return [] if table is None else table.to_pylist()


def test_the_mirror_holds_marks_in_place_of_numbers_of_papers(cast: Cast) -> None:
    people = rows("registry.person")
    assert all({"v_id_number", "v_phone", "v_name"}.isdisjoint(row) for row in people)
    marked = [row for row in people if row["v_phone_given"]]
    assert marked
    for row in marked:
        assert row["v_phone_length"] == 11
        assert len(str(row["v_phone_digest"])) == 16


def test_an_erasure_takes_the_marks_out_of_the_mirror_too(cast: Cast) -> None:
    number = cast.number("head")
    before = [row for row in rows("registry.person") if row["subject"] == number]
    assert before[0]["v_name_given"] is True
    actions.erase(
        party=uid("head"), uid=uid("erasing"), reason="本人申请", by=cast.policy("registrar"),
        now=NOW + timedelta(hours=1),
    )  # fmt: skip
    without_marks(number)
    for file in current.folder().iterdir():
        file.unlink()
    without_marks(number)  # nor are they there when the mirror is made anew


def without_marks(number: int) -> None:
    after = [row for row in rows("registry.person") if row["subject"] == number]
    marks = [name for name in after[0] if name.endswith(("_given", "_digest", "_length", "_valid"))]
    assert marks
    assert all(after[0][name] is None for name in marks)


def test_checks_know_who_belongs_to_a_household(cast: Cast) -> None:
    members = queries.tables(cast.policy("officer"), as_of=TODAY).members
    assert cast.number("head") in members.person.tolist()
    few = queries.tables(cast.policy("helper"), as_of=TODAY).members
    assert set(few.household.tolist()) <= {
        cast.number("household"),
        cast.number("second household"),
    }


def test_what_was_known_then_keeps_a_member_whose_membership_was_withdrawn_since(
    cast: Cast,
) -> None:
    known_at, home = queries.sequence(), cast.number("household")
    officer = cast.policy("officer")
    actions.void(
        uid=uid("head lives there"), reason="登记错了", by=cast.policy("registrar"),
        now=NOW + timedelta(hours=1),
    )  # fmt: skip
    now = screening.touched_by(officer, (home,), TODAY)
    then = screening.touched_by(officer, (home,), TODAY, known_at)
    assert cast.number("head") in then - now
