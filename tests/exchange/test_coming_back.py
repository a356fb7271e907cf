"""A sheet that was handed out comes back after others have gone on working: nothing of what they
did is undone, and nothing is there twice.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import uuid4

import openpyxl
import pytest

from bangfu.exchange.sheets.exporting import Exported
from bangfu.records import actions, queries
from bangfu.records.models import Fact
from tests.cast import NOW, Cast, as_registrar, post, uid
from tests.exchange.sheetbook import SHEETBOOK, Rows, accepted, rules, workbook, wrong
from tests.exchange.test_exporting import cast, handed_out

__all__ = ["cast", "rules"]

pytestmark = pytest.mark.django_db

GONE = (
    "这个系统编号所指的记录已更正、已作废，或不是您管的。请重新导出再改；要新记一条，请清空这一格"
)
Cells = list[list[object]]
Edit = Callable[..., Path]


@pytest.fixture
def edited(cast: Cast, tmp_path: Path) -> Edit:
    """A kind handed out, with its cells changed by a function."""

    def edit(kind: str, change: Callable[[Cells], object] = bool) -> Path:
        book = openpyxl.load_workbook(io.BytesIO(handed_out(kind, cast)))
        rows = [list(row) for row in book.worksheets[0].values][1:]
        change(rows)
        made = openpyxl.Workbook()
        sheet = made.worksheets[0]
        for number, row in enumerate(rows, start=1):
            for place, cell in enumerate(row, start=1):
                sheet.cell(number, place).value = cell
                if isinstance(cell, str):
                    sheet.cell(number, place).data_type = "s"
        made.save(tmp_path / f"{uuid4()}.xlsx")
        return max(tmp_path.glob("*-*.xlsx"), key=lambda path: path.stat().st_mtime_ns)

    return edit


def standing(kind: str) -> list[Fact]:
    return list(Fact.objects.filter(kind=kind, amended_by=None).order_by("sequence"))


def test_what_was_withdrawn_or_corrected_since_stays_so(cast: Cast, edited: Edit) -> None:
    path = edited("measure")
    first, second, third = standing("measure")
    registrar = cast.policy("registrar")
    actions.void(uid=first.uid, reason="记错了", by=registrar, now=NOW)
    draft = cast.draft(
        "measure", by="registrar", on=date(2017, 4, 1), values={"what": "奶牛", "amount": "1.00"},
        amends=second.uid, reason="核对",
    )  # fmt: skip
    actions.correct(draft=replace(draft, subject=second.subject.uid), by=registrar, now=NOW)
    done = accepted(path, cast)
    assert (done.counts, done.facts) == ({"refused": 2, "same": 1}, 0)
    assert [text for texts in wrong(done).values() for text in texts] == [GONE, GONE]
    assert len(standing("measure")) == 2
    assert third.uid in {one.uid for one in standing("measure")}


def test_an_edited_sheet_may_come_twice(cast: Cast, edited: Edit) -> None:
    def edit(rows: Cells) -> None:
        rows[1][rows[0].index("金额(元)")] = 77

    path = edited("measure", edit)
    assert accepted(path, cast).counts == {"changed": 1, "same": 2}
    assert accepted(path, cast).counts == {"same": 3}


@pytest.mark.parametrize("kind", ["measure", "member_profile", "registry.household"])
def test_a_system_id_that_is_nobodys_is_refused(cast: Cast, edited: Edit, kind: str) -> None:
    def edit(rows: Cells) -> None:
        rows[1][-1] = str(uuid4())
        if kind == "measure":
            rows[1][rows[0].index("金额(元)")] = 77

    done = accepted(edited(kind, edit), cast)
    assert (done.counts["refused"], done.facts) == (1, 0)
    assert [text for texts in wrong(done).values() for text in texts] == [GONE]


@pytest.mark.parametrize("kind", ["registry.membership", "registry.assignment"])
def test_homes_and_posts_that_were_withdrawn_do_not_come_back(
    cast: Cast, edited: Edit, kind: str
) -> None:
    path = edited(kind)
    before = standing(kind)
    gone = uid("west head lives there" if "membership" in kind else "west helps")
    actions.void(uid=gone, reason="记错了", by=cast.policy("registrar"), now=NOW)
    done = accepted(path, cast)
    assert (done.counts, done.facts) == ({"refused": 1, "same": len(before) - 1}, 0)
    assert [text for texts in wrong(done).values() for text in texts] == [GONE]


def test_a_round_of_several_households_stands_in_the_row_of_each(
    cast: Cast, edited: Edit, tmp_path: Path
) -> None:
    draft = cast.draft("household_contact", values={"channel": "met"})
    draft = replace(draft, more_subjects=(uid("second household"),))
    actions.record([draft], by=cast.policy("helper"), now=NOW)
    shown: list[Cells] = []
    path = edited("household_contact", shown.append)
    heads = shown[0][0]
    assert [row[heads.index("户主姓名")] for row in shown[0][1:]] == ["谷大有", "田有余"]
    assert {row[heads.index("系统编号")] for row in shown[0][1:]} == {draft.uid}
    assert accepted(path, cast, by="officer").counts == {"same": 2}
    anew: Rows = [
        ["户主姓名", "行政村", "日期", "办理人", "channel"],
        ["田有余", "石桥村", "2017-07-20", "云淑兰", "met"],
    ]
    done = accepted(workbook(tmp_path / "anew.xlsx", {"联系": anew}), cast, by="officer")
    assert done.counts == {"same": 1}


def test_a_round_of_several_households_is_not_corrected_by_one_row(
    cast: Cast, edited: Edit
) -> None:
    draft = cast.draft("household_contact", values={"channel": "met"})
    draft = replace(draft, more_subjects=(uid("second household"),))
    actions.record([draft], by=cast.policy("helper"), now=NOW)

    def edit(rows: Cells) -> None:
        rows[2][rows[0].index("channel")] = "phone"

    done = accepted(edited("household_contact", edit), cast, by="officer")
    assert done.counts == {"same": 1, "refused": 1}
    assert wrong(done) == {"3": ["这条记录一次写了 2 个对象，表格不能单改一行，请在系统里更正"]}
    [problem] = [problem for one in done.outcomes for problem in one.problems]
    assert problem.text.en.startswith("this record is about 2 at once")
    [contact] = standing("household_contact")
    fact = queries.fact(cast.policy("officer"), contact.uid)
    assert fact is not None and fact.more_subjects == (uid("second household"),)


def test_posts_of_holders_from_elsewhere_come_back_as_they_are(cast: Cast, tmp_path: Path) -> None:
    registrar, officer = cast.policy("registrar"), cast.policy("officer")
    draft = as_registrar(post("leads too", "village_lead", "registrar", "stone bridge"))
    actions.record([draft], by=registrar, now=NOW)
    made = Exported(officer, SHEETBOOK.kinds["registry.assignment"], SHEETBOOK, full=False)
    rows = list(made.rows())
    assert any("计安平" in row for row in rows)
    path = workbook(tmp_path / "a.xlsx", {"任职": [made.heads, *rows]})
    done = accepted(path, cast, by="officer")
    assert (done.counts, wrong(done)) == ({"same": len(rows)}, {})
