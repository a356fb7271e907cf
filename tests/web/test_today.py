"""今日: what is owed is there, and what was recorded is not any more.

The helper answers for the household of Gu Dayou, a registered poor one: a visit each month, a
contact each week. It is Monday the 31st of July: the last day of the month, the first of a week.
"""

from __future__ import annotations

from datetime import date

from django.utils import translation

from bangfu.core.periods import Period
from bangfu.core.results import Obligation, State
from bangfu.records import actions, queries
from bangfu.records.queries import Named
from bangfu.web.duties import grouped, rows_of
from tests.cast import NOW, TODAY, Cast, uid
from tests.web.conftest import SignIn
from tests.web.reading import links, text


def part(page: str, start: str, *ends: str) -> str:
    """What a page says between a heading and the next of these."""
    rest = page.partition(start)[2]
    for end in ends:
        rest = rest.partition(end)[0]
    return rest


def test_what_is_owed_stands_under_its_last_day(browser: SignIn) -> None:
    page = text(browser("helper").get("/today"))
    assert "2017年7月31日 周一" in page
    assert "每月走访帮扶户" in part(page, "今天到期", "本周")
    assert "三帮一联" in part(page, "本周", "已错过")
    assert "还有 6 天" in page


def test_what_is_late_comes_first_with_its_days_in_words(browser: SignIn) -> None:
    page = text(browser("helper").get("/today"))
    assert page.index("已迟") < page.index("今天到期")
    late = part(page, "已迟 1 ", "今天到期")
    assert "三帮一联" in late
    assert "已迟 1 天" in late
    assert "谷大有" in late


def test_what_was_recorded_is_off_the_list(cast: Cast, browser: SignIn) -> None:
    client = browser("helper")
    before = text(client.get("/today"))
    actions.record([cast.draft(on=TODAY)], by=cast.policy("helper"), now=NOW)
    after = text(client.get("/today"))
    assert "每月走访帮扶户" in part(before, "今日应办", "已错过")
    assert "每月走访帮扶户" not in part(after, "今日应办", "已错过")
    assert "每月走访帮扶户" in part(after, "已办")


def test_a_household_that_is_not_poor_is_owed_nothing(browser: SignIn) -> None:
    assert "田有余" not in text(browser("helper").get("/today"))


def test_nothing_of_anybody_else_is_on_the_list(browser: SignIn) -> None:
    assert "谷大有" not in text(browser("outsider").get("/today"))
    assert "苗春生" in text(browser("outsider").get("/today"))


def test_with_nothing_to_do_the_page_says_so(cast: Cast, browser: SignIn) -> None:
    assert "都办完了" not in text(browser("helper").get("/today"))
    actions.record([cast.draft(on=TODAY)], by=cast.policy("helper"), now=NOW)
    assert "都办完了" in text(browser("helper").get("/today"))


def test_a_row_leads_to_the_form_about_that_household(browser: SignIn) -> None:
    client = browser("helper")
    rows = [link for link in links(client.get("/today")) if link.startswith("/record/")]
    assert rows
    for row in rows:
        form = client.get(row).content.decode()
        assert f'value="{uid("household")}" data-label="谷大有" checked' in form


def test_what_others_enter_for_him_leads_to_what_counted_and_not_to_a_form(
    browser: SignIn,
) -> None:
    page = browser("secretary").get("/today")
    assert "驻村天数" in text(page)
    assert "由乡镇专干或县委组织部干部记录" in text(page)
    assert not [link for link in links(page) if link.startswith("/record/day_in_village")]
    traces = [link for link in links(page) if link.startswith("/trace/obligation:days_in_village")]
    assert browser("secretary").get(traces[0]).status_code == 200


def test_each_row_says_why_it_is_owed(browser: SignIn) -> None:
    client = browser("helper")
    rules = [link for link in links(client.get("/today")) if link.startswith("/handbook/duty")]
    assert rules
    assert all("依据文件" in text(client.get(link)) for link in rules)


def test_several_rows_become_one_form(cast: Cast, browser: SignIn) -> None:
    client = browser("helper")
    page = client.get("/today").content.decode()
    start = page.index('name="row" value="') + len('name="row" value="')
    row = page[start : page.index('"', start)]
    assert row.startswith("obligation:daily_contact")
    choice = client.get("/record", {"row": row})
    assert "入户走访" in text(choice)
    assert "三帮一联：联系一轮" in text(choice)
    visit = f"obligation:household_visit:{uid('household')}:2017-07-01"
    response = client.get("/record", {"row": [row, visit]})
    assert response.status_code == 302
    assert response["Location"].startswith("/record/household_visit?row=")
    mixed = client.get(
        "/record", {"row": [visit, f"obligation:lecture:{uid('branch')}:2017-07-01"]}
    )
    assert mixed["Location"] == "/today"


def test_a_deadline_that_is_over_can_still_be_met_and_a_lost_week_cannot() -> None:
    house = Named(1, uid("household"), "household", "谷大有", "")
    overdue = [
        Obligation("venue_deadline", 1, 2, Period(date(2017, 5, 1), date(2017, 7, 2)),
                   date(2017, 7, 1), date(2017, 7, 16), 1, 0, State.OVERDUE),
        Obligation("daily_contact", 1, 2, Period(date(2017, 7, 3), date(2017, 7, 10)),
                   date(2017, 7, 9), date(2017, 7, 11), 1, 0, State.OVERDUE),
    ]  # fmt: skip
    handbook = queries.handbook()
    with translation.override("zh-hans"):
        rows = rows_of(
            overdue, names={1: house}, handbook=handbook, today=TODAY, records=handbook.kinds
        )
        groups = grouped(rows, today=TODAY, handbook=handbook)
    assert [batch.first.obligation.rule for group in groups for batch in group.batches] == [
        "venue_deadline"
    ]
    assert groups[0].batches[0].first.when == "已迟 30 天"
