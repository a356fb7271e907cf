"""What a person sees follows from posts held today; foreign and absent are told apart by none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from bangfu.core.facts import Fact
from bangfu.core.text import Refused
from bangfu.records import actions, queries
from bangfu.records.access import NOBODY, Scope, mask, policy_for
from bangfu.records.models import Account
from tests.cast import NOW, TODAY, Cast, uid
from tests.records.rulebook import RULEBOOK, without_posts


@pytest.fixture
def visit(cast: Cast) -> Fact:
    """The helper's visit, with everything personal in it."""
    draft = cast.draft(
        values={
            "mode": "door", "minutes": 40, "need": "修房顶", "account": "6228480402564890018",
            "remark": "请他带路",
        },
        participants=(("companion", uid("officer")),), name="visit",
    )  # fmt: skip
    return actions.record([draft], by=cast.policy("helper"), now=NOW)[0]


def account(name: str, *, person: str | None) -> Account:
    return actions.open_account(
        username=name, person_uid=person and uid(person), password="long enough to keep"
    )


def test_without_an_account_or_a_person_there_is_nothing_to_see(cast: Cast, visit: Fact) -> None:
    nobody = [None, AnonymousUser(), account("system", person=None)]
    closed = account("closed", person="helper")
    closed.is_active = False
    for one in [*nobody, closed]:
        policy = policy_for(one, as_of=TODAY)
        assert policy == NOBODY
        assert queries.fact(policy, visit.uid) is None
        assert queries.names(policy, [cast.number("county")]) == {}
        assert queries.subject(policy, uid("county")) is None
        assert queries.find(policy, "县", types=("place",)) == []
        assert queries.my_subjects(policy) == []
        assert queries.recordable_kinds(policy) == []
        assert not queries.may_amend(policy, visit)


def test_a_policy_follows_from_the_account(cast: Cast) -> None:
    policy = policy_for(account("yun", person="helper"), as_of=TODAY)
    assert policy == cast.policy("helper")
    assert {held.role for held in policy.roles} == {"helper"}
    assert policy.scope.subjects == {
        cast.number(name) for name in ("helper", "household", "second household", "head")
    }
    assert not policy.office
    assert cast.policy("registrar").office
    assert cast.policy("auditor").auditor


def test_a_post_that_ended_shows_nothing_from_that_day_on(cast: Cast, visit: Fact) -> None:
    end = cast.draft(
        "registry.assignment_end", by="registrar", on=date(2017, 7, 25),
        values={"assignment": uid("helps")},
    )  # fmt: skip
    actions.record([end], by=cast.policy("registrar"), now=NOW)
    assert cast.number("household") not in cast.policy("helper").scope.subjects
    earlier = cast.policy("helper", as_of=date(2017, 7, 24))
    assert cast.number("household") in earlier.scope.subjects


def test_a_role_that_the_handbook_does_not_know_shows_nothing(cast: Cast) -> None:
    with queries.use_handbook(without_posts(RULEBOOK)):
        policy = cast.policy("registrar")
    assert policy.scope == Scope(subjects=frozenset({cast.number("registrar")}))


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("helper", True), ("secretary", True), ("officer", True), ("registrar", True),
        ("auditor", True), ("outsider", False), ("west officer", False),
    ],
)  # fmt: skip
def test_who_sees_a_visit(cast: Cast, visit: Fact, who: str, sees: bool) -> None:
    policy = cast.policy(who)
    assert (queries.fact(policy, visit.uid) is not None) is sees
    assert bool(queries.facts(policy, [visit.sequence])) is sees
    assert bool(queries.history(policy, visit.uid)) is sees


def test_foreign_and_absent_answer_alike(cast: Cast, visit: Fact) -> None:
    outsider = cast.policy("outsider")
    for foreign, absent in ((visit.uid, uid("x")), (uid("household"), uid("y"))):
        assert queries.fact(outsider, foreign) == queries.fact(outsider, absent) is None
        assert queries.history(outsider, foreign) == queries.history(outsider, absent) == []
        assert queries.subject(outsider, foreign) == queries.subject(outsider, absent) is None
    head, household = cast.number("head"), cast.number("household")
    assert queries.names(outsider, [head, household, 999_999]) == {}
    assert queries.places(outsider, [household]) == ({}, {})


def test_personal_values_are_shown_where_the_party_is_in_scope(cast: Cast, visit: Fact) -> None:
    seen = queries.fact(cast.policy("helper"), visit.uid)
    assert seen is not None
    # The companion's own affair is sealed under his key, and the helper does not see him.
    assert seen.values == {
        "mode": "door", "minutes": 40, "need": "修房顶", "account": "622848*********0018",
    }  # fmt: skip
    officer = queries.fact(cast.policy("officer"), visit.uid)
    assert officer is not None
    assert officer.values["remark"] == "请他带路"


