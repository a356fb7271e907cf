"""更正、作废: the auditors' list of both, with who, when, which entry and why."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bangfu.records import actions
from bangfu.records.amendments import amendments
from tests.cast import NOW, Cast, uid
from tests.web.conftest import SignIn
from tests.web.reading import links, text


@pytest.fixture
def county(cast: Cast) -> Cast:
    """Two visits: one corrected in July, one withdrawn in August by the clock."""
    helper = cast.policy("helper")
    actions.record([cast.draft(name="one"), cast.draft(name="two")], by=helper, now=NOW)
    changed = cast.draft(
        name="better", values={"mode": "door", "minutes": 45}, amends=uid("one"), reason="看错了钟"
    )
    actions.correct(draft=changed, by=helper, now=NOW)
    actions.void(uid=uid("two"), reason="记重了", by=helper, now=NOW + timedelta(days=9))
    return cast


def test_an_auditor_sees_who_changed_which_entry_when_and_why(
    county: Cast, browser: SignIn
) -> None:
    client = browser("auditor")
    page = client.get("/audit/amended")
    said = text(page)
    assert "作废 · 入户走访 谷大有 云淑兰 2017年8月9日 18:00 记重了" in said
    assert "看错了钟" in said
    assert said.index("记重了") < said.index("看错了钟")
    assert {f"/fact/{uid('one')}", f"/fact/{uid('two')}", f"/fact/{uid('better')}"} <= set(
        links(page)
    )
    assert "/audit/amended" in links(client.get("/audit"))


def test_it_can_be_narrowed_to_a_month_and_a_kind(county: Cast, browser: SignIn) -> None:
    client = browser("auditor")
    july = text(client.get("/audit/amended?month=2017-07"))
    assert "看错了钟" in july
    assert "记重了" not in july
    assert "看错了钟" in text(client.get("/audit/amended?kind=household_visit"))
    assert "看错了钟" not in text(client.get("/audit/amended?kind=party_day"))


def test_it_comes_in_pages(county: Cast) -> None:
    policy = county.policy("auditor")
    first, count = amendments(policy, most=1)
    second, _ = amendments(policy, start=1, most=1)
    assert count == 2
    assert [later.reason for later, _ in (*first, *second)] == ["记重了", "看错了钟"]


def test_nobody_else_has_it(county: Cast, browser: SignIn) -> None:
    for who in ("helper", "officer", "registrar"):
        assert browser(who).get("/audit/amended").status_code == 403
        assert amendments(county.policy(who)) == ([], 0)
