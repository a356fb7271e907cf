"""Masked values are shown for a purpose, tables leave with one; both are facts before that."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse

from bangfu.core.disclosure import DISCLOSURES
from bangfu.core.facts import Draft
from bangfu.core.text import Refused
from bangfu.records import actions, disclosure, queries
from bangfu.records.checkpoints import checkpoint
from bangfu.records.disclosure import MOST_AN_HOUR, Request, Table
from bangfu.records.models import Fact
from tests.cast import NOW, TODAY, Cast, uid
from tests.web.conftest import SignIn
from tests.web.reading import text, value_of

PHONE = "13900000002"
AT_HOME = reverse("reveal", args=[uid("household"), "phone"])


def facts() -> list[tuple[str, str, str | None]]:
    rows = Fact.objects.filter(kind__in=DISCLOSURES).order_by("sequence")
    return list(rows.values_list("kind", "subject__uid", "performer__uid"))


def test_a_purpose_is_stated_recorded_and_then_the_value_is_shown_once(browser: SignIn) -> None:
    client = browser("helper")
    entry = client.get(reverse("fact", args=[uid("household")]))
    assert "139****0002" in text(entry)
    assert AT_HOME in entry.content.decode()
    form = client.get(AT_HOME)
    assert PHONE not in form.content.decode()
    sent = {"uid": value_of(form, "uid"), "purpose": "contact"}
    assert client.post(AT_HOME, {**sent, "purpose": ""}).status_code == 422
    assert client.post(AT_HOME, {**sent, "purpose": "curiosity"}).status_code == 422
    assert facts() == []
    shown = client.post(AT_HOME, sent)
    assert PHONE in text(shown)
    assert shown["Cache-Control"] == "no-store"
    assert facts() == [("reveal", uid("household"), uid("helper"))]
    again = client.post(AT_HOME, sent)
    assert again.status_code == 409
    assert PHONE not in again.content.decode()
    assert len(facts()) == 1


@pytest.mark.parametrize(
    ("who", "entry", "field"),
    [
        ("outsider", "household", "phone"), ("helper", "west household", "phone"),
        ("helper", "no such fact", "phone"), ("helper", "household", "name"),
        ("helper", "household", "number"), ("helper", "household", "nothing"),
    ],
)  # fmt: skip
def test_foreign_absent_and_unmasked_answer_alike(
    who: str, entry: str, field: str, browser: SignIn
) -> None:
    client, address = browser(who), reverse("reveal", args=[uid(entry), field])
    for answer in (client.get(address), client.post(address, {"purpose": "contact"})):
        assert answer.status_code == 404
        assert answer.content == client.get(reverse("fact", args=[uid("nowhere")])).content
    assert facts() == []


def test_so_many_an_hour_are_enough(cast: Cast) -> None:
    helper = cast.policy("helper")

    def ask(number: int, later: timedelta = timedelta()) -> str:
        asked = Request("contact", uid(f"asked {number}"), NOW + later)
        return disclosure.reveal(helper, uid("household"), "phone", asked=asked)

    assert {ask(number) for number in range(MOST_AN_HOUR)} == {PHONE}
    with pytest.raises(Refused, match="At most") as caught:
        ask(99)
    assert caught.value.code == "too_many"
    assert len(facts()) == MOST_AN_HOUR
    assert ask(100, timedelta(minutes=61)) == PHONE


def test_what_was_disclosed_is_never_withdrawn_or_written_by_form(
    cast: Cast, browser: SignIn
) -> None:
    helper = cast.policy("helper")
    disclosure.reveal(
        helper, uid("household"), "phone", asked=Request("contact", uid("asked"), NOW)
    )
    found = queries.fact(helper, uid("asked"))
    assert found is not None
    assert not queries.may_amend(helper, found)
    with pytest.raises(Refused) as caught:
        actions.void(uid=uid("asked"), reason="看错", by=helper, now=NOW)
    assert caught.value.code == "not_yours"
    assert not DISCLOSURES & {kind.id for kind in queries.recordable_kinds(helper)}
    assert browser("helper").get(reverse("record-kind", args=["reveal"])).status_code == 404
    foreign = Draft(uid("foreign"), "reveal", TODAY, uid("west household"), uid("helper"),
                    {"fact": "x", "field": "phone", "purpose": "contact"})  # fmt: skip
    with pytest.raises(Refused) as caught:
        actions.record([foreign], by=helper, now=NOW)
    assert caught.value.code == "no_subject"


def test_a_table_leaves_with_who_when_why_and_how_long(cast: Cast, browser: SignIn) -> None:
    actions.record([cast.draft()], by=cast.policy("helper"), now=NOW)
    client, address = browser("officer"), reverse("export")
    assert address in client.get(reverse("township")).content.decode()
    assert client.post(address, {"uid": uid("taken")}).status_code == 422
    assert facts() == []
    file = client.post(address, {"uid": uid("taken"), "purpose": "meeting"})
    assert file["Content-Type"] == "text/csv; charset=utf-8"
    assert file["Cache-Control"] == "no-store"
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert rows[1][0] == "温士明"
    assert rows[1][2:] == ["会议使用", str(len(rows) - 3), uid("taken")]
    assert any(row[0] == "石桥村" for row in rows[3:])
    assert facts() == [("export", uid("east"), uid("officer"))]
    [kept] = queries.facts(cast.policy("officer"), [Fact.objects.get(uid=uid("taken")).sequence])
    assert kept.values["rows"] == len(rows) - 3


def test_a_cell_is_never_a_formula(cast: Cast) -> None:
    table = Table("表", uid("east"), ["村"], [["=1+1"], ["@x"], ["石桥村"]])
    asked = Request("meeting", uid("taken"), NOW)
    sheet = disclosure.export(cast.policy("officer"), table, who="温士明", asked=asked)
    assert sheet.splitlines()[3:] == ["'=1+1", "'@x", "石桥村"]


def test_auditors_see_both_with_the_chain_and_nobody_else_does(cast: Cast, browser: SignIn) -> None:
    disclosure.reveal(cast.policy("helper"), uid("household"), "phone",
                      asked=Request("contact", uid("asked"), NOW))  # fmt: skip
    disclosure.export(cast.policy("officer"), Table("表", uid("east"), ["村"], []), who="",
                      asked=Request("meeting", uid("taken"), NOW))  # fmt: skip
    point = checkpoint(now=NOW)
    page = browser("auditor").get(reverse("audit"))
    for said in ("谷大有", "云淑兰", "联系走访", "联系电话", "温士明", "会议使用", point.hash):
        assert said in text(page)
    assert PHONE not in page.content.decode()
    assert point.at not in text(page)
    assert text(page).count("2017年7月31日 ") >= 3, "each time as people write it"
    for who in ("helper", "officer", "registrar"):
        assert browser(who).get(reverse("audit")).status_code == 403
        assert disclosure.disclosures(cast.policy(who), start=0, most=9) == ([], 0)
        assert disclosure.checkpoints(cast.policy(who), most=9) == []
        assert disclosure.chain_end(cast.policy(who)) is None
