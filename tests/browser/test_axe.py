"""Every page, in both languages, through axe-core: no serious and no critical finding.

axe-core comes from npm (`npm ci`), for this test only; without it the test is skipped, loudly.
"""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE, Opens

pytestmark = pytest.mark.browser
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = {"serious", "critical"}

# "A → B" stands for the first link on A that leads to an address beginning with B.
PAGES: dict[str, tuple[str, ...]] = {
    "": ("/sign-in", "/about"),
    "helper": (
        "/today", "/record", "/record/household_visit", "/record/household_contact", "/month",
        "/month/rows", "/today → /trace/", "/handbook", "/handbook/duty/household_visit",
        "/handbook/fact/household_visit", "/feedback", "/tray", "/account", "/county", "/nowhere",
        "/study", "/study/mine", "/study/channels", "/record/micro_lesson",
        "/study → /study/notices/",
    ),
    "branch_secretary": ("/today", "/branches", "/record/branch_meeting"),
    "first_secretary": (
        "/today", "/record/day_in_village", "/record/notice_read_out", "/month",
    ),
    "township_officer": (
        "/township", "/township?by=person", "/township/rows", "/staffing", "/coverage", "/today",
        "/coverage/class_coverage", "/coverage/class_coverage/export", "/study/hours",
        "/study → /study/notices/", "/record/class_session", "/record/notice_read_out",
        "/record/party_day", "/desk", "/desk/find?type=household",
        "/desk/find?type=household → /desk/of/", "/desk/new/registry.household", "/desk/handover",
        "/desk/find?type=person → /desk/of/", "/desk/accounts?state=none",
        "/branches", "/branches → /branches/", "/doubts", "/doubts → /doubts?who=",
        "/doubts/course", "/income", "/households", "/households/slips",
        "/households → /household/", "/sheets",
    ),
    "registrar": (
        "/sheets", "/sheets/export/measure", "/doubts", "/income",
        "/county", "/desk", "/desk/find?type=township → /desk/of/", "/desk/new/registry.place",
        "/desk/find?type=village → /desk/of/", "/desk/accounts?state=open",
        "/desk/find?type=unit → /desk/of/", "/desk/find?type=branch → /desk/of/",
    ),
    "organisation_officer": (
        "/coverage/class_coverage", "/study", "/study/hours", "/record/class_plan", "/pairing",
        "/board", "/board?q=j",
    ),
    "county_leader": ("/county", "/county?shade=late", "/figures", "/trace/figure:overdue_visits"),
    "auditor": (
        "/county", "/figures", "/trace/figure:visits", "/trace/coverage:class_coverage",
        "/trace/staffing:helper", "/desk/accounts", "/desk/accounts/log", "/audit",
        "/audit/amended",
    ),
    "system_admin": ("/desk/accounts?state=none", "/account"),
    "security_admin": ("/desk/accounts?state=open", "/desk/accounts/log"),
}  # fmt: skip


@pytest.fixture(scope="session")
def axe() -> str:
    """The text of axe-core."""
    if not AXE.exists():
        pytest.skip("no axe-core on this machine: npm ci")
    return AXE.read_text("utf-8")


def go(page: Page, address: str) -> None:
    """Open a page, or the first link of a kind on it."""
    first, _arrow, wanted = address.partition(" → ")
    page.goto(first)
    if wanted:
        link = page.locator(f"main a[href^='{wanted}']").first
        page.goto(link.get_attribute("href") or "")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")


def findings(page: Page, axe: str) -> list[str]:
    """The serious and critical findings, each with its first element."""
    # Evaluated by the browser's tools, which the page's security policy does not bind.
    page.evaluate(axe)
    result = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    found = cast("list[dict[str, object]]", result["violations"])
    return [
        f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:160]}"  # type: ignore[index]
        for one in found
        if one["impact"] in GRAVE
    ]


def test_axe_finds_what_it_is_for(opens: Opens, axe: str) -> None:
    page = opens()
    page.evaluate("document.querySelector('label[for=username]').remove()")
    assert any("label (critical)" in found for found in findings(page, axe))


@pytest.mark.parametrize("who", PAGES)
@pytest.mark.parametrize(
    ("language", "size"), [("zh-CN", PHONE), ("en-US", DESK)], ids=["中文 phone", "English desk"]
)
def test_no_page_has_a_serious_or_critical_finding(
    who: str, language: str, size: tuple[int, int], opens: Opens, axe: str
) -> None:
    page = opens(who, size, language=language)
    found = {}
    for address in PAGES[who]:
        go(page, address)
        if grave := findings(page, axe):
            found[address] = grave
    assert not found
