"""Births, deaths, splits, merges and heads that change: one action, several facts, one undo."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest

from bangfu.core.text import Refused
from bangfu.records import actions, queries
from bangfu.records import household_changes as changes
from bangfu.records.models import Fact, Subject
from bangfu.records.verify import verify
from tests.cast import NOW, Cast, as_registrar, founding, member, uid

DAY = date(2017, 7, 3)
HOME = uid("household")


@pytest.fixture
def cast(cast: Cast) -> Cast:
    """The household with a wife, a son and his wife besides."""
    drafts = []
    for name, said, relation in (("wife", "柳叶青", "配偶"), ("son", "谷小满", "之子"),
                                 ("his wife", "苏小雪", "之儿媳")):  # fmt: skip
        drafts += [founding("person", name, name=said, place=uid("stone bridge")),
                   member(name, "household", relation)]  # fmt: skip
    mine = [as_registrar(draft) for draft in drafts]
    actions.record(mine, by=cast.policy("registrar"), now=NOW + timedelta(minutes=1))
    return cast


def doing(cast: Cast, on: date = DAY, minutes: int = 5) -> changes.Doing:
    now = NOW + timedelta(minutes=minutes)
    return changes.Doing(cast.policy("officer"), on, now, str(uuid.uuid4()))


def living(cast: Cast, household: str = HOME) -> dict[str, str]:
    """Who belongs to a household today, as what."""
    card = queries.card(cast.policy("registrar"), household)
    assert card is not None
    assert verify().ok, verify().text
    return {
        tie.person.name: tie.what
        for tie in card.members
        if tie.holds(cast.policy("registrar").as_of)
    }


def tie(name: str) -> str:
    return uid(f"{name} lives there")


def called(cast: Cast, household: str = HOME) -> str:
    found = queries.subject(cast.policy("helper"), household)
    return found.name if found else ""


def test_a_child_is_born(cast: Cast) -> None:
    child = {"name": "谷新芽", "sex": "female", "birth": "2017-07-01"}
    changes.add_member(doing(cast), HOME, child, relation="之孙女")
    assert living(cast)["谷新芽"] == "之孙女"
    with pytest.raises(Refused) as caught:
        changes.add_member(doing(cast), HOME, child, relation="户主")
    assert caught.value.code == "one_head"


def test_the_son_becomes_head_when_the_father_dies(cast: Cast) -> None:
    said = {tie("head"): "", tie("son"): "户主", tie("wife"): "之母", tie("his wife"): "配偶"}
    facts = changes.change_head(doing(cast), HOME, said, gone="去世")
    assert living(cast) == {"谷小满": "户主", "柳叶青": "之母", "苏小雪": "配偶"}
    assert called(cast) == "谷小满", "the household is called after its head"
    policy = cast.policy("helper")
    assert [one.uid for one in queries.find(policy, "谷小满", types=["household"])] == [HOME]
    changes.undo(
        cast.policy("officer"), facts[0].uid, reason="报错了", now=NOW + timedelta(minutes=9)
    )
    assert living(cast)["谷大有"] == "户主"
    assert called(cast) == "谷大有"


def test_a_household_has_one_head(cast: Cast) -> None:
    before = Fact.objects.count()
    for said in ({tie("son"): "户主"}, {tie("head"): "之父"}):
        with pytest.raises(Refused) as caught:
            changes.change_head(doing(cast), HOME, said)
        assert caught.value.code == "one_head"
    assert Fact.objects.count() == before


def test_the_young_couple_moves_out_and_is_helped_as_before(cast: Cast) -> None:
    said = {tie("son"): "户主", tie("his wife"): "配偶"}
    changes.split(doing(cast), HOME, said, home={"address": "村西头"}, carry=True)
    new = Subject.objects.get(type="household", name="谷小满")
    assert living(cast) == {"谷大有": "户主", "柳叶青": "配偶"}
    assert living(cast, new.uid) == {"谷小满": "户主", "苏小雪": "配偶"}
    card = queries.card(cast.policy("registrar"), new.uid)
    assert card is not None
    assert [(one.name, one.value, one.start) for one in card.statuses] == [
        ("category", "registered_poor", DAY)
    ]
    assert [(post.person.name, post.what) for post in card.holders] == [("云淑兰", "helper")]


def test_a_split_is_undone_in_one_go(cast: Cast) -> None:
    before = living(cast)
    said = {tie("son"): "户主", tie("his wife"): "配偶"}
    facts = changes.split(doing(cast), HOME, said, home={}, carry=True)
    assert len(changes.together(cast.policy("officer"), facts[0].uid)) == len(facts) == 7
    changes.undo(
        cast.policy("officer"), facts[0].uid, reason="没有分", now=NOW + timedelta(minutes=9)
    )
    assert living(cast) == before
    assert not Subject.objects.filter(name="谷小满", type="household", voided_seq=None).exists()


def test_two_households_become_one(cast: Cast) -> None:
    changes.merge(doing(cast), HOME, uid("second household"), {tie("head"): "之父"})
    assert living(cast) == {}
    assert living(cast, uid("second household")) == {
        "谷大有": "之父", "柳叶青": "其他", "谷小满": "其他", "苏小雪": "其他",
    }  # fmt: skip
    card = queries.card(cast.policy("registrar"), HOME)
    assert card is not None
    assert not [post for post in card.holders if post.holds(cast.policy("registrar").as_of)]
    assert [one.value for one in card.statuses if one.start == DAY] == [""]


def test_whoever_has_nothing_to_do_with_it_may_not(cast: Cast) -> None:
    for who in ("west officer", "helper"):
        asked = changes.Doing(cast.policy(who), DAY, NOW + timedelta(minutes=5), uid("asked"))
        with pytest.raises(Refused):
            changes.split(asked, HOME, {tie("son"): "户主"}, home={}, carry=False)
    theirs = Fact.objects.filter(subject__uid=HOME).first()
    assert theirs is not None
    with pytest.raises(Refused):
        changes.undo(cast.policy("west officer"), theirs.uid, reason="x", now=NOW)


def test_two_doings_of_one_second_are_undone_apart(cast: Cast) -> None:
    child = {"name": "谷新芽", "sex": "female", "birth": "2017-07-01"}
    first = changes.add_member(doing(cast), HOME, child, relation="之孙女")
    other = {"name": "谷再芽", "sex": "female", "birth": "2017-07-01"}
    changes.add_member(doing(cast), HOME, other, relation="之孙女")
    changes.undo(
        cast.policy("officer"), first[0].uid, reason="报错了", now=NOW + timedelta(minutes=9)
    )
    assert "谷新芽" not in living(cast)
    assert "谷再芽" in living(cast)


def test_a_registry_fact_of_a_batch_is_undone_alone(cast: Cast) -> None:
    found = changes.together(cast.policy("registrar"), uid("his wife lives there"))
    assert [one.uid for one in found] == [uid("his wife lives there")]


def test_who_stays_behind_needs_a_head(cast: Cast) -> None:
    before = Fact.objects.count()
    said = {tie("head"): "户主", tie("wife"): "配偶"}
    with pytest.raises(Refused) as caught:
        changes.split(doing(cast), HOME, said, home={}, carry=True)
    assert caught.value.code == "no_head_left"
    assert Fact.objects.count() == before
