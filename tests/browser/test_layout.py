"""Every page on the smallest phone: nothing to scroll sideways, nothing too small to tap."""

from __future__ import annotations

from typing import cast

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESK, Opens

pytestmark = pytest.mark.browser
PAGES: dict[str, tuple[str, ...]] = {
    "": ("/sign-in", "/about"),
    "helper": (
        "/today", "/record", "/record/household_visit", "/record/household_contact", "/month",
        "/handbook", "/handbook/duty/household_visit", "/handbook/fact/household_visit",
        "/feedback", "/tray", "/about", "/county", "/nowhere", "/study", "/study/mine",
        "/study/channels", "/record/micro_lesson",
    ),
    "township_officer": (
        "/township", "/township?by=person", "/township/rows", "/staffing", "/coverage", "/today",
        "/coverage/class_coverage", "/coverage/class_coverage/export", "/study", "/study/hours",
        "/record/class_session", "/record/class_plan", "/record/notice_read_out",
        "/record/party_day", "/month", "/desk", "/desk/find?type=household",
        "/desk/new/registry.household", "/desk/handover", "/desk/accounts?state=none", "/account",
        "/board", "/board?q=j",
    ),
    "organisation_officer": ("/pairing", "/board"),
    "auditor": (
        "/county", "/figures", "/trace/figure:visits", "/trace/figure:class_coverage",
        "/trace/coverage:class_coverage", "/trace/staffing:helper",
    ),
}  # fmt: skip

# A link inside a sentence is exempt, as in WCAG 2.5.8; a tick counts with its label.
SMALL = """() => {
  const found = [];
  const kinds = "a, button, select, textarea, summary, label.option, label.tick, .pick label," +
    "input:not([type=hidden]):not([type=checkbox]):not([type=radio])";
  for (const element of document.querySelectorAll(kinds)) {
    if (element.closest(".prose p, .prose li, .skip") || element.matches(".skip")) continue;
    if (!element.checkVisibility({ visibilityProperty: true })) continue;
    const box = element.getBoundingClientRect();
    if (box.height < 47.5 || box.width < 43.5) {
      found.push(`${element.outerHTML.slice(0, 90)} ${box.width}×${box.height}`);
    }
  }
  return found;
}"""


def fits(page: Page, address: str) -> None:
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    assert cast("list[str]", page.evaluate(SMALL)) == [], address


@pytest.mark.parametrize("who", PAGES)
@pytest.mark.parametrize(
    ("language", "large"), [("zh-CN", False), ("zh-CN", True), ("en-US", True)],
    ids=["Chinese", "Chinese, large letters", "English, large letters"],
)  # fmt: skip
def test_on_a_phone(who: str, large: bool, language: str, opens: Opens) -> None:
    page = opens(who, language=language, large=large)
    for address in PAGES[who]:
        fits(page, address)


@pytest.mark.parametrize("who", PAGES)
def test_on_a_desk(who: str, opens: Opens) -> None:
    page = opens(who, DESK)
    for address in PAGES[who]:
        fits(page, address)


def test_a_notice_and_the_hours_of_a_unit(opens: Opens) -> None:
    page = opens("township_officer")
    for first, wanted in (("/study", "/study/notices/"), ("/study/hours", "?unit=")):
        page.goto(first)
        link = page.locator(f"main a[href^='{wanted}']").first.get_attribute("href") or ""
        fits(page, link if link.startswith("/") else first + link)


def test_a_fact_and_its_forms(opens: Opens) -> None:
    page = opens("helper")
    page.goto("/month")
    fact = str(page.locator(".list a").first.get_attribute("href"))
    for address in (fact, f"{fact}/correct", f"{fact}/void"):
        fits(page, address)


@pytest.mark.parametrize("address", ["/today", "/township", "/month", "/figures"])
def test_on_paper_the_buttons_are_gone(address: str, opens: Opens) -> None:
    who = {"/township": "township_officer", "/figures": "registrar"}.get(address, "helper")
    page = opens(who, DESK)
    page.goto(address)
    page.emulate_media(media="print")
    for gone in (".nav", ".top", ".foot", "[data-print]", "form.filters"):
        for element in page.locator(gone).all():
            assert not element.is_visible(), gone
    assert page.locator("h1").is_visible()


def test_on_a4_a_table_is_a_table(opens: Opens) -> None:
    """Paper is narrower than a desk, and no phone: A4 less its margins is 672 pixels wide."""
    page = opens("township_officer", (672, 980))
    for address in ("/township", "/month", "/township/rows"):
        page.goto(address)
        page.emulate_media(media="print")
        assert page.locator("thead").first.is_visible(), address
        assert page.evaluate("getComputedStyle(document.querySelector('tbody tr')).display") == (
            "table-row"
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= 672, address
