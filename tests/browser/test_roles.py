"""Each post's first page, on a phone and on a desk: where its work is, and nothing too wide."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Opens, Served

pytestmark = pytest.mark.browser
# Where the day of an office begins; that of whoever owes something himself, with what he owes.
FIRST = {
    **dict.fromkeys(("township_officer", "township_secretary"), "/township"),
    **dict.fromkeys(("organisation_officer", "registrar", "supervisor", "auditor"), "/county"),
}


def test_the_day_of_each_post_begins_where_its_work_is(
    served: Served, opens: Opens, picture: Callable[[Page, str], None]
) -> None:
    assert served.passwords.keys() >= FIRST.keys()
    begun = {}
    for who in served.passwords:
        page = opens(who)
        begun[who] = urlsplit(page.url).path
        expect(page.locator("h1")).to_have_count(1)
        for name, (width, height) in (("phone", PHONE), ("desk", DESK)):
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, who
            picture(page, f"role-{who.replace('_', '-')}-{name}")
        page.context.close()
    assert begun == {who: FIRST.get(who, "/today") for who in served.passwords}
