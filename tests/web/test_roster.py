"""粘贴名单: lines of a sheet become those who came; nobody is guessed, nothing half stored."""

from __future__ import annotations

from datetime import date

import pytest
from django.http import HttpResponse
from django.test import Client

from bangfu.records import actions
from bangfu.records.models import Fact, Participant
from bangfu.web.roster import MOST_LINES, read_roster
from tests.cast import NOW, TODAY, Cast, as_registrar, founding, post, uid
from tests.web.conftest import SignIn
from tests.web.reading import text

CROWD = 200
ADDRESS = "/record/class_session"


@pytest.fixture
def crowd(cast: Cast) -> Cast:
    """Two hundred cadres, two of one name in two units, two of one name in one unit."""
    surnames = "赵钱孙李周吴郑王冯陈"
    given = "春夏秋冬山川松竹梅兰菊荷谷田溪石云舟桥河"
    drafts = [
        founding("unit", "finance", name="县财政局", place=uid("county")),
        founding("unit", "school", name="县委党校", place=uid("county")),
        founding("person", "organiser", name="组文浩", unit=uid("bureau")),
        post("organises", "organisation_officer", "organiser", "county"),
        founding("person", "namesake 1", name="贾同名", unit=uid("bureau")),
        founding("person", "namesake 2", name="贾同名", unit=uid("finance")),
        founding("person", "twin 1", name="卞双全", unit=uid("finance")),
        founding("person", "twin 2", name="卞双全", unit=uid("finance")),
    ]
    drafts += [
        founding("person", f"cadre {n}", name=name(n, surnames, given), unit=uid("finance"))
        for n in range(CROWD)
    ]
    actions.record_batch(
        [actions.Entry(as_registrar(one), uid("registrar"), NOW) for one in drafts], as_of=TODAY
    )
    return cast


def name(
    number: int,
    surnames: str = "赵钱孙李周吴郑王冯陈",
    given: str = "春夏秋冬山川松竹梅兰菊荷谷田溪石云舟桥河",
) -> str:
    return f"{surnames[number % 10]}{given[number // 10]}生"


def sent(client: Client, pasted: str, **more: str) -> HttpResponse:
    values = {
        "uid": uid("a class"), "occurred_on": "2017-07-20", "subject": uid("school"),
        "performed_by": uid("organiser"), "v.title": "专题班", "v.category": "special",
        "v.channel": "school", "v.hours": "8", "paste.attendee": pasted, **more,
    }  # fmt: skip
    return client.post(ADDRESS, values)  # type: ignore[return-value]


def came() -> list[str]:
    rows = Participant.objects.filter(fact__kind="class_session", fact__amended_by=None)
    return list(rows.values_list("participant__uid", flat=True))


SHEET = "序号\t姓名\t单位\t职务\n" + "\n".join(
    f"{n + 1}\t{name(n)}\t县财政局\t科员" for n in range(CROWD)
)


def test_two_hundred_lines_of_a_sheet_are_stored_at_once(crowd: Cast, browser: SignIn) -> None:
    assert sent(browser("organiser"), SHEET).status_code == 302
    assert sorted(came()) == sorted(uid(f"cadre {n}") for n in range(CROWD))


def test_what_names_nobody_for_sure_stays_with_its_reason_and_nothing_is_stored(
    crowd: Cast, browser: SignIn
) -> None:
    wrong = (
        "\n201\t贾同名\t\t科员\n202\t没这人\t县财政局\t科员\n203\t赵春生\t县财政局\t科员"
        "\n204\t钱春生\t县教育局\t科员\n205\t卞双全\t县财政局\t科员\n206\t\t县财政局\t"
    )
    client = browser("organiser")
    answer = sent(client, SHEET + wrong)
    assert answer.status_code == 422
    assert came() == []
    page = answer.content.decode()
    for said in (
        "第 2 行：有 2 个贾同名（县试验局、县财政局）",
        "第 3 行：没有叫“没这人”的人",
        "第 4 行：赵春生前面已经有了，是同一个人",
        "第 5 行：“县教育局”没有钱春生；登记的是：县财政局",
        "第 6 行：有 2 个卞双全（县财政局、县财政局）",
        "第 7 行：没有看到姓名",
    ):
        assert said in page, said
    # Who was found is on the sheet; what was not stays in the box, under its head.
    assert page.count('name="p.attendee"') == CROWD
    box = page.partition("<textarea")[2].partition("</textarea>")[0]
    lines = [line for line in box.splitlines() if "\t" in line]
    assert len(lines) == 7
    assert "没这人" in lines[3 - 1], "the number is that of the line as it now stands in the box"


