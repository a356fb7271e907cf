"""The main job as its users do it: recorded once, off the list, counted, opened, corrected."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import DESK, Opens

pytestmark = pytest.mark.browser
Picture = Callable[[Page, str], None]


def weekly(page: Page) -> Locator:
    """What must be done this week: somebody is in touch with each household."""
    return page.locator(".group:not(.late) .batch", has_text="三帮一联").first


def test_a_visit_from_the_form_to_the_number_that_opens(opens: Opens, picture: Picture) -> None:
    phone = opens("helper")
    expect(phone.locator("h1")).to_have_text("今日应办")
    picture(phone, "today-phone")
    row = weekly(phone).locator(".duty").first
    name = row.locator(".name").inner_text()
    before = phone.locator(".group .duty").count()

    row.locator(".go").click()
    expect(phone.locator("h1")).to_contain_text("三帮一联")
    phone.get_by_text("入户走访", exact=True).click()
    expect(phone.locator("h1")).to_have_text("入户走访")
    expect(phone.get_by_label(name)).to_be_checked()
    phone.get_by_text("上门", exact=True).click()
    phone.get_by_label("时长").fill("35")
    phone.get_by_label("诉求和情况").fill("想给老屋换瓦，问问补助怎么报。")
    expect(phone.locator("[data-state]")).to_have_text("正在填的内容已在本机留了草稿。")
    phone.evaluate("window.scrollTo(0, 0)")
    picture(phone, "record-phone")
    phone.get_by_role("button", name="保存").click()

    phone.wait_for_url("**/today")
    expect(phone.locator("#notes")).to_contain_text(f"已保存：入户走访，{name}")
    assert phone.locator(".group .duty").count() < before
    assert name not in weekly(phone).inner_text()
    picture(phone, "stored-phone")
    phone.locator("#notes").get_by_text("查看").click()
    expect(phone.locator("dl")).to_contain_text("35 分钟")
    picture(phone, "fact-phone")

    desk = opens("township_officer", DESK)
    expect(desk.locator("h1")).to_have_text("乡镇应办")
    picture(desk, "township-desk")
    desk.get_by_label("事项").select_option(label="每月走访帮扶户")
    desk.wait_for_url("**rule=household_visit**")
    desk.locator('.tallies a[href*="state=done"]').click()
    expect(desk.locator("h1")).to_contain_text("件已办")
    desk.get_by_role("link", name=name, exact=True).click()
    expect(desk.locator("main")).to_contain_text("这个数怎么来的")
    expect(desk.locator(".fact-list")).to_contain_text("记录，2")
    picture(desk, "trace-desk")
    desk.locator(".fact-list a").last.click()
    expect(desk.locator("h1")).to_have_text(name)

    phone.get_by_role("link", name="更正").click()
    phone.get_by_label("时长").fill("50")
    phone.get_by_label("更正原因").fill("时长记错了")
    phone.get_by_role("button", name="保存更正").click()
    phone.wait_for_url(re.compile("/fact/[0-9a-f-]{36}$"))
    expect(phone.locator("dl")).to_contain_text("50 分钟")
    expect(phone.locator(".chain")).to_contain_text("时长：35 分钟 → 50 分钟")
    picture(phone, "corrected-phone")
    phone.goto("/month")
    expect(phone.locator(".list")).to_contain_text(name)
    picture(phone, "month-phone")


def test_several_households_at_once_then_withdrawn(opens: Opens, picture: Picture) -> None:
    phone = opens("helper")
    batch = weekly(phone)
    rows = batch.locator(".duty").count()
    if batch.get_by_role("button", name="全选").count():
        batch.get_by_role("button", name="全选").click()
    else:
        batch.locator(".tick").first.click()
    expect(phone.locator(".bar")).to_contain_text(f"已选 {rows} 项")
    picture(phone, "several-phone")
    phone.get_by_role("button", name="一起记录").click()
    phone.get_by_role("link", name="三帮一联：联系一轮").click()
    assert phone.locator('.pick input[name="subject"]:checked').count() == rows
    phone.get_by_text("电话", exact=True).click()
    phone.get_by_role("button", name="保存").click()
    phone.wait_for_url("**/today")
    after = phone.locator(".group:not(.late) .duty").count()
    phone.locator("#notes").get_by_text("作废").click()
    phone.get_by_label("作废原因").fill("其实还没有打电话")
    phone.get_by_role("button", name="作废这一条").click()
    expect(phone.locator("main")).to_contain_text("已作废：这一条不再计数")
    phone.goto("/today")
    assert phone.locator(".group:not(.late) .duty").count() == after + rows


def test_the_county_opens_its_numbers(opens: Opens, picture: Picture) -> None:
    desk = opens("organisation_officer", DESK)
    expect(desk.locator("h1")).to_have_text("各乡镇应办情况")
    picture(desk, "county-desk")
    desk.locator("nav").get_by_text("数字").click()
    picture(desk, "figures-desk")
    desk.get_by_role("link", name=re.compile("^第一书记入户走访")).click()
    expect(desk.locator(".value")).to_have_text(re.compile(r"^\d+"))
    desk.locator(".fact-list a").first.click()
    expect(desk.locator("dl")).to_contain_text("记录人")


def test_a_rule_shows_its_document(opens: Opens, picture: Picture) -> None:
    phone = opens("helper")
    phone.locator(".batch-head").first.get_by_text("依据").click()
    expect(phone.locator(".term.now")).to_contain_text("现行")
    picture(phone, "rule-phone")
    phone.goto("/handbook")
    picture(phone, "handbook-phone")


def test_both_languages_and_large_letters(opens: Opens, picture: Picture) -> None:
    phone = opens("first_secretary")
    phone.get_by_role("button", name="English").click()
    expect(phone.locator("h1")).to_have_text("What is owed today")
    picture(phone, "today-english-phone")
    phone.get_by_role("button", name="中文").click()
    expect(phone.locator("h1")).to_have_text("今日应办")
    size = "getComputedStyle(document.documentElement).fontSize"
    assert phone.evaluate(size) == "17px"
    phone.get_by_role("button", name="大字").click()
    expect(phone.get_by_role("button", name="大字")).to_have_attribute("aria-pressed", "true")
    assert phone.evaluate(size) == "22px"
    picture(phone, "today-large-phone")
    phone.get_by_role("button", name="大字").click()
    assert phone.evaluate(size) == "17px"


def test_a_person_is_found_by_typing_and_taken_away_again(opens: Opens) -> None:
    phone = opens("helper")
    phone.goto("/record/household_visit")
    companion = phone.get_by_role("group", name="同行")
    companion.get_by_role("searchbox").fill("李")
    companion.locator("[data-pick]").first.click()
    expect(companion.locator(".chip")).to_have_count(1)
    companion.get_by_role("button", name="去掉").click()
    expect(companion.locator(".chip")).to_have_count(0)


def test_feedback_is_at_the_foot_of_every_page(opens: Opens, picture: Picture) -> None:
    phone = opens("helper")
    phone.get_by_role("link", name="意见建议").click()
    phone.get_by_label("意见").fill("希望能按村分组。")
    picture(phone, "feedback-phone")
    phone.get_by_role("button", name="发送").click()
    expect(phone.locator("#notes")).to_contain_text("谢谢，已记进台账")
