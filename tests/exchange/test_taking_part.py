"""Who took part, as sheets name them: by number, by name, several in a cell, and as we wrote it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bangfu.exchange.sheets.exporting import Exported
from bangfu.records import actions, queries
from bangfu.records.models import Fact
from tests.cast import NOW, Cast, uid
from tests.exchange.sheetbook import SHEETBOOK, Rows, accepted, rules, workbook, wrong
from tests.exchange.test_coming_back import Cells, Edit, edited, standing
from tests.exchange.test_exporting import cast

__all__ = ["cast", "edited", "rules"]

pytestmark = pytest.mark.django_db

HEADS = ["户编号", "日期", "办理人", "办理人证件号码", "mode", "companion", "companion证件号码"]


def companions(fact: Fact, role: str = "companion") -> set[str]:
    found = queries.fact(Cast().policy("registrar"), fact.uid)
    return {one for part, one in found.participants if part == role} if found else set()


def visited(cast: Cast, *names: str) -> None:
    """A visit at which these took part, received by the head of the household."""
    who = (*(("companion", uid(name)) for name in names), ("host", uid("head")))
    actions.record([cast.draft(participants=who)], by=cast.policy("registrar"), now=NOW)


def namesake(cast: Cast, tmp_path: Path) -> None:
    """Another person of the secretary's name is registered in the same village."""
    rows: Rows = [["姓名", "性别", "出生日期", "行政村", "证件号码"],
                  ["舒长青", "男", "1990-01-02", "石桥村", "419900199001020018"]]  # fmt: skip
    assert accepted(workbook(tmp_path / "p.xlsx", {"人": rows}), cast).counts == {"new": 1}


def test_a_number_that_nobody_has_is_nobody_whoever_bears_the_name(
    cast: Cast, tmp_path: Path
) -> None:
    rows: Rows = [
        HEADS,
        ["001", "2017-07-01", "云淑兰", "", "door", "舒长青", "419900199909990019"],
        ["001", "2017-07-02", "云淑兰", "419900199909990019", "door", "舒长青", ""],
        ["001", "2017-07-03", "云淑兰", "", "door", "桑有余、舒长青", "419900196103050013、"],
        ["001", "2017-07-04", "云淑兰", "", "door", "桑有余、舒长青", "419900196103050013"],
    ]
    path = workbook(tmp_path / "a.xlsx", {"走访": rows})
    done = accepted(path, cast, by="officer", kind="household_visit")
    unknown = "没有登记这个证件号码的人，请核对号码，或先登记"
    assert wrong(done) == {
        "G2": [unknown], "D3": [unknown], "G5": ["写了 2 个名字，却有 1 个证件号码，请一一对应"],
    }  # fmt: skip
    [visit] = standing("household_visit")
    assert uid("secretary") in companions(visit)
    assert len(companions(visit)) == 2


def test_several_who_took_part_come_back_as_they_were_written_also_namesakes(
    cast: Cast, edited: Edit, tmp_path: Path
) -> None:
    visited(cast, "secretary", "officer")
    namesake(cast, tmp_path)
    done = accepted(edited("household_visit"), cast, by="officer")
    assert (done.counts, wrong(done)) == ({"same": 1}, {})


def test_whoever_is_written_in_place_of_another_is_meant(
    cast: Cast, edited: Edit, tmp_path: Path
) -> None:
    visited(cast, "secretary", "officer")

    def edit(rows: Cells) -> None:
        column = rows[0].index("companion")
        rows[1][column] = str(rows[1][column]).replace("舒长青", "谷大有")

    done = accepted(edited("household_visit", edit), cast, by="officer")
    assert (done.counts, wrong(done)) == ({"changed": 1}, {})
    [visit] = standing("household_visit")
    assert companions(visit) == {uid("head"), uid("officer")}
    [change] = [change for one in done.outcomes for change in one.changes]
    assert (change.header, set(change.before.split("、"))) == ("companion", {"舒长青", "温士明"})
    assert set(change.now.split("、")) == {"谷大有", "温士明"}