def test_mended_it_is_stored_with_those_found_before(crowd: Cast, browser: SignIn) -> None:
    client = browser("organiser")
    assert sent(client, "赵春生\n贾同名").status_code == 422
    mended = sent(client, "贾同名\t财政局", **{"p.attendee": uid("cadre 0")})
    assert mended.status_code == 302
    assert came() == [uid("cadre 0"), uid("namesake 2")] or sorted(came()) == sorted(
        [uid("cadre 0"), uid("namesake 2")]
    )


def test_in_english_the_reasons_are_english(crowd: Cast, browser: SignIn) -> None:
    page = sent(browser("organiser", language="en"), "没这人\n贾同名").content.decode()
    assert "Line 1: nobody is called “没这人”." in page
    assert "Line 2: 2 persons are called 贾同名" in page


@pytest.mark.parametrize(
    ("pasted", "found"),
    [
        ("赵春生，钱春生", ["cadre 0", "cadre 1"]),
        ("赵春生、钱春生；孙春生", ["cadre 0", "cadre 1", "cadre 2"]),
        ("赵春生\t钱春生", ["cadre 0", "cadre 1"]),
        ("赵春生\t科员\t13800000000", ["cadre 0"]),
        ("贾同名，财政局，赵春生", ["namesake 2", "cadre 0"]),
        ("赵春生\n钱春生", ["cadre 0", "cadre 1"]),
        ("1、赵春生\n2、钱春生", ["cadre 0", "cadre 1"]),
        ("赵　春　生", ["cadre 0"]),
        ("赵春生（女）  县财政局  13800000000", ["cadre 0"]),
        ("姓名,单位\n贾同名,县试验局", ["namesake 1"]),
        ("贾同名 \t财政局", ["namesake 2"]),
        ("\n\n赵春生\n\n", ["cadre 0"]),
    ],
)
def test_lists_come_in_many_shapes(pasted: str, found: list[str], crowd: Cast) -> None:
    roster = read_roster(crowd.policy("organiser"), pasted)
    assert not roster.problems, [one.zh for one in roster.problems]
    assert roster.uids == [uid(one) for one in found]


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("序号\t单位\n1\t县财政局", "没有“姓名”一栏"),
        ("13800000000\n2017-07-20", "第 2 行：没有看到姓名"),
        ("=1+1", "没有叫"),
        ("赵春生\t县教育局", "“县教育局”没有赵春生；登记的是：县财政局"),
        ("赵春生、完全没有的人", "第 1 行：没有叫“完全没有的人”的人"),
        ("赵春生\n" * (MOST_LINES + 1), "一次最多粘贴"),
    ],
)
def test_wrong_columns_are_said_and_the_lines_stay(pasted: str, said: str, crowd: Cast) -> None:
    roster = read_roster(crowd.policy("organiser"), pasted)
    assert said in roster.words("zh")
    assert roster.uids == ([uid("cadre 0")] if "、" in pasted else [])
    mended = "完全没有的人" if "、" in pasted else pasted
    assert roster.left == [line for line in mended.splitlines() if line.strip()]


def test_of_many_mistakes_the_first_few_are_told(crowd: Cast) -> None:
    roster = read_roster(crowd.policy("organiser"), "\n".join(f"无此人{n}号" for n in range(300)))
    assert len(roster.left) == 300
    assert roster.words("zh").endswith("还有 288 处。")


def test_a_list_finds_only_whom_the_reader_may_name(crowd: Cast, browser: SignIn) -> None:
    assert read_roster(crowd.policy("organiser"), "苗春生").uids == [uid("west head")]
    foreign = read_roster(crowd.policy("officer"), "苗春生")
    absent = read_roster(crowd.policy("officer"), "没这人")
    assert foreign.uids == absent.uids == []
    assert foreign.problems[0].zh.replace("苗春生", "") == absent.problems[0].zh.replace(
        "没这人", ""
    )


def test_who_came_is_added_later_by_a_correction(crowd: Cast, browser: SignIn) -> None:
    client = browser("organiser")
    assert sent(client, "赵春生").status_code == 302
    fact = Fact.objects.get(kind="class_session")
    form = client.get(f"/fact/{fact.uid}/correct")
    assert "粘贴名单" in text(form)
    later = {
        "uid": uid("later"), "occurred_on": "2017-07-20", "subject": uid("school"),
        "performed_by": uid("organiser"), "v.title": "专题班", "v.category": "special",
        "v.channel": "school", "v.hours": "8", "p.attendee": uid("cadre 0"),
        "paste.attendee": "\n".join(name(n) for n in range(1, 50)), "reason": "补到班名单",
    }  # fmt: skip
    assert client.post(f"/fact/{fact.uid}/correct", later).status_code == 302
    assert sorted(came()) == sorted(uid(f"cadre {n}") for n in range(50))
    assert date.fromisoformat(Fact.objects.get(uid=uid("later")).occurred_on)
