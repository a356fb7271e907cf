"""办件: the queue, the page of a case, and the form that is opened from it."""

from __future__ import annotations

from datetime import date

import pytest

from bangfu.core.facts import Draft, Value
from bangfu.records import actions
from bangfu.records.models import Fact
from tests.cast import NOW, Cast, post, uid
from tests.web.conftest import SignIn
from tests.web.reading import links, text, value_of

PEOPLE = (("secretary", uid("secretary")), ("unit", uid("bureau")))


def step(
    cast: Cast, kind: str, day: int, *, name: str = "", by: str = "registrar",
    people: tuple[tuple[str, str], ...] = (), **values: Value,
) -> Draft:  # fmt: skip
    if kind != "recall_grounds":
        values["case"] = uid("recall")
    draft = cast.draft(
        kind, name=name or kind, subject="stone bridge", by=by, on=date(2017, 7, day),
        values=values, participants=people,
    )  # fmt: skip
    actions.record([draft], by=cast.policy(by), now=NOW)
    return draft


@pytest.fixture
def recall(cast: Cast) -> Cast:
    """A recall that was opened on the 20th; the registrar is the organisation officer too."""
    begun = post("organises", "organisation_officer", "registrar", "county")
    begun = Draft(begun.uid, begun.kind, begun.occurred_on, begun.subject, uid("registrar"),
                  begun.values, begun.participants)  # fmt: skip
    actions.record([begun], by=cast.policy("registrar"), now=NOW)
    step(cast, "recall_grounds", 20, name="recall", ground="absent", details="两个月没到村",
         people=PEOPLE)  # fmt: skip
    return cast


def test_the_queue_says_what_each_case_waits_for_and_who_holds_it(
    recall: Cast, browser: SignIn
) -> None:
    page = text(browser("registrar").get("/cases"))
    for said in ("石桥村", "第一书记召回", "约谈派出单位主要负责人", "计安平", "已迟 4 天"):
        assert said in page
    english = text(browser("registrar", "en").get("/cases"))
    for said in ("Recall of a first secretary", "4 days late", "Waits for"):
        assert said in english


def test_the_queue_is_filtered_by_state_procedure_and_town(recall: Cast, browser: SignIn) -> None:
    client = browser("registrar")
    for query, there in (
        ("state=closed", False), ("state=late", True), ("state=mine", True), ("state=all", True),
        (f"town={uid('east')}", True), (f"town={uid('west')}", False),
        ("procedure=first_secretary_recall", True), ("procedure=leave", False),
    ):  # fmt: skip
        page = client.get(f"/cases?{query}")
        assert (f"/case/{uid('recall')}" in links(page)) == there, query
        if not there:
            assert "没有办件" in text(page)


def test_a_county_without_cases_says_so(cast: Cast, browser: SignIn) -> None:
    assert "还没有办件" in text(browser("officer").get("/cases"))
    assert "No case has been opened" in text(browser("officer", "en").get("/cases"))


def test_the_next_step_is_a_button_that_opens_its_form_filled_in(
    recall: Cast, browser: SignIn
) -> None:
    client = browser("registrar")
    page = client.get(f"/case/{uid('recall')}")
    assert "办理：约谈派出单位主要负责人" in text(page)
    [form] = [link for link in links(page) if link.startswith("/record/unit_interview")]
    page = client.get(form)
    assert "第一书记召回 · 石桥村 · 2017年7月20日" in text(page)
    assert f'value="{uid("recall")}" selected' in page.content.decode()
    assert "县试验局" in text(page), "the unit is known from the grounds"
    sent = {
        "uid": value_of(page, "uid"), "occurred_on": "2017-07-24", "subject": uid("stone bridge"),
        "performed_by": uid("registrar"), "v.case": uid("recall"), "v.unit": uid("bureau"),
        "v.minutes": "7",
    }  # fmt: skip
    answer = client.post("/record/unit_interview", sent)
    assert answer.status_code == 302
    said = text(client.get(f"/case/{uid('recall')}"))
    assert "下一步 本人陈述申辩" in said
    assert "7月24日 · 计安平" in said