def test_who_only_did_it_sees_the_fact_without_what_is_personal(cast: Cast, visit: Fact) -> None:
    scope = Scope(subjects=frozenset({cast.number("helper")}))
    moved = replace(cast.policy("helper"), scope=scope)
    seen = queries.fact(moved, visit.uid)
    assert seen is not None
    assert seen.values == {"mode": "door", "minutes": 40}


def test_identifiers_are_masked_for_everybody(cast: Cast) -> None:
    assert mask("41990019610502001X") == "419900********001X"
    assert mask("13912345678") == "139****5678"
    assert mask("12345") == "*****"
    for name in ("helper", "officer", "registrar", "auditor"):
        [founding] = queries.facts(cast.policy(name), [cast.number("head")])
        assert founding.values["id_number"] == "419900********001X"


def test_sequences_and_hashes_are_for_auditors(cast: Cast, visit: Fact) -> None:
    for name in ("helper", "officer", "registrar", "outsider"):
        assert queries.seal(cast.policy(name), visit.uid) is None
    seal = queries.seal(cast.policy("auditor"), visit.uid)
    assert seal is not None
    assert seal.sequence == visit.sequence
    assert queries.seal(cast.policy("auditor"), uid("x")) is None


def test_officials_near_by_are_named_and_strangers_are_not(cast: Cast) -> None:
    helper = cast.policy("helper")
    wanted = {name: cast.number(name) for name in (
        "head", "household", "secretary", "officer", "registrar", "stone bridge", "east",
        "west head", "west household", "outsider", "west officer", "reed pond",
    )}  # fmt: skip
    named = queries.names(helper, wanted.values())
    assert {name for name, number in wanted.items() if number in named} == {
        "head", "household", "secretary", "officer", "registrar", "stone bridge", "east",
    }  # fmt: skip
    home = named[wanted["household"]]
    assert (home.name, home.place, home.uid) == ("谷大有", "东乡石桥村", uid("household"))
    assert queries.named(helper, [uid("head"), uid("west head")]).keys() == {uid("head")}


def test_search_finds_by_name_code_alias_number_and_id_in_scope_only(cast: Cast) -> None:
    alias = cast.draft(
        "registry.place_alias", subject="stone bridge", by="registrar", values={"name": "老石桥"}
    )
    actions.record([alias], by=cast.policy("registrar"), now=NOW)
    officer, west = cast.policy("officer"), cast.policy("west officer")
    for text, kind, found in (
        ("大有", "household", "household"), ("001", "household", "household"),
        ("41990019610502001X", "person", "head"), ("石桥", "place", "stone bridge"),
        ("老石", "place", "stone bridge"), ("419900101001", "place", "stone bridge"),
    ):  # fmt: skip
        hits = queries.find(officer, text, types=(kind,))
        assert [hit.uid for hit in hits] == [uid(found)], text
        assert queries.find(west, text, types=(kind,)) == [], text
    assert queries.find(officer, " ", types=("person",)) == []


def test_a_change_outside_never_changes_what_one_sees(cast: Cast, visit: Fact) -> None:
    helper = cast.policy("helper")
    people = [cast.number(name) for name in ("head", "officer", "helper")]

    def view() -> object:
        return (
            queries.fact(helper, visit.uid), queries.names(helper, people),
            queries.my_subjects(helper), queries.last_values(helper, "household_visit"),
            queries.find(helper, "有", types=("household", "person")),
        )  # fmt: skip

    before = view()
    other = cast.draft(subject="west household", by="outsider", values={"mode": "phone"})
    actions.record([other], by=cast.policy("outsider"), now=NOW + timedelta(hours=1))
    assert view() == before


def test_accounts_have_one_name_a_person_and_a_password_worth_it(cast: Cast) -> None:
    account("yun", person="helper")
    for username, person, password, code in (
        ("yun", "helper", "long enough to keep", "username_taken"),
        ("", "helper", "long enough to keep", "bad_username"),
        ("other", "household", "long enough to keep", "no_subject"),
        ("other", "nobody", "long enough to keep", "no_subject"),
        ("other", "helper", "short", "bad_password"),
    ):
        with pytest.raises(Refused) as caught:
            actions.open_account(username=username, person_uid=uid(person), password=password)
        assert caught.value.code == code
    assert queries.account_names() == ["yun"]
