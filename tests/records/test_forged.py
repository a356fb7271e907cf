"""Drafts that no form sends: of the wrong shape, or naming whom their recorder may not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bangfu.core.facts import Draft
from bangfu.core.text import Refused
from bangfu.core.values import MAX_TEXT
from bangfu.records import actions
from bangfu.records.access import Policy
from bangfu.records.models import Fact
from tests.cast import NOW, Cast, post, uid

HALF = "\ud83d"
SHAPES: dict[str, dict[str, Any]] = {
    "no uid": {"uid": None},
    "half a character as a uid": {"uid": HALF},
    "no kind": {"kind": None},
    "a list of kinds": {"kind": ["household_visit"]},
    "no subject": {"subject": None},
    "half a character as a subject": {"subject": HALF},
    "a list of performers": {"performed_by": [uid("helper")]},
    "no values": {"values": None},
    "a list of values": {"values": [1]},
    "values by number": {"values": {1: "door"}},
    "a day as text": {"occurred_on": "2017-07-20"},
    "a moment for a day": {"occurred_on": datetime(2017, 7, 20, tzinfo=UTC)},
    "no day": {"occurred_on": None},
    "a minute as text": {"minute": "540"},
    "yes for a minute": {"minute": True},
    "a number to amend": {"amends": 5},
    "half a character to amend": {"amends": HALF},
    "no reason": {"reason": None},
    "subjects as one text": {"more_subjects": uid("second household")},
    "subjects by number": {"more_subjects": (1,)},
    "participants as one text": {"participants": "head"},
    "participants without their part": {"participants": (uid("head"),)},
    "participants by number": {"participants": (("companion", 7),)},
}


def refused(draft: Draft, by: Policy) -> Refused:
    before = Fact.objects.count()
    with pytest.raises(Refused) as caught:
        actions.record([draft], by=by, now=NOW)
    assert Fact.objects.count() == before
    return caught.value


@pytest.mark.parametrize("case", SHAPES)
def test_a_draft_of_another_shape_is_refused_by_name(cast: Cast, case: str) -> None:
    [(name, value)] = SHAPES[case].items()
    found = refused(replace(cast.draft(), **{name: value}), cast.policy("helper"))
    assert (found.code, found.place) == ("bad_draft", name)


def test_the_place_in_a_batch_is_told(cast: Cast) -> None:
    drafts = [cast.draft(), replace(cast.draft(), subject=None)]  # type: ignore[arg-type]
    with pytest.raises(Refused) as caught:
        actions.record(drafts, by=cast.policy("helper"), now=NOW)
    assert caught.value.place == "2.subject"


@pytest.mark.parametrize("reason", ["长" * (MAX_TEXT + 1), f"坏{HALF}", "\0"])
def test_a_reason_has_the_limits_of_a_text(cast: Cast, reason: str) -> None:
    found = refused(replace(cast.draft(), reason=reason), cast.policy("helper"))
    assert (found.code, found.place) == ("bad_reason", "reason")


def test_half_a_character_in_a_reference_or_a_code_is_refused(cast: Cast) -> None:
    registrar = cast.policy("registrar")
    end = cast.draft("registry.assignment_end", by="registrar", values={"assignment": HALF})
    assert refused(end, registrar).code == "bad_values"
    renamed = cast.draft(
        "registry.place_name", subject="stone bridge", by="registrar",
        values={"name": "石桥", "code": HALF},
    )  # fmt: skip
    assert refused(renamed, registrar).code == "bad_values"


def test_a_reference_leads_to_what_its_field_names(cast: Cast) -> None:
    draft = replace(
        post("leads there", "village_lead", "officer", "stone bridge"),
        performed_by=uid("registrar"), occurred_on=date(2017, 7, 1),
        values={"role": "village_lead", "stands_in_for": uid("head lives there")},
    )  # fmt: skip
    # The first of the two makes the batch know the membership that the second one names.
    leaves = cast.draft(
        "registry.membership_end", by="registrar", values={"membership": uid("head lives there")}
    )
    with pytest.raises(Refused) as caught:
        actions.record([leaves, draft], by=cast.policy("registrar"), now=NOW)
    assert (caught.value.code, caught.value.place) == ("bad_reference", "2.stands_in_for")
    right = replace(draft, values={"role": "village_lead", "stands_in_for": uid("leads")})
    assert actions.record([right], by=cast.policy("registrar"), now=NOW)


def companions(cast: Cast, *names: str) -> Draft:
    return cast.draft(participants=tuple(("companion", uid(name)) for name in names))


def test_whom_one_may_not_name_is_refused_like_nobody(cast: Cast) -> None:
    helper = cast.policy("helper")
    said = []
    for name in ("west head", "nobody at all"):
        late = replace(companions(cast, name), occurred_on=date(2017, 8, 1))
        for draft in (companions(cast, name), late):
            found = refused(draft, helper)
            said.append((found.code, found.text, found.place))
    assert said[:2] == said[2:]
    assert said[0][0] == "bad_participant"
    drafts = [companions(cast, "head"), companions(cast, "officer", "secretary")]
    assert len(actions.record(drafts, by=helper, now=NOW)) == len(drafts)


def test_a_correction_leaves_whom_an_officer_named(cast: Cast) -> None:
    by_county = replace(companions(cast, "west head"), performed_by=uid("helper"))
    entry = actions.Entry(by_county, uid("officer"), NOW)
    actions.record_batch([entry], as_of=date(2017, 7, 31))
    amended = replace(companions(cast, "west head"), amends=by_county.uid)
    assert actions.correct(draft=amended, by=cast.policy("helper"), now=NOW)
