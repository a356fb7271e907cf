"""Addresses, numbers and sheets that nobody should send are answered in words."""

from __future__ import annotations

from datetime import date

import pytest

from bangfu.core.facts import Draft
from bangfu.records import actions, queries
from bangfu.web.entry import MOST_FACTS
from tests.cast import NOW, Cast, as_registrar, founding, uid
from tests.web.conftest import SignIn


@pytest.mark.parametrize(
    "address",
    [
        "/trace/figure:visits?at=²",
        "/trace/figure:visits?at=" + "9" * 5000,
        "/trace/figure:visits?from=²",
        "/township/rows?from=²",
        "/township/rows?from=" + "9" * 5000,
        "/desk/find?from=²",
        "/township?month=0001-01",
        "/month?month=0001-01",
        "/township?as_of=0001-01-01",
        "/township?known_at=0001-01-01",
        "/trace/figure:visits?as_of=0001-01-01",
    ],
)
def test_a_bad_address_is_answered(address: str, browser: SignIn) -> None:
    assert browser("officer").get(address).status_code in (200, 404)


@pytest.mark.parametrize("minutes", ["1e999999999", "1e-999999999", "-1e99", "NaN", "Infinity"])
def test_a_monstrous_number_is_refused_in_its_field(minutes: str, browser: SignIn) -> None:
    before = queries.sequence()
    sent = {
        "uid": uid("visit"), "occurred_on": "2017-07-20", "subject": uid("household"),
        "v.mode": "door", "v.minutes": minutes,
    }  # fmt: skip
    response = browser("helper").post("/record/household_visit", sent)
    assert response.status_code == 422
    assert queries.sequence() == before


def test_a_sheet_keeps_every_name_however_many(cast: Cast, browser: SignIn) -> None:
    names = [f"cadre {number}" for number in range(250)]
    drafts = [founding("unit", "school", name="乡党校", place=uid("east"))]
    drafts += [
        founding("person", name, name=f"学员{number}", place=uid("east"))
        for number, name in enumerate(names)
    ]
    drafts = [as_registrar(draft) for draft in drafts]
    actions.record(drafts, by=cast.policy("registrar"), now=NOW)
    sent = {
        "uid": uid("class"), "occurred_on": "2017-07-20", "subject": uid("school"),
        "v.title": "培训", "v.hours": "8", "v.channel": "school", "v.category": "main",
        "p.attendee": [uid(name) for name in names],
    }  # fmt: skip
    response = browser("officer").post("/record/class_session", sent)
    assert response.status_code == 302, response.content.decode()[-3000:]
    stored = queries.fact(cast.policy("officer"), uid("class"))
    assert stored is not None
    assert len(stored.participants) == 250


def test_too_many_separate_facts_at_once_are_refused_in_words(browser: SignIn) -> None:
    sent = {
        "uid": uid("visit"), "occurred_on": "2017-07-20", "v.mode": "door", "v.minutes": "5",
        "subject": [uid(f"household {number}") for number in range(MOST_FACTS + 1)],
    }  # fmt: skip
    response = browser("helper").post("/record/household_visit", sent)
    assert response.status_code == 422
    assert str(MOST_FACTS) in response.content.decode()


def test_a_visit_kept_on_the_phone_is_taken_after_the_post_has_ended(
    cast: Cast, browser: SignIn
) -> None:
    client = browser("helper")
    ends = [
        Draft(uid(f"end {post}"), "registry.assignment_end", date(2017, 7, 25), uid(subject),
              uid("registrar"), {"assignment": uid(post)})
        for post, subject in (("helps", "household"), ("helps too", "second household"))
    ]  # fmt: skip
    actions.record(ends, by=cast.policy("registrar"), now=NOW)
    sent = {
        "uid": uid("visit"), "occurred_on": "2017-07-20", "subject": uid("household"),
        "v.mode": "door", "v.minutes": "30",
    }  # fmt: skip
    response = client.post("/record/household_visit", sent, headers={"X-Draft": uid("visit")})
    assert response.status_code == 200, response.content.decode()[-2000:]
    late = {**sent, "uid": uid("late"), "occurred_on": "2017-07-26"}
    assert client.post("/record/household_visit", late).status_code == 404


def test_a_day_before_the_post_and_the_kind_is_refused_in_the_form(browser: SignIn) -> None:
    sent = {
        "uid": uid("visit"), "occurred_on": "2013-01-01", "subject": uid("household"),
        "v.mode": "door", "v.minutes": "30",
    }  # fmt: skip
    response = browser("helper").post("/record/household_visit", sent)
    assert response.status_code == 422
    assert "2013-01-01" in response.content.decode()


def test_a_withdrawn_fact_leads_to_its_page_and_not_to_nothing(cast: Cast, browser: SignIn) -> None:
    helper = cast.policy("helper")
    [visit] = actions.record([cast.draft()], by=helper, now=NOW)
    actions.void(uid=visit.uid, reason="记错了", by=helper, now=NOW)
    for act in ("void", "correct"):
        response = browser("helper").get(f"/fact/{visit.uid}/{act}")
        assert (response.status_code, response["Location"]) == (302, f"/fact/{visit.uid}")
