"""A roster comes in as Excel: read, matched, compared, recorded, and changes nothing twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bangfu.exchange.sheets.places import Places
from bangfu.exchange.sheets.report import Report
from bangfu.records import ledger, queries
from bangfu.records.models import Fact, Subject
from tests.cast import Cast, settle, uid
from tests.exchange.sheetbook import Rows, accepted, rules, tried, workbook, wrong

__all__ = ["rules"]

pytestmark = pytest.mark.django_db

HOUSEHOLDS: list[list[object]] = [
    ["2017年农户信息表", "", "", "", "", "", ""],
    ["户编号", "户主姓名", "乡镇", "行政村", "家庭人口数", "户类型", "耕地面积(亩)"],
    ["H001", "桑有余", "东乡", "石桥村", 3, "脱贫户", 4.5],
    ["H002", "谷小满", "东乡", "石桥村", 2.0, "一般农户", "1,200.25"],
]
MEMBERS: list[list[object]] = [
    ["姓名", "证件号码", "性别", "户编号", "与户主关系", "健康状况", "识别时间", "务工月收入(元)",
     "出生日期"],
    ["桑有余", "419900196103050013", "男", "H001", "户主", "健康", "2017年5月1日", 2600.5,
     date(1961, 3, 5)],
    ["桑小苗", "419900199003050021", "女", "H001", "之女", "长期慢性病", "2017.5.1", "", 32937],
    ["谷小满", "41990019700101003x", "女", "H002", "户主", "健康", "20170501", 0, "1970-01-01"],
]  # fmt: skip


@pytest.fixture
def cast() -> Cast:
    return settle()


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    return workbook(tmp_path / "户表.xlsx", {"户": HOUSEHOLDS, "人员": MEMBERS}, merge="A1:G1")


def test_a_roster_is_tried_without_writing_and_then_recorded(cast: Cast, roster: Path) -> None:
    before = ledger.head()
    found = tried(roster, cast)
    assert (found.counts, wrong(found)) == ({"new": 5}, {})
    assert ledger.head() == before
    done = accepted(roster, cast)
    assert done.counts == {"new": 5}
    assert ledger.head().sequence == before.sequence + done.facts
    assert queries.verify().ok
    person = queries.find(cast.policy("registrar"), "41990019700101003X", types=["person"])
    assert [one.name for one in person] == ["谷小满"]


@pytest.mark.parametrize("by", ["registrar", "officer"])
def test_members_known_by_their_household_alone_are_registered_where_it_lies(
    cast: Cast, roster: Path, by: str
) -> None:
    done = accepted(roster, cast, by=by)
    assert (done.counts, wrong(done)) == ({"new": 5}, {})
    rows = Subject.objects.filter(type="person", name__in=["桑有余", "桑小苗", "谷小满"])
    village = Subject.objects.get(uid=uid("stone bridge"))
    assert {(row.path, row.village) for row in rows} == {(village.path, village.id)}
    found = queries.find(cast.policy("officer"), "桑小苗", types=["person"])
    assert [one.name for one in found] == ["桑小苗"]


def test_members_of_a_known_household_without_id_numbers_are_found_again(
    cast: Cast, roster: Path, tmp_path: Path
) -> None:
    households: Rows = [
        ["户编号", "户主姓名", "所在村组"], ["H010", "桑有余", "石桥村"],
    ]  # fmt: skip
    members: Rows = [
        ["姓名", "性别", "户编号", "与户主关系", "出生日期"],
        ["桑有余", "男", "H010", "户主", "1961-03-05"],
        ["桑小苗", "女", "H010", "之女", "1990-03-05"],
        ["谷大有", "男", "001", "户主", "1961-05-02"],
        ["谷小有", "男", "001", "之子", "1991-05-02"],
    ]
    path = workbook(tmp_path / "a.xlsx", {"户": households, "人员": members})
    done = accepted(path, cast)
    assert (done.counts, wrong(done)) == ({"new": 4, "same": 1}, {})
    rows = Subject.objects.filter(name__in=["桑有余", "桑小苗", "谷小有"])
    assert {row.village for row in rows} == {cast.number("stone bridge")}
    assert accepted(path, cast).counts == {"same": 5}


def test_where_somebody_lives_does_not_change_where_he_is_registered(
    cast: Cast, tmp_path: Path
) -> None:
    rows: Rows = [["姓名", "户编号", "与户主关系", "出生日期", "证件号码"],
                  ["温士明", "001", "之子", "", ""]]  # fmt: skip
    path = workbook(tmp_path / "a.xlsx", {"人员": rows})
    before = Subject.objects.get(uid=uid("officer")).path
    accepted(path, cast, choices={"0:2": uid("officer")})
    assert Subject.objects.get(uid=uid("officer")).path == before


def test_what_was_read_is_in_canonical_form(cast: Cast, roster: Path) -> None:
    accepted(roster, cast)
    policy = cast.policy("registrar")
    facts = [
        fact for one in Fact.objects.filter(kind="member_profile").order_by("sequence")
        if (fact := queries.fact(policy, one.uid))
    ]  # fmt: skip
    assert [dict(fact.values) for fact in facts] == [
        {"health": "well", "found": "2017-05-01", "pay": "2600.50"},
        {"health": "ill", "found": "2017-05-01"},
        {"health": "well", "found": "2017-05-01", "pay": "0.00"},
    ]
    births = queries.find(policy, "桑小苗", types=["person"])
    card = queries.card(policy, births[0].uid)
    assert card is not None and card.founding is not None
    assert card.founding.values["birth"] == "1990-03-05"
    assert [tie.what for tie in card.homes] == ["之女"]


def test_a_second_import_of_the_same_file_changes_nothing(cast: Cast, roster: Path) -> None:
    accepted(roster, cast)
    before = ledger.head()
    assert tried(roster, cast).counts == {"same": 5}
    done = accepted(roster, cast)
    assert (done.counts, done.facts) == ({"same": 5}, 0)
    assert ledger.head() == before


def test_only_what_changed_is_recorded_and_shown(cast: Cast, roster: Path, tmp_path: Path) -> None:
    accepted(roster, cast)
    rows = [list(row) for row in MEMBERS]
    rows[1][5] = "长期慢性病"
    rows[2][4] = "之儿媳"
    changed = workbook(tmp_path / "again.xlsx", {"人员": rows})
    found = tried(changed, cast)
    assert found.counts == {"same": 1, "changed": 2}
    assert [(c.header, c.before, c.now) for one in found.outcomes for c in one.changes] == [
        ("健康状况", "健康", "长期慢性病"), ("与户主关系", "之女", "之儿媳"),
    ]  # fmt: skip
    assert accepted(changed, cast).facts == 2
    assert tried(changed, cast).counts == {"same": 3}


def test_a_nought_is_not_the_same_as_nothing_said(cast: Cast, tmp_path: Path) -> None:
    def surveyed(months: object) -> Report:
        rows: Rows = [["姓名", "出生日期", "行政村", "健康状况", "务工时间(月)"],
                      ["谷大有", "1961-05-02", "石桥村", "健康", months]]  # fmt: skip
        return accepted(workbook(tmp_path / "a.xlsx", {"人员": rows}), cast)

    assert surveyed("").counts == {"new": 1}
    for months, before, now in ((0, "", "0"), ("", "0", "")):
        done = surveyed(months)
        assert (done.counts, done.facts) == ({"changed": 1}, 1)
        [change] = [change for one in done.outcomes for change in one.changes]
        assert (change.header, change.before, change.now) == ("务工时间(月)", before, now)
        assert surveyed(months).counts == {"same": 1}


def test_wrong_cells_are_named_with_cause_and_cure_and_the_rest_goes_in(
    cast: Cast, tmp_path: Path
) -> None:
    rows = [list(row) for row in MEMBERS]
    rows[1][5] = "很好"
    rows[2][6] = "去年五月"
    path = workbook(tmp_path / "a.xlsx", {"户": HOUSEHOLDS, "人员": rows})
    done = accepted(path, cast)
    assert done.counts == {"new": 3, "refused": 2}
    assert wrong(done) == {
        "F2": ["“健康状况”只能是：健康、长期慢性病"],
        "G3": ["“识别时间”不是日期，请写成 2017-07-31"],
    }


def test_an_id_number_that_lost_its_digits_is_refused(cast: Cast, tmp_path: Path) -> None:
    rows = [list(row) for row in MEMBERS]
    rows[1][1] = 419900196103050013
    found = tried(workbook(tmp_path / "a.xlsx", {"户": HOUSEHOLDS, "人员": rows}), cast)
    assert found.counts == {"new": 4, "refused": 1}
    assert "后面几位已丢失" in wrong(found)["B2"][0]


def test_the_same_person_twice_in_a_file_is_refused(cast: Cast, tmp_path: Path) -> None:
    rows = [*MEMBERS, MEMBERS[1]]
    found = tried(workbook(tmp_path / "a.xlsx", {"户": HOUSEHOLDS, "人员": rows}), cast)
    assert found.counts == {"new": 5, "refused": 1}
    assert wrong(found) == {"5": ["和第 2 行说的是同一个对象，请只留一行"]}


def test_columns_in_any_order_and_a_sheet_in_front_of_its_households(
    cast: Cast, roster: Path, tmp_path: Path
) -> None:
    turned = [list(reversed(row)) for row in MEMBERS]
    path = workbook(tmp_path / "b.xlsx", {"人员": turned, "户": HOUSEHOLDS})
    assert accepted(path, cast).counts == {"new": 5}
    assert tried(roster, cast).counts == {"same": 5}


def test_a_doubtful_row_is_asked_and_a_choice_settles_it(cast: Cast, tmp_path: Path) -> None:
    # The cast's head of household has this name and birth, and another id number.
    rows: Rows = [
        ["姓名", "证件号码", "出生日期", "行政村", "健康状况"],
        ["谷大有", "419900196105020299", "1961-05-02", "石桥村", "健康"],
    ]
    path = workbook(tmp_path / "a.xlsx", {"人员": rows})
    found = tried(path, cast)
    assert found.counts == {"doubtful": 1}
    [one] = found.outcomes
    assert [uid for uid, _ in one.candidates] == [uid("head"), "new"]
    assert accepted(path, cast).facts == 0
    settled = accepted(path, cast, choices={one.row: uid("head")})
    assert settled.counts == {"changed": 1}


def test_without_an_id_number_name_birth_and_village_tell_who_is_meant(
    cast: Cast, tmp_path: Path
) -> None:
    rows: Rows = [
        ["姓名", "出生日期", "行政村", "健康状况"],
        ["谷大有", "1961.5.2", "石桥村", "健康"],
        ["无此人", "1961.5.2", "石桥村", "健康"],
    ]
    done = accepted(workbook(tmp_path / "a.xlsx", {"人员": rows}), cast)
    assert done.counts == {"new": 2}
    assert Fact.objects.filter(kind="registry.person", performer__uid=uid("registrar")).count() == 1


def test_whoever_may_not_see_a_household_is_told_that_there_is_none(
    cast: Cast, tmp_path: Path
) -> None:
    rows: Rows = [["户编号", "措施名称", "金额(元)"], ["001", "=种牛", 1200]]
    path = workbook(tmp_path / "a.xlsx", {"措施": rows})
    assert tried(path, cast, by="officer").counts == {"new": 1}
    foreign = tried(path, cast, by="west officer")
    assert foreign.counts == {"refused": 1}
    assert wrong(foreign) == {"A2": ["没有登记这个户（001），请先登记，或核对号码和姓名"]}


def test_facts_that_are_no_profile_are_told_apart_by_day_and_values(
    cast: Cast, tmp_path: Path
) -> None:
    rows: Rows = [
        ["户编号", "日期", "措施名称", "金额(元)"],
        ["001", "2017-03-01", "种牛", 1200], ["001", "2017-04-01", "种牛", 1200],
    ]  # fmt: skip
    path = workbook(tmp_path / "a.xlsx", {"措施": rows})
    assert accepted(path, cast).facts == 2
    assert accepted(path, cast).counts == {"same": 2}


def test_two_of_a_name_and_a_birth_in_one_file_are_two_wherever_they_stand(
    cast: Cast, tmp_path: Path
) -> None:
    """The first is written long before the last is read, and is not asked about."""
    people: Rows = [
        ["H9001", "东乡", "石桥村", f"云众{n % 2000}", "女", "1980-01-02", f"41102519800102{n:04}"]
        for n in range(2001)
    ]
    path = workbook(tmp_path / "a.xlsx", {
        "户": [["户编号", "户主姓名", "乡镇", "行政村"], ["H9001", "云众甲", "东乡", "石桥村"]],
        "人员": [["户编号", "乡镇", "行政村", "姓名", "性别", "出生日期", "证件号码"], *people],
    })  # fmt: skip
    assert tried(path, cast).counts == accepted(path, cast).counts == {"new": 2002}


def test_a_number_that_lost_its_zeros_is_asked_about_and_registers_nobody_twice(
    cast: Cast, tmp_path: Path
) -> None:
    rows: Rows = [
        ["户编号", "户主姓名", "乡镇", "行政村", "家庭人口数"],
        [1, "谷大有", "东乡", "石桥村", 3], [2, "谷大有", "西乡", "苇塘村", 4],
    ]  # fmt: skip
    path = workbook(tmp_path / "a.xlsx", {"户": rows})
    done = accepted(path, cast)
    assert done.counts == {"doubtful": 1, "new": 1}
    [one] = [one for one in done.outcomes if one.verdict == "doubtful"]
    assert [found for found, _ in one.candidates] == [uid("household"), "new"]
    assert Subject.objects.filter(type="household", name="谷大有").count() == 2
    assert accepted(path, cast, choices={one.row: "new"}).counts == {"new": 1, "same": 1}


def test_facts_under_a_number_that_lost_its_zeros_are_asked_about(
    cast: Cast, tmp_path: Path
) -> None:
    rows: Rows = [["户编号", "户主姓名", "行政村", "措施名称"], [1, "谷大有", "石桥村", "种牛"]]
    done = accepted(workbook(tmp_path / "a.xlsx", {"措施": rows}), cast)
    [one] = done.outcomes
    assert (one.verdict, [found for found, _ in one.candidates]) == (
        "doubtful", [uid("household"), "new"],
    )  # fmt: skip


def test_long_words_name_nothing(cast: Cast, tmp_path: Path) -> None:
    long = "东乡石桥村" * 6_000
    assert Places(cast.policy("registrar")).find([long, long]) == []
    assert [one.uid for one in Places(cast.policy("registrar")).find(["试验县东乡石桥村"])] == [
        uid("stone bridge")
    ]
    rows: Rows = [
        ["户编号", "户主姓名", "行政村"], ["H001", "桑有余", long], ["H002", long, "石桥村"],
    ]  # fmt: skip
    found = tried(workbook(tmp_path / "a.xlsx", {"户": rows}), cast)
    assert found.counts == {"refused": 2}
    assert "超过 200 字" in wrong(found)["C2"][0] and "超过 200 字" in str(wrong(found)["B3"])
    assert max(len(text) for texts in wrong(found).values() for text in texts) < 100
    units: Rows = [["名称", "所在地"], ["石桥村卫生室", long]]
    path = workbook(tmp_path / "b.xlsx", {"单位": units})
    assert "超过 200 字" in wrong(tried(path, cast, kind="registry.unit"))["B2"][0]
