"""The cadre register as Excel by the county's handbook: in, out again, and what is refused."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import openpyxl
import pytest

from bangfu.core.facts import Value
from bangfu.core.text import Refused
from bangfu.exchange.sheets import exporting
from bangfu.exchange.sheets.importing import Import
from bangfu.records import actions, ledger, queries
from bangfu.records.disclosure import Request
from bangfu.records.models import Assignment
from tests.cast import NOW, Cast, settle, uid
from tests.exchange.sheetbook import accepted, asked, tried, workbook, wrong
from tests.web.conftest import folder

__all__ = ["folder"]

pytestmark = pytest.mark.django_db

PEOPLE: list[list[object]] = [
    ["姓名", "证件号码", "单位", "职级", "干部层级", "所在单位级别", "抽调批次"],
    ["季望山", "419900198003050013", "县试验局", "一般干部", "基层干部", "县直单位", "第一批"],
    ["章知秋", "41990019700101003x", "县试验局", "乡科级副职", "科级干部", "县直单位", ""],
]
PROFILES: list[list[object]] = [
    ["姓名", "证件号码", "籍贯所在村", "专长", "最多可帮扶户数", "身体情况和限制"],
    ["季望山", "419900198003050013", "石桥村", "种养技术、就业务工", 6, "腰伤，不走远路"],
    ["章知秋", "41990019700101003x", "苇塘村", "教育资助", 3, ""],
]
AVOIDED: list[list[object]] = [
    ["姓名", "证件号码", "日期", "回避的户", "原因"],
    ["季望山", "419900198003050013", "2017-03-01", "谷大有", "亲属"],
]
POSTS: list[list[object]] = [
    ["岗位", "对象", "姓名", "证件号码", "日期", "依据"],
    ["帮扶责任人", "苗春生", "季望山", "419900198003050013", "2017-07-03", "县组〔2017〕3号"],
]


@pytest.fixture
def cast() -> Cast:
    return settle()


def put(cast: Cast, path: Path, rows: Sequence[Sequence[object]]) -> dict[str, list[str]]:
    """Take a workbook in; the problems by cell."""
    return wrong(accepted(workbook(path, {"表": rows}), cast))


def register(cast: Cast, folder: Path) -> None:
    for number, rows in enumerate((PEOPLE, PROFILES, AVOIDED)):
        assert put(cast, folder / f"{number}.xlsx", rows) == {}


def handed_out(kind: str, cast: Cast) -> bytes:
    handbook = queries.handbook()
    return exporting.export(
        cast.policy("registrar"), handbook.kinds[kind], handbook,
        asked=Request("meeting", str(uuid4()), NOW), who="计安平", about=uid("county"), full=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    "kind",
    ["registry.person", "cadre_profile", "avoidance", "registry.assignment", "registry.unit"],
)
def test_the_register_comes_out_and_in_again_and_changes_nothing(
    cast: Cast, folder: Path, kind: str
) -> None:
    register(cast, folder)
    made, before = handed_out(kind, cast), ledger.head()
    found = Import(asked(made, cast), queries.handbook()).accepted(now=NOW)
    assert (set(found.counts), wrong(found)) == ({"same"}, {})
    assert ledger.head() == before


def test_home_skills_capacity_and_avoided_households_are_all_there(
    cast: Cast, folder: Path
) -> None:
    register(cast, folder)
    for kind, words in (
        ("cadre_profile", ("石桥村", "种养技术、就业务工", "6", "腰伤，不走远路")),
        ("avoidance", ("谷大有", "亲属")),
        ("registry.person", ("县试验局",)),
    ):
        book = openpyxl.load_workbook(io.BytesIO(handed_out(kind, cast)))
        cells = {str(cell) for row in book.worksheets[0].values for cell in row}
        for word in words:
            assert any(word in cell for cell in cells), (kind, word, cells)


def test_what_cannot_be_is_refused_by_cell_and_nothing_of_the_row_is_kept(
    cast: Cast, folder: Path
) -> None:
    rows = [list(row) for row in PEOPLE] + [PEOPLE[1]]
    rows[2][3] = "科长"
    before = queries.sequence()
    found = wrong(tried(workbook(folder / "a.xlsx", {"表": rows}), cast))
    assert "“职级”只能是" in found["D3"][0], "an unknown grade, with those that there are"
    assert found["4"] == ["和第 2 行说的是同一个对象，请只留一行"]
    assert queries.sequence() == before, "a trial writes nothing"


def test_what_ends_before_it_begins_and_circles_of_places_are_refused(
    cast: Cast, folder: Path
) -> None:
    ends: list[list[object]] = [
        ["岗位", "对象", "姓名", "证件号码", "日期", "预计到期"],
        ["帮扶责任人", "苗春生", "季望山", "419900198003050013", "2017-07-03", "2017-07-01"],
    ]
    register(cast, folder)
    before = queries.sequence()
    assert put(cast, folder / "e.xlsx", ends), "a post that is to end before it begins"
    values: dict[str, Value] = {
        "level": "village", "name": "石桥村", "code": "419900101001", "parent": uid("stone bridge"),
    }  # fmt: skip
    around = cast.draft("registry.place", subject="stone bridge", by="registrar", values=values)
    around = replace(around, amends=uid("stone bridge"), reason="改上级")
    with pytest.raises(Refused, match="行政村的上级必须是乡镇") as refused:
        actions.correct(draft=around, by=cast.policy("registrar"), now=NOW)
    assert refused.value.code == "bad_parent", "levels are fixed, so no chain of parents closes"
    assert queries.sequence() == before


def test_posts_that_overlap_or_break_a_rule_are_refused_by_cell(cast: Cast, folder: Path) -> None:
    register(cast, folder)
    first, second = "419900198003050013", "41990019700101003x"
    posts: list[list[object]] = [
        *POSTS,
        ["驻村第一书记", "石桥村", "季望山", first, "2017-07-03", ""],
        ["村级责任组组长", "石桥村", "章知秋", second, "2017-07-03", ""],
    ]
    before = Assignment.objects.count()
    found = put(cast, folder / "p.xlsx", posts)
    said = " ".join(text for texts in found.values() for text in texts)
    assert "已有人担任" in said, "a household has one helper, a village one first secretary"
    assert "违反“责任组组长”" in said, "and a head is of the township"
    assert Assignment.objects.count() == before, "nothing half stored"
