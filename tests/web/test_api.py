"""The API: facts one by one on their merits, one's own obligations, figures, kinds, and errors."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from bangfu.records import actions
from bangfu.records.models import Fact
from tests.cast import NOW, Cast, uid
from tests.web.conftest import SignIn


def visit(name: str, **more: object) -> dict[str, object]:
    return {
        "uid": uid(name), "kind": "household_visit", "occurred_on": "2017-07-20",
        "subject": uid("household"), "values": {"mode": "door", "minutes": 30}, **more,
    }  # fmt: skip


def send(
    client: Client,
    *facts: object,
    raw: bytes | None = None,
    kind: str = "application/json",
    token: str = "",
) -> Any:
    body = json.dumps({"facts": facts}).encode() if raw is None else raw
    return client.post("/api/facts", body, content_type=kind, headers={"X-CSRFToken": token})


def states(answer: Any) -> list[str]:
    return [one["state"] for one in answer.json()["facts"]]


def test_a_batch_is_stored_and_sent_again_is_already_there(browser: SignIn) -> None:
    helper = browser("helper")
    batch = [visit("one"), visit("two", subject=uid("second household"))]
    assert states(send(helper, *batch)) == ["stored", "stored"]
    again = send(helper, *batch, visit("three", occurred_on="2017-07-21"))
    assert states(again) == ["already", "already", "stored"]
    assert Fact.objects.filter(kind="household_visit").count() == 3


def test_a_refused_fact_holds_up_none_behind_it_and_says_why_in_both_languages(
    browser: SignIn,
) -> None:
    helper = browser("helper", language="en")
    answer = send(
        helper,
        visit("first"),
        visit("foreign", subject=uid("west household")),
        visit("wrong", values={"mode": "door", "minutes": 100000, "unheard": 1}),
        visit("last"),
        visit("first", values={"mode": "door", "minutes": 31}),
    ).json()
    assert [one["state"] for one in answer["facts"]] == [
        "stored", "refused", "refused", "stored", "refused",
    ]  # fmt: skip
    assert (answer["stored"], answer["already"], answer["refused"]) == (2, 0, 3)
    foreign, wrong, conflict = (answer["facts"][n]["problems"] for n in (1, 2, 4))
    assert foreign[0]["code"] == "no_subject"
    assert foreign[0]["message"] == foreign[0]["en"] != foreign[0]["zh"]
    assert {one["place"] for one in wrong} == {"minutes", "unheard"}
    assert conflict[0]["code"] == "conflict"


def test_a_correction_of_what_is_corrected_already_names_the_standing_fact(
    browser: SignIn,
) -> None:
    helper = browser("helper")
    first = visit("first correction", amends=uid("made"), reason="写错了")
    send(helper, visit("made"), first)
    late = send(helper, visit("late correction", amends=uid("made"), reason="又错了"))
    outcome = late.json()["facts"][0]
    assert outcome["problems"][0]["code"] == "already_amended"
    assert outcome["standing"] == uid("first correction")


def test_foreign_and_absent_subjects_are_refused_alike(browser: SignIn) -> None:
    client = browser("outsider")

    def said(name: str) -> object:
        return send(client, visit("same", subject=uid(name))).json()

    assert said("household") == said("nowhere")


@pytest.mark.parametrize("kind", ["registry.person", "registry.assignment", "void", "export"])
def test_what_has_a_page_of_its_own_is_not_taken(kind: str, browser: SignIn) -> None:
    answer = send(browser("registrar"), visit("page", kind=kind, values={})).json()
    assert answer["facts"][0]["problems"][0]["code"] == "has_a_page"


def test_a_request_from_another_page_is_refused(cast: Cast) -> None:
    account = actions.open_account(
        username="helper", person_uid=uid("helper"), password="stone-bridge-42"
    )
    client = Client(enforce_csrf_checks=True)
    client.force_login(account)
    assert send(client, visit("forged")).status_code == 403
    client.get("/today")
    token = client.cookies["csrftoken"].value
    answer = send(client, visit("forged"), token=token)
    assert states(answer) == ["stored"]


LIMITS = [
    (b"{", "application/json", 400, "bad_json"),
    (b"\xff\xfe", "application/json", 400, "bad_text"),
    (b'{"facts": [], "facts": []}', "application/json", 400, "key_twice"),
    (b'{"facts": [NaN]}', "application/json", 400, "no_number"),
    (b'{"facts": [-Infinity]}', "application/json", 400, "no_number"),
    (b'{"facts": [' + b"9" * 5000 + b"]}", "application/json", 400, "long_number"),
    (b'["\\ud800"]', "application/json", 400, "bad_text"),
    (b"[" * 9 + b"]" * 9, "application/json", 400, "too_deep"),
    (b"[" * 400_000, "application/json", 400, "too_deep"),
    (b" " * 1_000_001, "application/json", 413, "too_large"),
    (b"facts=1", "application/x-www-form-urlencoded", 415, "content_type"),
    (b"{}", "text/plain", 415, "content_type"),
    (b" ", "application/json", 400, "bad_json"),
    (b"null", "application/json", 422, "bad_shape"),
    (b"[]", "application/json", 422, "bad_shape"),
    (b'{"facts": []}', "application/json", 422, "bad_shape"),
    (b'{"facts": [1e999999999]}', "application/json", 422, "bad_shape"),
]


@pytest.mark.parametrize(("raw", "kind", "status", "code"), LIMITS)
def test_what_cannot_be_read_is_refused_in_clear_words(
    raw: bytes, kind: str, status: int, code: str, browser: SignIn
) -> None:
    answer = send(browser("helper"), raw=raw, kind=kind)
    assert answer.status_code == status
    said = answer.json()
    assert said["code"] == code
    assert said["message"] == said["zh"]
    assert said["en"]


def test_a_batch_of_the_wrong_shape_names_each_place_and_stores_nothing(browser: SignIn) -> None:
    facts = [visit("fine"), {**visit("bad"), "occurred_on": 20170720, "minute": "9", "more": 1}]
    answer = send(browser("helper"), *facts)
    assert answer.status_code == 422
    places = {one["place"] for one in answer.json()["problems"]}
    assert places == {"facts.1.occurred_on", "facts.1.minute", "facts.1.more"}
    assert not Fact.objects.filter(uid=uid("fine")).exists()
    many = send(browser("helper"), *[visit(f"many {n}") for n in range(101)])
    assert many.status_code == 422


def test_obligations_are_ones_own(cast: Cast, browser: SignIn) -> None:
    mine = browser("helper").get("/api/obligations").json()
    assert mine["as_of"] == "2017-07-31"
    about = {one["subject"]["uid"] for one in mine["obligations"]}
    assert uid("household") in about
    assert uid("west household") not in about
    actions.record([cast.draft(name="done")], by=cast.policy("helper"), now=NOW)
    after = browser("helper").get("/api/obligations").json()
    assert after != mine


def test_figures_and_kinds_are_the_pages(browser: SignIn) -> None:
    registrar = browser("registrar", language="en")
    figures = registrar.get("/api/figures", {"as_of": "2017-06-30"}).json()
    assert figures["as_of"] == "2017-06-30"
    assert {"id", "title", "unit", "value", "parts"} <= figures["figures"][0].keys()
    for wrong in ("2017-08-01", "1000-01-01", "yesterday", "1500000000"):
        assert registrar.get("/api/figures", {"as_of": wrong}).status_code in (400, 422)
    kinds = browser("helper", language="en").get("/api/kinds").json()["kinds"]
    by_id = {one["id"]: one for one in kinds}
    assert by_id["household_visit"]["title"] == "Household visit"
    assert not any(name.startswith("registry.") for name in by_id)


def test_who_may_not_and_who_is_not_there_are_told_in_json(
    browser: SignIn, cast: Cast, settings: Settings
) -> None:
    refused = browser("helper").get("/api/figures")
    assert (refused.status_code, refused.json()["code"]) == (403, "no_right")
    nobody = Client().get("/api/obligations", headers={"accept-language": "en"})
    assert (nobody.status_code, nobody["WWW-Authenticate"]) == (401, "Bearer")
    assert nobody.json()["message"].startswith("Nobody")
    absent = browser("helper").get("/api/nothing")
    assert (absent.status_code, absent.json()["code"]) == (404, "no_address")
    other = browser("helper").delete("/api/facts")
    assert (other.status_code, other["Allow"]) == (405, "POST")
    settings.BANGFU_SECOND_FACTOR = "offices"
    office = browser("registrar").get("/api/figures")
    assert (office.status_code, office.json()["code"]) == (403, "sign_in_first")
