"""Pages of an office on a desk and a phone, in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Opens

pytestmark = pytest.mark.browser
Picture = Callable[[Page, str], None]


def fits(page: Page) -> None:
    expect(page.locator("h1")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


def household(page: Page) -> None:
    page.goto("/desk/find?q=&type=household")
    page.locator("main a.go").first.click()
    expect(page.locator("main .ties li").first).to_be_visible()


@pytest.mark.parametrize(("size", "name"), [(DESK, "desk"), (PHONE, "phone")])
def test_the_registry_is_entered_changed_and_undone(
    size: tuple[int, int], name: str, opens: Opens, picture: Picture
) -> None:
    page = opens("registrar", size)
    page.goto("/desk")
    fits(page)
    picture(page, f"registry-{name}")
    household(page)
    fits(page)
    picture(page, f"household-{name}")
    page.get_by_role("link", name="更正、撤回").first.click()
    expect(page.get_by_role("link", name="作废")).to_be_visible()
    fits(page)
    page.goto("/desk/accounts?state=none")
    fits(page)
    picture(page, f"accounts-{name}")
    page.goto("/desk/handover")
    fits(page)


def test_the_registry_speaks_english(opens: Opens) -> None:
    page = opens("registrar", DESK, language="en-GB")
    household(page)
    for words in ("What it is now", "Correct or undo", "Withdraw", "Who holds posts here"):
        expect(page.get_by_text(words).first).to_be_visible()
    assert "更正" not in page.locator("main").inner_text()


def test_a_branch_announces_its_party_day_and_copies_the_text(
    opens: Opens, picture: Picture
) -> None:
    page = opens("branch_secretary")
    page.goto("/branches")
    fits(page)
    picture(page, "branch-phone")
    page.get_by_role("link", name="主题党日预告").click()
    page.locator("[name='v.party_day_on']").fill("2017-08-05")
    page.locator("[name='v.hour']").fill("下午3点")
    page.locator("[name='v.topic']").fill("重温入党誓词")
    page.get_by_role("button", name="保存").click()
    page.wait_for_url(lambda url: "/record/" not in url)
    page.goto("/branches")
    expect(page.locator(".paste-text")).to_contain_text("8月5日")
    expect(page.locator(".paste-text")).to_contain_text("时间：下午3点")
    picture(page, "branch-text-phone")
    page.goto("/record/branch_meeting")
    assert page.locator("[name='p.attendee']").count() >= 2, "its members are there to be ticked"
    fits(page)