def test_a_wrong_turn_is_refused_in_the_form_and_keeps_what_was_typed(
    recall: Cast, browser: SignIn
) -> None:
    client = browser("registrar")
    sent = {
        "uid": uid("sent"), "occurred_on": "2017-07-24", "subject": uid("stone bridge"),
        "performed_by": uid("registrar"), "v.case": uid("recall"), "v.result": "recall",
        "v.decided_by": "部务会",
    }  # fmt: skip
    page = client.post("/record/recall_decision", sent)
    assert page.status_code == 422
    said = text(page)
    assert "现在该办的是“约谈派出单位主要负责人”，不能办“研究决定”" in said
    assert "第一书记召回" in said
    assert "部务会" in page.content.decode()
    assert not Fact.objects.filter(uid=uid("sent")).exists()


def test_the_first_secretary_finds_his_step_on_the_page_of_today(
    recall: Cast, browser: SignIn
) -> None:
    client = browser("secretary")
    assert "本人陈述申辩" not in text(client.get("/today"))
    step(recall, "unit_interview", 28, unit=uid("bureau"), minutes="7")
    page = client.get("/today")
    assert "本人陈述申辩" in text(page)
    assert "还有 4 天" in text(page)
    [form] = [link for link in links(page) if link.startswith("/record/recall_answer")]
    page = client.get(form)
    assert "舒长青" in text(page), "whose answer it is, is known from the grounds"


def test_a_case_shows_only_to_those_who_see_its_facts(recall: Cast, browser: SignIn) -> None:
    for name, status in (
        ("registrar", 200), ("officer", 200), ("secretary", 200), ("auditor", 200),
        ("west officer", 404), ("helper", 404),
    ):  # fmt: skip
        assert browser(name).get(f"/case/{uid('recall')}").status_code == status, name
        assert browser(name).get(f"/trace/case:{uid('recall')}").status_code == status, name
        listed = f"/case/{uid('recall')}" in links(browser(name).get("/cases?state=all"))
        assert listed == (status == 200), name


def test_what_happened_is_sealed_from_those_who_do_not_see_the_person(
    recall: Cast, browser: SignIn
) -> None:
    facts = {name: text(browser(name).get(f"/fact/{uid('recall')}")) for name in
             ("registrar", "secretary")}  # fmt: skip
    assert "两个月没到村" in facts["registrar"]
    assert "办件：第一书记召回" in facts["registrar"]


def test_a_closed_case_says_how_it_ended_and_takes_no_more(recall: Cast, browser: SignIn) -> None:
    step(recall, "unit_interview", 21, unit=uid("bureau"), minutes="7")
    step(recall, "recall_answer", 22, by="secretary", text="母亲住院", people=PEOPLE[:1])
    step(recall, "recall_unit_answer", 23, position="mends")
    step(recall, "recall_decision", 25, result="keep", decided_by="部务会")
    page = browser("registrar").get(f"/case/{uid('recall')}")
    assert "已办结：不召回，限期整改" in text(page)
    assert not [link for link in links(page) if link.startswith("/record/")]
    assert f"/case/{uid('recall')}" not in links(browser("registrar").get("/cases"))


def test_a_withdrawn_step_moves_the_page_back(recall: Cast, browser: SignIn) -> None:
    interview = step(recall, "unit_interview", 21, unit=uid("bureau"), minutes="7")
    step(recall, "recall_answer", 22, by="secretary", text="母亲住院", people=PEOPLE[:1])
    actions.void(uid=interview.uid, reason="没有谈", by=recall.policy("registrar"), now=NOW)
    page = text(browser("registrar").get(f"/case/{uid('recall')}"))
    assert "下一步 约谈派出单位主要负责人" in page
    assert "眼下不算数的记录 1" in page


def test_a_case_opens_to_its_facts(recall: Cast, browser: SignIn) -> None:
    page = browser("registrar").get(f"/trace/case:{uid('recall')}")
    assert "第一书记召回" in text(page)
    assert f"/fact/{uid('recall')}" in links(page)
    assert "在办" in text(page)
