"""The county's page: the map, the numbers beside it, and what needs a decision first."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from bangfu.core.results import State
from bangfu.records import actions
from bangfu.web.board import Line
from bangfu.web.county_map import class_of, draw, share_of
from tests.cast import NOW, Cast, uid
from tests.web.conftest import SignIn
from tests.web.reading import links, text


def line(key: int, *, done: int = 0, late: int = 0, due: int = 0, overdue: int = 0) -> Line:
    counts = [0] * len(State)
    counts[State.DONE], counts[State.LATE] = done, late
    counts[State.DUE], counts[State.OVERDUE] = due, overdue
    return Line(key, tuple(counts))


@pytest.mark.parametrize(
    ("met", "shade"), [(100, 1), (98, 1), (97.9, 2), (90, 3), (80, 4), (79, 5), (0, 5), (None, 0)]
)
def test_the_more_is_met_the_lighter_the_township(met: float | None, shade: int) -> None:
    assert class_of(met, "met") == shade


@pytest.mark.parametrize(("late", "shade"), [(0, 1), (1.9, 1), (2, 2), (10, 4), (20, 5), (100, 5)])
def test_the_more_is_overdue_the_darker_the_township(late: float, shade: int) -> None:
    assert class_of(late, "late") == shade


def test_what_is_not_decided_yet_counts_for_neither() -> None:
    assert share_of(line(1, done=3, late=1, due=50, overdue=1), "met") == 80
    assert share_of(line(1, done=3, late=1, due=50, overdue=1), "late") == 20
    assert share_of(line(1, due=50), "met") is None


def test_all_sixteen_townships_are_drawn_and_found_by_their_name_of_either_time() -> None:
    titles: dict[int | str, str] = {7: "湛北乡", 8: "城关镇", 9: "汾陈镇"}
    lines = [line(7, done=9, overdue=1), line(8, done=1), line(9, overdue=1)]
    urls: dict[int | str, str] = {
        7: "/township?town=x",
        8: "/township?town=y",
        9: "/township?town=z",
    }
    drawn = draw("xiangcheng", lines, titles=titles, urls=urls, shade="met")
    assert drawn is not None
    assert len(drawn.areas) == 16
    found = {area.name: area for area in drawn.areas if area.url}
    assert {name: area.label for name, area in found.items()} == {
        "湛北乡": "90%", "城关镇": "100%", "汾陈镇": "0%",
    }  # fmt: skip
    for area in drawn.areas:
        assert 0 < area.x < drawn.width
        assert 0 < area.y < drawn.height
        assert re.fullmatch(r"(M[\d. L-]+Z)+", area.path)


def test_the_map_is_called_schematic_and_has_a_table_beside_it(browser: SignIn) -> None:
    page = browser("registrar").get("/county")
    assert "示意图" in text(page)
    assert page.content.decode().count("<title>") == 17, "the page's and one for each township"
    assert 'scope="row"' in page.content.decode()
    assert "style=" not in page.content.decode()
    late = browser("registrar").get("/county?shade=late").content.decode()
    assert 'class="towns late"' in late


def test_empty_posts_and_what_is_longest_overdue_stand_first(cast: Cast, browser: SignIn) -> None:
    ends = cast.draft(
        "registry.assignment_end", subject="west household", by="registrar", on=date(2017, 7, 1),
        values={"assignment": uid("west helps")},
    )  # fmt: skip
    actions.record([ends], by=cast.policy("registrar"), now=NOW + timedelta(hours=1))
    page = browser("registrar").get("/county")
    assert "先要定的事" in text(page)
    assert "空缺的岗位" in text(page)
    assert "逾期最久" in text(browser("registrar").get("/county?month=2017-06"))
    assert "/staffing" in links(page)
    assert any(link.startswith("/trace/figure:") for link in links(page))


def test_proposed_steps_are_an_offices_business_only(browser: SignIn) -> None:
    assert "建议的处理" not in text(browser("auditor").get("/county"))


def test_overdue_visits_open_one_by_one_and_it_is_said_what_the_facts_are(
    cast: Cast, browser: SignIn
) -> None:
    client = browser("registrar")
    page = client.get("/trace/figure:overdue_visits")
    number = re.search(r"(\d+) 户次", text(page))
    assert number
    assert f"这里数的是应办，共 {number[1]} 件" in text(page)
    way = next(link for link in links(page) if "逐件" not in link and "at=" in link)
    each = text(client.get(way if way.startswith("/") else "/trace/figure:overdue_visits" + way))
    assert "应办，逐件" in each
    assert each.count("逾期") >= min(int(number[1]), 20)
    assert "谷大有" in each
    assert "Counted are obligations" in text(browser("registrar", "en").get(
        "/trace/figure:overdue_visits"))  # fmt: skip


def test_parts_of_figures_are_called_by_their_titles(cast: Cast, browser: SignIn) -> None:
    assert "公众号 " in text(browser("registrar").get("/figures"))
    assert "Public accounts " in text(browser("registrar", "en").get("/figures"))


def test_every_proposed_step_is_listed_with_its_facts(browser: SignIn) -> None:
    client = browser("registrar")
    assert "/county/steps#step-1" in links(client.get("/county"))
    page = client.get("/county/steps")
    assert "约谈 · 舒长青" in text(page)
    assert any(link.startswith("/fact/") for link in links(page))
    assert "/handbook/ladder/first_secretary_ladder" in links(page)
    assert "全部建议" not in text(client.get("/county"))
    assert "约谈" not in text(browser("auditor").get("/county/steps"))
