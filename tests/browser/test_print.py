"""What an office prints: tables are tables, and nothing is there to be tapped."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESK, Opens

pytestmark = pytest.mark.browser
# The width of an A4 sheet within its margins, at 96 dots an inch.
SHEET = 673
PAGES = ("/county", "/figures", "/staffing", "/township", "/branches", "/desk/accounts")
HIDDEN = "main button, main .send, .nav, .foot, .tabs, main input, .search-row"


def printed(page: Page, address: str) -> None:
    page.goto(address)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": SHEET, "height": 1000})


def test_what_an_office_prints_fits_a_sheet_and_has_no_buttons(opens: Opens) -> None:
    page = opens("registrar", DESK)
    for address in PAGES:
        printed(page, address)
        assert page.evaluate("document.documentElement.scrollWidth") <= SHEET, address
        shown = page.locator(HIDDEN).evaluate_all(
            "all => all.filter(one => one.getClientRects().length).map(one => one.outerHTML)"
        )
        assert shown == [], address
        rows = page.locator("main tbody tr").evaluate_all(
            "all => [...new Set(all.map(one => getComputedStyle(one).display))]"
        )
        assert set(rows) <= {"table-row"}, address
        page.emulate_media(media="screen")


def test_what_is_folded_is_unfolded_on_paper(opens: Opens) -> None:
    page = opens("branch_secretary", DESK)
    page.goto("/today")
    folds = page.locator("main details.fold")
    assert folds.count()
    opened = "all => all.map(one => one.open)"
    before = folds.evaluate_all(opened)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert all(folds.evaluate_all(opened))
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert folds.evaluate_all(opened) == before
