"""The file of a household on the smallest phone, its card on one sheet, its own way in."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE, Opens
from tests.browser.test_layout import fits

pytestmark = pytest.mark.browser


def home_of(page: Page) -> str:
    """The address of the first household of the reader."""
    page.goto("/households")
    href = page.locator("main .list a.go").first.get_attribute("href")
    assert href
    return href


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_the_file_and_its_papers_fit(opens: Opens, size: tuple[int, int]) -> None:
    page = opens("helper", size)
    home = home_of(page)
    for address in ("/households", home, f"{home}/card", f"{home}/authorisation", "/record"):
        fits(page, address)


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_what_happens_to_a_household_fits(opens: Opens, size: tuple[int, int]) -> None:
    page = opens("township_officer", size)
    home = home_of(page).removeprefix("/household/")
    for what in ("add", "head", "split", "merge"):
        fits(page, f"/desk/of/{home}/change/{what}")
    fits(page, f"/desk/of/{home}")


def test_the_card_prints_on_one_sheet(opens: Opens) -> None:
    page = opens("helper", DESK)
    page.goto(f"{home_of(page)}/card")
    sheet = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1
    assert page.locator(".card-code svg").bounding_box() is not None


def test_the_authorisation_prints_on_one_sheet(opens: Opens) -> None:
    page = opens("helper", DESK)
    page.goto(f"{home_of(page)}/authorisation")
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == 1
