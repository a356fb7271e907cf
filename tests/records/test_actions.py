"""What comes into the ledger, what comes in twice, and what may be amended by whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bangfu.core.facts import VOID, Draft
from bangfu.core.text import Refused
from bangfu.records import actions
from bangfu.records.access import Policy
from bangfu.records.models import Fact, Participant
from bangfu.records.presence import ClockBehind
from bangfu.records.refusals import Amended, Conflict
from tests.cast import NOW, Cast, post, uid


def refusal(draft: Draft, by: Policy) -> Refused:
    """The refusal of a draft, having made sure that it left nothing behind."""
    before = Fact.objects.count(), Participant.objects.count()
    with pytest.raises(Refused) as caught:
        actions.record([draft], by=by, now=NOW)
    assert (Fact.objects.count(), Participant.objects.count()) == before
    return caught.value


def test_a_helper_records_a_visit_to_her_household(cast: Cast) -> None:
    [fact] = actions.record([cast.draft()], by=cast.policy("helper"), now=NOW)
    assert fact.subject == uid("household")
    assert fact.values == {"mode": "door", "minutes": 30}
    assert fact.standing
    assert fact.sequence == Fact.objects.count()


def test_one_sheet_covers_several_households(cast: Cast) -> None:
    draft = cast.draft("household_contact", more_subjects=(uid("second household"),))
    [fact] = actions.record([draft], by=cast.policy("helper"), now=NOW)
    assert fact.more_subjects == (uid("second household"),)


def test_the_same_sheet_sent_twice_is_stored_once(cast: Cast) -> None:
    draft = cast.draft(participants=(("companion", uid("officer")), ("companion", uid("head"))))
    helper = cast.policy("helper")
    first = actions.record([draft], by=helper, now=NOW)
    again = replace(draft, participants=draft.participants[::-1], values=dict(draft.values))
    assert actions.record([again, again], by=helper, now=NOW + timedelta(days=1)) == first * 2
    assert Fact.objects.filter(uid=draft.uid).count() == 1


def test_a_repeated_uid_with_other_content_is_a_conflict(cast: Cast) -> None:
    helper = cast.policy("helper")
    draft = cast.draft(values={"mode": "door", "need": "修房顶"})
    actions.record([draft], by=helper, now=NOW)
    other = replace(draft, values={"mode": "door", "need": "修院墙"})
    with pytest.raises(Conflict):
        actions.record([other], by=helper, now=NOW)
    with pytest.raises(Conflict):
        actions.record([draft], by=cast.policy("officer"), now=NOW)


def test_a_repeat_is_known_even_after_the_fact_was_voided_and_the_post_ended(cast: Cast) -> None:
    draft = cast.draft()
    helper = cast.policy("helper")
    [fact] = actions.record([draft], by=helper, now=NOW)
    actions.void(uid=fact.uid, reason="记错", by=helper, now=NOW)
    end = cast.draft(
        "registry.assignment_end", by="registrar", on=date(2017, 7, 30),
        values={"assignment": uid("helps")},
    )  # fmt: skip
    actions.record([end], by=cast.policy("registrar"), now=NOW)
    [again] = actions.record([draft], by=helper, now=NOW)
    assert again.uid == fact.uid
    assert again.amended_by is not None


def test_a_batch_is_stored_whole_or_not_at_all(cast: Cast) -> None:
    before = Fact.objects.count()
    drafts = [cast.draft(), cast.draft(values={"mode": "door", "minutes": "many"})]
    with pytest.raises(Refused) as caught:
        actions.record(drafts, by=cast.policy("helper"), now=NOW)
    assert caught.value.place == "2.minutes"
    assert Fact.objects.count() == before


def test_a_draft_may_name_another_of_its_batch(cast: Cast) -> None:
    person = Draft(
        uid("newcomer"), "registry.person", date(2017, 7, 1), uid("newcomer"), uid("registrar"),
        {"name": "新来者", "place": uid("stone bridge")},
    )  # fmt: skip
    takes_up = replace(
        post("takes up", "village_lead", "newcomer", "stone bridge", start=date(2017, 7, 2)),
        performed_by=uid("registrar"),
    )
    ends = cast.draft(
        "registry.assignment_end", subject="stone bridge", by="registrar", on=date(2017, 7, 9),
        values={"assignment": uid("takes up")},
    )  # fmt: skip
    facts = actions.record([person, takes_up, ends], by=cast.policy("registrar"), now=NOW)
    assert [fact.kind for fact in facts] == [
        "registry.person", "registry.assignment", "registry.assignment_end",
    ]  # fmt: skip


BAD_DRAFTS: dict[str, tuple[dict[str, Any], str]] = {
    "a uid that is none": ({"uid": "ABC"}, "bad_uid"),
    "an unknown kind": ({"kind": "moonwalk"}, "unknown_kind"),
    "a kind no longer in force": ({"kind": "old_round", "values": {}}, "not_in_force"),
    "a day to come": ({"occurred_on": date(2017, 8, 1)}, "future_day"),
    "a day long past": ({"occurred_on": date(1948, 1, 1)}, "too_early"),
    "a missing value": ({"values": {}}, "bad_values"),
    "an unknown field": ({"values": {"mode": "door", "mood": "fine"}}, "bad_values"),
    "an absent subject": ({"subject": uid("nobody at all")}, "no_subject"),
    "a foreign subject": ({"subject": uid("west household")}, "no_subject"),
    "a subject of another type": ({"subject": uid("head")}, "wrong_type"),
    "more subjects than the kind takes": (
        {"more_subjects": (uid("second household"),)}, "one_subject",
    ),
    "an unknown part to take": ({"participants": (("driver", uid("head")),)}, "unknown_role"),
    "an absent participant": ({"participants": (("companion", uid("x")),)}, "bad_participant"),
    "a participant of another type": (
        {"participants": (("companion", uid("household")),)}, "bad_participant",
    ),
    "a participant named twice": (
        {"participants": (("companion", uid("head")),) * 2}, "duplicate",
    ),
    "a minute where none is asked for": ({"minute": 600}, "bad_minute"),
    "an absent performer": ({"performed_by": uid("x")}, "no_performer"),
    "a performer who holds no post for it": ({"performed_by": uid("outsider")}, "post_not_held"),
    "a day before the post began": ({"occurred_on": date(2015, 6, 1)}, "post_not_held"),
    "an amended fact that is not there": ({"amends": uid("x")}, "no_fact"),
    "a withdrawal of nothing": ({"kind": VOID, "values": {}}, "nothing_to_amend"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_DRAFTS)
def test_a_bad_draft_is_refused_and_leaves_nothing(cast: Cast, case: str) -> None:
    changes, code = BAD_DRAFTS[case]
    draft = replace(cast.draft(), **changes)
    refused = refusal(draft, cast.policy("helper"))
    assert refused.code == code
    assert refused.text.zh
    assert refused.text.en


def test_a_foreign_subject_and_an_absent_one_are_refused_by_the_same_words(cast: Cast) -> None:
    helper = cast.policy("helper")
    foreign = refusal(replace(cast.draft(), subject=uid("west household")), helper)
    absent = refusal(replace(cast.draft(), subject=uid("x")), helper)
    assert (foreign.code, foreign.text, foreign.place) == (absent.code, absent.text, absent.place)


def test_duplicates_timed_kinds_and_single_parts_are_checked(cast: Cast) -> None:
    helper, secretary = cast.policy("helper"), cast.policy("secretary")
    twice = cast.draft("household_contact", more_subjects=(uid("household"),))
    assert refusal(twice, helper).code == "duplicate"
    meeting = cast.draft(
        "village_meeting", subject="stone bridge", by="secretary", minute=540,
        participants=(("attendee", uid("head")),),
    )  # fmt: skip
    assert refusal(replace(meeting, minute=None), secretary).code == "bad_minute"
    assert refusal(replace(meeting, minute=1440), secretary).code == "bad_minute"
    assert refusal(replace(meeting, participants=()), secretary).code == "missing_participant"
    chairs = (*meeting.participants, ("chair", uid("head")), ("chair", uid("secretary")))
    assert refusal(replace(meeting, participants=chairs), secretary).code == "only_one"
    leave = cast.draft(
        "leave", subject="stone bridge", by="secretary",
        values={"from": "2017-07-20", "to": "2017-07-19"},
    )  # fmt: skip
    assert refusal(leave, secretary).code == "bad_span"
    [fact] = actions.record([meeting], by=secretary, now=NOW)
    assert fact.minute == 540


def test_who_sees_a_subject_but_may_not_record_the_kind_is_told_so(cast: Cast) -> None:
    draft = cast.draft(by="helper")
    assert refusal(draft, cast.policy("auditor")).code == "not_recorder"


def test_a_visit_made_while_the_post_was_held_is_taken_after_it_ended(cast: Cast) -> None:
    end = cast.draft(
        "registry.assignment_end", by="registrar", on=date(2017, 7, 21),
        values={"assignment": uid("helps")},
    )  # fmt: skip
    actions.record([end], by=cast.policy("registrar"), now=NOW)
    helper = cast.policy("helper")
    [fact] = actions.record([cast.draft(on=date(2017, 7, 20))], by=helper, now=NOW)
    assert fact.values["minutes"] == 30
    assert refusal(cast.draft(on=date(2017, 7, 21)), helper).code == "no_subject"


def test_a_correction_replaces_and_a_withdrawal_ends(cast: Cast) -> None:
    helper = cast.policy("helper")
    [first] = actions.record([cast.draft()], by=helper, now=NOW)
    longer = cast.draft(
        values={"mode": "door", "minutes": 45}, amends=first.uid, reason="多谈了一会"
    )
    second = actions.correct(draft=longer, by=helper, now=NOW)
    assert second.amends == first.uid
    assert second.reason == "多谈了一会"
    with pytest.raises(Amended) as caught:
        actions.correct(draft=cast.draft(amends=first.uid), by=helper, now=NOW)
    assert caught.value.standing == second.uid
    third = actions.void(uid=second.uid, reason="记错户", by=helper, now=NOW)
    assert third.kind == VOID
    with pytest.raises(Amended) as caught:
        actions.void(uid=first.uid, reason="", by=helper, now=NOW)
    assert caught.value.standing == third.uid
    with pytest.raises(Refused) as refused:
        actions.void(uid=third.uid, reason="", by=helper, now=NOW)
    assert refused.value.code == "void_of_void"


def test_a_correction_keeps_its_kind(cast: Cast) -> None:
    helper = cast.policy("helper")
    [first] = actions.record([cast.draft()], by=helper, now=NOW)
    other = cast.draft("household_contact", amends=first.uid)
    assert refusal(other, helper).code == "kind_changed"


def test_only_its_own_people_or_a_post_that_may_can_amend_a_fact(cast: Cast) -> None:
    [fact] = actions.record([cast.draft()], by=cast.policy("helper"), now=NOW)
    amended = cast.draft(amends=fact.uid)
    assert refusal(amended, cast.policy("outsider")).code == "no_fact"
    assert refusal(amended, cast.policy("secretary")).code == "not_yours"
    assert refusal(amended, cast.policy("west officer")).code == "no_fact"
    assert actions.void(uid=fact.uid, reason="", by=cast.policy("officer"), now=NOW)


def test_an_absent_fact_and_a_foreign_one_are_refused_by_the_same_words(cast: Cast) -> None:
    [fact] = actions.record([cast.draft()], by=cast.policy("helper"), now=NOW)
    said = []
    for name in (fact.uid, uid("x")):
        with pytest.raises(Refused) as caught:
            actions.void(uid=name, reason="", by=cast.policy("outsider"), now=NOW)
        said.append((caught.value.code, caught.value.text, caught.value.place))
    assert said[0] == said[1]


def test_an_officer_records_a_pile_of_paper_for_others(cast: Cast) -> None:
    [fact] = actions.record([cast.draft(by="helper")], by=cast.policy("officer"), now=NOW)
    assert fact.performed_by == uid("helper")
    assert fact.recorded_by == uid("officer")


def test_nobody_without_a_person_records_anything(cast: Cast) -> None:
    assert refusal(cast.draft(), replace(cast.policy("helper"), person_uid="")).code


def test_ones_own_fact_can_be_withdrawn_after_the_post_has_ended(cast: Cast) -> None:
    [first] = actions.record([cast.draft()], by=cast.policy("helper"), now=NOW)
    end = cast.draft(
        "registry.assignment_end", by="registrar", on=date(2017, 7, 25),
        values={"assignment": uid("helps")},
    )  # fmt: skip
    actions.record([end], by=cast.policy("registrar"), now=NOW)
    other = cast.draft(
        VOID, subject="second household", on=date(2017, 7, 31), values={}, amends=first.uid
    )
    absent = replace(other, subject=uid("x"))
    said = []
    for draft in (replace(other, subject=uid("west household")), absent):
        with pytest.raises(Refused) as caught:
            actions.record([draft], by=cast.policy("helper"), now=NOW)
        said.append((caught.value.code, caught.value.text, caught.value.place))
    assert said[0] == said[1]
    gone = actions.void(uid=first.uid, reason="记错户", by=cast.policy("helper"), now=NOW)
    assert gone.amends == first.uid


def test_a_clock_that_runs_behind_the_ledger_is_refused(cast: Cast) -> None:
    helper = cast.policy("helper")
    actions.record([cast.draft()], by=helper, now=NOW + timedelta(days=400))
    for record in (actions.record, actions.record_each):
        with pytest.raises(ClockBehind, match="clock is wrong"):
            record([cast.draft()], by=helper, now=NOW)
    slightly = NOW + timedelta(days=400, minutes=-2)
    [fact] = actions.record([cast.draft()], by=helper, now=slightly)
    assert fact.recorded_at == NOW + timedelta(days=400)
