"""A case walks its steps in order, by the right posts, in its time; wrong turns are refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from bangfu.core.facts import Draft, Fact, Value
from bangfu.core.results import Case
from bangfu.core.text import Refused
from bangfu.records import actions, queries
from bangfu.records.handbooks import use_handbook
from bangfu.records.models import Fact as Row
from tests.cast import NOW, Cast, post, uid
from tests.records.case_rules import CASEBOOK

JULY = date(2017, 7, 1)
BY = {
    "trouble": "officer", "look": "officer", "hearing": "secretary", "ruling": "registrar",
    "mending": "secretary", "objection": "secretary", "settled": "registrar",
}  # fmt: skip


@pytest.fixture(autouse=True)
def rules() -> Iterator[None]:
    """The handbook with a procedure."""
    with use_handbook(CASEBOOK):
        yield


def july(day: int) -> date:
    return JULY + timedelta(days=day - 1)


class Trouble:
    """A case about Stone Bridge village, opened on the first of July."""

    def __init__(self, cast: Cast, *, on: int = 1, grave: bool = False) -> None:
        self.cast = cast
        self.opening = self.write("trouble", on, case=False, grave=grave)

    def draft(
        self, kind: str, day: int, *, by: str = "", case: bool = True, amends: str | None = None,
        **values: Value,
    ) -> Draft:  # fmt: skip
        if case:
            values["case"] = self.opening.uid
        if kind == "look":
            values.setdefault("minutes", "no. 7")
        return self.cast.draft(
            kind, subject="stone bridge", by=by or BY[kind], on=july(day),
            values={name: value for name, value in values.items() if value is not None},
            amends=amends,
        )  # fmt: skip

    def write(self, kind: str, day: int, *, by: str = "", **more: Value) -> Fact:
        draft = self.draft(kind, day, by=by, **more)  # type: ignore[arg-type]
        policy = self.cast.policy(by or BY[kind])
        return actions.record([draft], by=policy, now=NOW)[0]

    def refused(self, kind: str, day: int, *, by: str = "", **more: Value) -> Refused:
        """The refusal of a step, having made sure that it left nothing behind."""
        before = Row.objects.count()
        with pytest.raises(Refused) as caught:
            self.write(kind, day, by=by, **more)
        assert Row.objects.count() == before
        return caught.value

    def now(self, day: int = 31, *, reader: str = "officer") -> Case:
        policy = self.cast.policy(reader)
        found = queries.case_of(policy, self.opening.uid, as_of=july(day))
        assert found is not None
        return found


@pytest.fixture
def case(cast: Cast) -> Trouble:
    return Trouble(cast)


def test_a_case_is_read_from_its_facts(case: Trouble, cast: Cast) -> None:
    found = case.now(2)
    assert (found.procedure, found.state, found.step) == ("trouble_case", "open", "look")
    assert found.holders == (cast.number("officer"),)
    assert (found.since, found.due, found.late) == (july(1), july(6), False)
    looked = case.write("look", 3)
    found = case.now(3)
    assert [(one.step, one.fact, one.late) for one in found.taken] == [
        ("look", looked.sequence, False)
    ]
    assert (found.step, found.holders) == ("hearing", (cast.number("secretary"),))
    assert found.because == (case.opening.sequence, looked.sequence)


def test_a_case_walks_to_its_end(case: Trouble) -> None:
    case.write("look", 3)
    case.write("hearing", 5)
    case.write("ruling", 7, result="upheld")
    assert case.now().step == "mend"
    case.write("mending", 20)
    found = case.now()
    assert (found.state, found.outcome, found.closed) == ("closed", "done", july(20))
    assert [one.late for one in found.taken] == [False, False, False, True]


def test_an_outcome_closes_or_sends_back(case: Trouble) -> None:
    case.write("look", 3)
    case.write("hearing", 5)
    case.write("ruling", 7, result="again")
    found = case.now(8)
    assert (found.step, found.since, found.due) == ("look", july(7), july(12))
    case.write("look", 9)
    case.write("hearing", 10)
    case.write("ruling", 12, result="dismissed")
    found = case.now()
    assert (found.state, found.outcome) == ("closed", "dismissed")
    assert case.refused("mending", 13).code == "case_closed"


def test_a_step_out_of_order_is_refused_with_the_step_and_the_rule(case: Trouble) -> None:
    said = case.refused("ruling", 5, result="upheld")
    assert said.code == "step_out_of_order"
    for text in (said.text.zh, said.text.en):
        assert "look" in text
        assert "ruling" in text
        assert "trouble case" in text
        assert "试验办法" in text
    case.write("look", 3)
    assert case.refused("look", 4).code == "step_out_of_order", "it is behind the case"


def test_the_wrong_post_is_refused(case: Trouble) -> None:
    said = case.refused("look", 3, by="secretary")
    assert (said.code, said.place) == ("step_wrong_post", "performed_by")
    assert "township_officer" in said.text.zh
    assert case.refused("look", 3, by="west officer").code == "no_subject", "foreign as absent"


def test_a_step_without_its_evidence_is_refused(case: Trouble) -> None:
    said = case.refused("look", 3, minutes=None)
    assert (said.code, said.place) == ("step_no_evidence", "minutes")


def test_a_step_must_repeat_what_the_case_said(case: Trouble) -> None:
    case.write("look", 3, people=3)
    for people in (4, None):
        said = case.refused("hearing", 4, people=people)
        assert (said.code, said.place) == ("step_differs", "people")
        assert "试验办法" in said.text.en
    case.write("hearing", 4, people=3)


def test_a_step_before_its_day_is_refused(case: Trouble) -> None:
    case.write("look", 3)
    case.write("hearing", 4)
    said = case.refused("ruling", 5, result="upheld")
    assert said.code == "step_too_early"
    assert "2017-07-06" in said.text.zh
    case.write("ruling", 6, result="upheld")


def test_a_right_of_reply_that_is_not_used_lapses(case: Trouble) -> None:
    case.write("look", 3)
    assert case.refused("ruling", 7, result="upheld").code == "step_out_of_order"
    case.write("ruling", 8, result="upheld")
    found = case.now()
    assert [(one.step, bool(one.fact)) for one in found.taken] == [
        ("look", True), ("hearing", False), ("ruling", True)
    ]  # fmt: skip
    assert found.taken[1].day == july(7)


def test_an_objection_stops_the_clock_until_it_is_settled(case: Trouble) -> None:
    case.write("look", 3)
    case.write("hearing", 4)
    case.write("objection", 5)
    found = case.now(30)
    assert (found.state, found.paused, found.late) == ("paused", july(5), False)
    assert case.refused("ruling", 9, result="upheld").code == "case_stopped"
    before = case.now(4).due
    case.write("settled", 15)
    found = case.now(15)
    assert (found.state, found.due) == ("open", (before or JULY) + timedelta(days=10))
    assert case.refused("settled", 16).code == "case_not_stopped"


def test_a_step_with_a_condition_is_passed_over_where_it_is_not_true(cast: Cast) -> None:
    grave = Trouble(cast, grave=True)
    for name, day in (("look", 3), ("hearing", 4)):
        grave.write(name, day)
    grave.write("ruling", 6, result="upheld")
    grave.write("mending", 8)
    assert grave.now().step == "mend_again"
    grave.write("mending", 9, by="officer")
    assert grave.now().state == "closed"


def test_a_withdrawn_step_moves_the_case_back(case: Trouble, cast: Cast) -> None:
    looked = case.write("look", 3)
    heard = case.write("hearing", 4)
    actions.void(uid=looked.uid, reason="没有去", by=cast.policy("officer"), now=NOW)
    found = case.now()
    assert (found.step, found.stray) == ("look", (heard.sequence,))
    case.write("look", 4)
    assert case.now(4).step == "ruling", "what fitted before fits again"


def test_a_corrected_outcome_moves_the_case(case: Trouble, cast: Cast) -> None:
    case.write("look", 3)
    case.write("hearing", 4)
    ruled = case.write("ruling", 6, result="dismissed")
    case.write("ruling", 6, result="upheld", amends=ruled.uid)
    assert case.now().step == "mend"
    said = case.refused("ruling", 4, result="upheld", amends=ruled.uid)
    assert said.code == "already_amended"


def test_a_correction_must_still_be_a_step_of_its_case(case: Trouble) -> None:
    case.write("look", 3)
    heard = case.write("hearing", 5)
    assert case.refused("hearing", 2, amends=heard.uid).code == "step_out_of_order"
    assert case.refused("hearing", 6, by="officer", amends=heard.uid).code == "step_wrong_post"


def test_a_correction_of_the_opening_keeps_the_case(case: Trouble) -> None:
    case.write("look", 3)
    first = case.opening.uid
    case.opening = case.write("trouble", 1, case=False, cost="12.50", amends=first)
    assert case.now().step == "ruling"
    assert queries.case_of(case.cast.policy("officer"), first, as_of=july(31)) == case.now()
    case.write("hearing", 4)
    draft = case.draft("ruling", 6, result="upheld")
    values = {**draft.values, "case": first}
    old = case.cast.draft(
        "ruling", subject="stone bridge", by="registrar", on=july(6), values=values
    )
    actions.record([old], by=case.cast.policy("registrar"), now=NOW)
    assert case.now().step == "mend"


def test_an_earlier_day_may_not_undo_what_followed(case: Trouble) -> None:
    case.write("look", 3)
    case.write("ruling", 8, result="again")
    case.write("look", 10)
    said = case.refused("hearing", 9)
    assert said.code == "step_out_of_order"
    case.write("hearing", 11)
    assert case.refused("objection", 10).code == "step_overtaken"


def test_a_batch_of_steps_is_stored_whole_or_not_at_all(case: Trouble, cast: Cast) -> None:
    registrar = cast.policy("registrar")
    good = [
        case.draft("look", 3),
        case.draft("hearing", 4),
        case.draft("ruling", 6, result="upheld"),
    ]
    before = Row.objects.count()
    with pytest.raises(Refused) as caught:
        actions.record([*good[:2], case.draft("ruling", 5, result="upheld")], by=registrar, now=NOW)
    assert (caught.value.code, caught.value.place) == ("step_too_early", "3.occurred_on")
    assert Row.objects.count() == before
    actions.record(good, by=registrar, now=NOW)
    assert case.now().step == "mend"
    assert [fact.uid for fact in actions.record(good, by=registrar, now=NOW)] == [
        draft.uid for draft in good
    ], "sent twice, stored once"


def test_a_case_is_opened_and_walked_in_one_batch(cast: Cast) -> None:
    opening = cast.draft("trouble", subject="stone bridge", by="officer", on=july(1), values={})
    look = cast.draft(
        "look", subject="stone bridge", by="officer", on=july(2),
        values={"case": opening.uid, "minutes": "8"},
    )  # fmt: skip
    facts = actions.record([opening, look], by=cast.policy("officer"), now=NOW)
    found = queries.case_of(cast.policy("officer"), opening.uid, as_of=july(2))
    assert found is not None
    assert [one.fact for one in found.taken] == [facts[1].sequence]


def test_a_case_about_a_place_that_is_founded_in_the_same_batch(cast: Cast) -> None:
    place = cast.draft(
        "registry.place", name="new village", subject="new village", by="registrar", on=july(1),
        values={"level": "village", "name": "新村", "code": "419900101009", "parent": uid("east")},
    )  # fmt: skip
    opening = cast.draft("trouble", subject="new village", by="officer", on=july(2), values={})
    look = cast.draft(
        "look", subject="new village", by="officer", on=july(3),
        values={"case": opening.uid, "minutes": "9"},
    )  # fmt: skip
    actions.record([place, opening, look], by=cast.policy("registrar"), now=NOW)
    found = queries.case_of(cast.policy("registrar"), opening.uid, as_of=july(4))
    assert found is not None
    assert found.step == "hearing"


def test_a_foreign_case_and_an_absent_one_answer_alike(case: Trouble, cast: Cast) -> None:
    """An officer elsewhere learns nothing of a case by naming it."""
    said = []
    for name in (case.opening.uid, uid("no such fact")):
        draft = cast.draft(
            "look", subject="reed pond", by="west officer", on=july(3),
            values={"case": name, "minutes": "1"},
        )  # fmt: skip
        with pytest.raises(Refused) as caught:
            actions.record([draft], by=cast.policy("west officer"), now=NOW)
        said.append((caught.value.code, caught.value.text, caught.value.place))
    assert said[0] == said[1]
    assert said[0][0] == "bad_reference"
    west = cast.policy("west officer")
    assert queries.cases(west, as_of=july(31)) == []
    assert queries.case_of(west, case.opening.uid, as_of=july(31)) is None


def test_every_reader_of_the_village_sees_the_same_case(case: Trouble, cast: Cast) -> None:
    """The county reads its mirror, a first secretary the database by index."""
    case.write("look", 3)
    case.write("hearing", 4)
    for reader in ("secretary", "officer", "registrar"):
        found = case.now(5, reader=reader)
        assert found.step == "ruling"
        assert len(found.taken) == 2
    assert case.now(5, reader="registrar").holders == (cast.number("registrar"),)
    assert case.now(5, reader="officer").holders == (), "who holds it is beyond the township"


def test_whoever_holds_the_post_on_the_day_holds_the_case(case: Trouble, cast: Cast) -> None:
    registrar = cast.policy("registrar")
    moved = cast.draft(
        "registry.assignment_end", subject="east", by="registrar", on=july(4),
        values={"assignment": uid("east office")},
    )  # fmt: skip
    taken = post("new office", "township_officer", "helper", "east", start=july(4))
    taken = Draft(taken.uid, taken.kind, taken.occurred_on, taken.subject, uid("registrar"),
                  taken.values, taken.participants)  # fmt: skip
    actions.record([moved, taken], by=registrar, now=NOW)
    assert case.now(3, reader="registrar").holders == (cast.number("officer"),)
    assert case.now(4, reader="registrar").holders == (cast.number("helper"),)


def test_a_case_is_shown_as_it_was_known(case: Trouble) -> None:
    looked = case.write("look", 3)
    case.write("hearing", 4)
    policy = case.cast.policy("registrar")
    then = queries.case_of(policy, case.opening.uid, as_of=july(31), known_at=looked.sequence)
    assert then is not None
    assert [one.step for one in then.taken] == ["look", "hearing"], "the hearing lapsed then"
    assert then.taken[1].fact == 0


def test_a_case_opens_to_its_facts(case: Trouble) -> None:
    looked = case.write("look", 3)
    policy = case.cast.policy("registrar")
    root = queries.trace(policy, f"case:{case.opening.sequence}", as_of=july(4))
    assert root.counted() == (case.opening.sequence, looked.sequence)
    assert root.facts() == (case.opening.sequence, looked.sequence)


def test_a_fact_that_belongs_to_no_case_may_name_one_elsewhere(cast: Cast) -> None:
    """A notice about the county is read out in a village: only cases keep to their subject."""
    notice = cast.draft("county_notice", subject="county", by="registrar", on=july(1), values={})
    read_out = cast.draft(
        "read_out", subject="stone bridge", by="officer", on=july(2),
        values={"notice": notice.uid},
    )  # fmt: skip
    actions.record([notice], by=cast.policy("registrar"), now=NOW)
    [fact] = actions.record([read_out], by=cast.policy("officer"), now=NOW)
    tables = queries.tables(cast.policy("registrar"), as_of=july(31))
    named = tables.facts["read_out"].values["notice"].tolist()
    assert named == [queries.fact(cast.policy("registrar"), notice.uid).sequence]  # type: ignore[union-attr]
    assert fact.values == {"notice": notice.uid}