def test_whoever_has_a_part_without_a_column_keeps_it(
    cast: Cast, edited: Edit, tmp_path: Path
) -> None:
    visited(cast, "secretary", "officer")

    def edit(rows: Cells) -> None:
        for place in [n for n, head in enumerate(rows[0]) if "companion" in str(head)][::-1]:
            for row in rows:
                del row[place]
        rows[1][rows[0].index("接待人")] = "桑有余"

    done = accepted(edited("household_visit", edit), cast, by="officer")
    assert (done.counts, wrong(done)) == ({"changed": 1}, {})
    [visit] = standing("household_visit")
    assert companions(visit) == {uid("secretary"), uid("officer")}
    assert uid("head") not in companions(visit, "host")


@pytest.mark.parametrize("minutes", [30, 45])
def test_whoever_was_not_shown_to_the_sender_still_took_part(
    cast: Cast, edited: Edit, minutes: int
) -> None:
    visited(cast, "secretary", "west head")

    def edit(rows: Cells) -> None:
        for head, cell in (("companion", "舒长青"), ("companion系统编号", uid("secretary"))):
            rows[1][rows[0].index(head)] = cell
        rows[1][rows[0].index("minutes")] = minutes

    done = accepted(edited("household_visit", edit), cast, by="officer")
    assert done.counts == {"same" if minutes == 30 else "changed": 1}
    [visit] = standing("household_visit")
    assert companions(visit) == {uid("secretary"), uid("west head")}


FEWER = "导出这张表的人看不到全部参加的人，看不出减去的是谁。请自己导出再改"


@pytest.mark.parametrize(
    ("written", "after"),
    [
        ("舒长青", ["secretary", "west head"]),
        ("温士明", ["officer", "west head"]),
    ],
)
def test_a_sheet_says_how_many_it_does_not_name_and_drops_none_of_them(
    cast: Cast, tmp_path: Path, written: str, after: list[str]
) -> None:
    visited(cast, "secretary", "west head")
    policy = cast.policy("officer")
    made = Exported(policy, SHEETBOOK.kinds["household_visit"], SHEETBOOK, full=False)
    [row] = made.rows()
    place = made.heads.index("companion")
    assert row[place] == "舒长青、另有1人未列出"
    row[place] = str(row[place]).replace("舒长青", written)
    path = workbook(tmp_path / "a.xlsx", {"走访": [made.heads, row]})
    done = accepted(path, cast, by="officer", kind="household_visit")
    assert done.counts == {"same" if written == "舒长青" else "changed": 1}
    [visit] = standing("household_visit")
    assert companions(visit) == {uid(name) for name in after}


@pytest.mark.parametrize(
    ("written", "verdict", "after"),
    [
        ("舒长青", "same", ["secretary", "west head"]),
        ("舒长青、温士明", "changed", ["secretary", "west head", "officer"]),
        ("温士明", "refused", ["secretary", "west head"]),
    ],
)
def test_nor_does_it_from_somebody_who_sees_more(
    cast: Cast, tmp_path: Path, written: str, verdict: str, after: list[str]
) -> None:
    visited(cast, "secretary", "west head")
    made = Exported(
        cast.policy("officer"), SHEETBOOK.kinds["household_visit"], SHEETBOOK, full=False
    )
    [row] = made.rows()
    row[made.heads.index("companion")] = f"{written}、另有1人未列出"
    path = workbook(tmp_path / "a.xlsx", {"走访": [made.heads, row]})
    done = accepted(path, cast, kind="household_visit")
    assert done.counts == {verdict: 1}
    assert [text for texts in wrong(done).values() for text in texts] == (
        [FEWER] if verdict == "refused" else []
    )
    [visit] = standing("household_visit")
    assert companions(visit) == {uid(name) for name in after}
