"""乡镇: the counts, what they open, and the two days of every question."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta

import pytest

from bangfu.records import actions
from bangfu.web.views import township
from tests.cast import NOW, TODAY, Cast, as_registrar, founding, post, status, uid
from tests.web.conftest import SignIn
from tests.web.reading import links, text


@pytest.fixture
def county(cast: Cast) -> Cast:
    """July, with one visit, of the 20th, entered on the 31st."""
    actions.record([cast.draft()], by=cast.policy("helper"), now=NOW)
    return cast


def numbers(page: str, name: str) -> list[str]:
    """The counts of a line: owed, done, late, due, overdue, share."""
    return page.partition(f" {name} ")[2].split()[:6]


def test_the_table_counts_each_village(county: Cast, browser: SignIn) -> None:
    page = text(browser("officer").get("/township?rule=household_visit"))
    assert "东乡" in page
    assert numbers(page.partition("办结率")[2].replace("石桥村", "x 石桥村 ", 1), "石桥村") == [
        "1", "1", "0", "0", "0", "100%",
    ]  # fmt: skip
    assert "苇塘村" not in page


@pytest.mark.parametrize("by", ["", "rule", "person"])
def test_every_number_opens_as_many_rows_as_it_says(by: str, county: Cast, browser: SignIn) -> None:
    client = browser("officer")
    page = client.get(f"/township?by={by}").content.decode()
    cells = re.findall(r'<td class="n[^>]*><a href="(/township/rows[^"]*)"[^>]*>([\d,]+)</a>', page)
    assert len(cells) >= 4
    for address, number in cells:
        assert f" {number} 件" in text(client.get(html.unescape(address))), address


def test_it_groups_by_duty_and_by_person(county: Cast, browser: SignIn) -> None:
    client = browser("officer")
    assert "每月走访帮扶户" in text(client.get("/township?by=rule")).partition("办结率")[2]
    assert "云淑兰" in text(client.get("/township?by=person")).partition("办结率")[2]


def test_who_is_late_is_named(county: Cast, browser: SignIn) -> None:
    page = text(browser("officer").get("/township"))
    assert "云淑兰" in page.partition("谁迟了")[2]


def test_a_helper_from_a_county_unit_can_be_opened_like_any_other(
    county: Cast, browser: SignIn
) -> None:
    # He belongs to a bureau of the county and answers for a household of the township.
    drafts = [
        founding(
            "household", "third household", name="云四", number="9", place=uid("stone bridge")
        ),
        status("third is poor", "third household", "category", "registered_poor"),
        post("county helps", "helper", "registrar", "third household"),
    ]
    entered = [as_registrar(draft) for draft in drafts]
    actions.record(entered, by=county.policy("registrar"), now=NOW)
    client = browser("officer")
    page = client.get("/township?by=person").content.decode()
    found = {
        address
        for address in map(html.unescape, re.findall(r'href="([^"]*person=[^"]*)"', page))
        if uid("registrar") in address
    }
    assert found
    for address in found:
        where = address if address.startswith("/") else f"/township{address}"
        assert client.get(where).status_code == 200, where
    assert client.get(f"/township?person={uid('west head')}").status_code == 404


def test_a_number_opens_down_to_the_fact_with_its_recorder_and_time(
    county: Cast, browser: SignIn
) -> None:
    client = browser("officer")
    table = client.get("/township?rule=household_visit")
    row = next(link for link in links(table) if link.startswith("/township/rows?") and
               "state=done" in link)  # fmt: skip
    listed = client.get(row)
    assert "谷大有" in text(listed)
    trace = next(link for link in links(listed) if link.startswith("/trace/"))
    opened = client.get(trace)
    assert "云淑兰 记录，2017年7月31日 18:00" in text(opened)
    fact = next(link for link in links(opened) if link.startswith("/fact/"))
    assert "时长 30 分钟" in text(client.get(fact))


def test_as_of_an_earlier_day_the_visit_had_not_been_made(county: Cast, browser: SignIn) -> None:
    client = browser("officer")
    at = "/township?rule=household_visit&village=" + uid("stone bridge")
    assert "state=done" in client.get(at + "&as_of=2017-07-20").content.decode()
    before = client.get(at + "&as_of=2017-07-19")
    assert "state=done" in before.content.decode()
    assert "1 0 0 1 0" in text(before)
    assert "截至 2017年7月19日" in text(before)


def test_what_was_entered_later_is_not_known_before(county: Cast, browser: SignIn) -> None:
    client = browser("officer")
    at = "/township?rule=household_visit"
    now = text(client.get(at))
    then = text(client.get(at + "&known_at=2017-07-30"))
    assert "按现在所知" in now
    assert "1 1 0 0 0" in now
    assert "按当时所知" in then
    assert "1 1 0 0 0" not in then


def test_the_month_can_be_turned_back_and_not_ahead(county: Cast, browser: SignIn) -> None:
    client = browser("officer")
    now = client.get("/township")
    assert "month=2017-06" in now.content.decode()
    assert "month=2017-08" not in now.content.decode()
    june = client.get("/township?month=2017-06")
    assert "2017年6月" in text(june)
    assert "month=2017-07" in june.content.decode()


@pytest.mark.parametrize("query", [
    "month=nonsense", "as_of=2017-13-45", "known_at=x", "as_of=2999-01-01", "state=odd", "by=odd",
    "sort=odd", "rule=odd", "from=-5", "from=99999999999", "month=9999-12",
])  # fmt: skip
def test_odd_questions_get_the_usual_answer(query: str, county: Cast, browser: SignIn) -> None:
    client = browser("officer")
    assert client.get(f"/township?{query}").status_code == 200
    assert client.get(f"/township/rows?{query}").status_code == 200


def test_the_county_shows_its_townships_beside_each_other(county: Cast, browser: SignIn) -> None:
    client = browser("registrar")
    page = text(client.get("/county"))
    assert "东乡" in page
    assert "西乡" in page
    assert client.get("/township")["Location"] == "/county"
    assert "石桥村" in text(client.get(f"/township?town={uid('east')}"))


def test_every_number_of_the_county_opens_its_rows(county: Cast, browser: SignIn) -> None:
    client = browser("registrar")
    page = client.get("/county").content.decode()
    cells = re.findall(r'<a href="(/township/rows[^"]*)"[^>]*>(?:<b>)?([\d,]+)<', page)
    assert len(cells) >= 8
    for address, number in cells:
        assert f" {number} 件" in text(client.get(html.unescape(address))), address


def test_every_figure_opens_its_trace(county: Cast, browser: SignIn) -> None:
    client = browser("registrar")
    opened = [link for link in links(client.get("/figures")) if link.startswith("/trace/")]
    assert len(opened) > 10
    for link in opened:
        assert "这个数怎么来的" in text(client.get(link)), link


def test_a_trace_that_names_nothing_is_not_there(county: Cast, browser: SignIn) -> None:
    for target in ("figure:odd", "figure:", "odd", "obligation:household_visit",
                   f"obligation:odd:{uid('household')}:2017-07-01",
                   f"obligation:household_visit:{uid('household')}:2017-07-02",
                   f"obligation:household_visit:{uid('household')}:1999-07-01",
                   "score:odd:x", "coverage:odd", "staffing:odd",
                   "figure:visits:more"):  # fmt: skip
        assert browser("registrar").get(f"/trace/{target}").status_code == 404, target
    assert browser("registrar").get("/trace/figure:visits?at=99.1").status_code == 404


def test_posts_and_coverage_are_listed(county: Cast, browser: SignIn) -> None:
    client = browser("officer")
    staffing = text(client.get("/staffing"))
    assert "帮扶户都有帮扶责任人" in staffing
    assert "培训覆盖面" in text(client.get("/coverage"))


def test_my_month_says_what_counted_for_what(county: Cast, browser: SignIn) -> None:
    page = text(browser("helper").get("/month"))
    assert "谷大有 7月20日 入户走访 · 算在：" in page
    assert "每月走访帮扶户" in page
    assert "这个月还没有记录" in text(browser("helper").get("/month?month=2017-05"))


def test_every_number_of_my_month_opens_its_rows(county: Cast, browser: SignIn) -> None:
    client = browser("helper")
    page = client.get("/month").content.decode()
    cells = re.findall(r'<a href="(/month/rows[^"]*)"[^>]*>(?:<b>)?(\d+)<', page)
    assert len(cells) >= 8
    for address, number in cells:
        assert f" {number} 件" in text(client.get(html.unescape(address))), address


def test_recorded_in_the_future_of_the_demo_it_is_known_today(cast: Cast, browser: SignIn) -> None:
    later = datetime.fromisoformat("2026-11-24T01:00:00+00:00") + timedelta(days=1)
    actions.record([cast.draft(on=TODAY)], by=cast.policy("helper"), now=later)
    assert "1 1 0 0 0" in text(browser("officer").get("/township?rule=household_visit"))


def test_the_heading_over_rows_says_how_they_stand(county: Cast, browser: SignIn) -> None:
    client = browser("officer")
    assert " 件应办 " in text(client.get("/township/rows"))
    assert re.search(r" \d+ 件逾期 ", text(client.get("/township/rows?state=overdue")))
    assert re.search(r" \d+ 件已办 ", text(browser("helper").get("/month/rows?state=done")))


def test_one_person_s_list_says_that_it_ends_at_the_township(county: Cast, browser: SignIn) -> None:
    said = "只列本乡镇内的应办"
    client, person = browser("officer"), uid("helper")
    assert said in text(client.get(f"/township?person={person}"))
    assert said in text(client.get(f"/township/rows?person={person}"))
    assert said not in text(client.get("/township"))
    assert said not in text(browser("registrar").get(f"/township/rows?person={person}"))


def test_every_page_says_which_day_is_today_and_why(county: Cast, browser: SignIn) -> None:
    page = browser("helper").get("/today").content.decode()
    assert "“今天”是 2017年7月31日" in page
    assert "记录时刻按真实的时钟" in page


def test_a_print_of_some_of_the_rows_says_of_how_many(
    county: Cast, browser: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser("officer")
    assert "这里只列" not in text(client.get("/township/rows"))
    monkeypatch.setattr(township, "A_PAGE", 1)
    page = client.get("/township/rows?from=1").content.decode()
    found = re.search(r'<p class="[^"]*print-only">这里只列第 2 至第 2 件，共 (\d+) 件。', page)
    assert found
    assert f"<h1>{found[1]} 件" in page
