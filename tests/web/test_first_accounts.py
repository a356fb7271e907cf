"""The first administrators of a county come from the command, each once, and never by it again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bangfu.core.facts import VOID, Draft
from bangfu.core.text import Refused
from bangfu.records import accounts, actions, queries
from bangfu.records.access import policy_for
from bangfu.records.account_rights import rights_of
from bangfu.records.accounts import Opened
from bangfu.records.first_accounts import end_administrator, open_first
from bangfu.records.models import Account, AccountEvent, Fact
from tests.cast import NOW, TODAY, Cast, uid


def first(role: str = "system_admin", username: str = "chen") -> Opened:
    return open_first(role=role, name="陈守拙", username=username, now=NOW)


def test_the_first_administrator_may_open_the_others(cast: Cast) -> None:
    opened = first()
    account = Account.objects.get(username="chen")
    assert account.check_password(opened.password)
    assert account.must_change
    policy = policy_for(account, as_of=TODAY)
    assert rights_of(policy).opens
    assert accounts.open_accounts({uid("helper"): "yun"}, by=policy, now=NOW)


def test_the_ledger_shows_the_founder_as_whence_he_came(cast: Cast) -> None:
    before = Fact.objects.count()
    first()
    newest = Fact.objects.order_by("-sequence")[:2]
    assert [fact.kind for fact in newest] == ["registry.assignment", "registry.person"]
    assert Fact.objects.count() == before + 2
    assert {fact.recorder_id for fact in newest} == {None}
    assert AccountEvent.objects.get(account__username="chen").what == "opened"
    assert queries.verify().ok


@pytest.mark.parametrize("role", ["system_admin", "security_admin", "auditor"])
def test_there_is_one_for_each_and_no_second(role: str, cast: Cast) -> None:
    first(role)
    before = Fact.objects.count(), Account.objects.count()
    with pytest.raises(Refused) as refused:
        first(role, username="another")
    assert refused.value.code == "has_first"
    assert (Fact.objects.count(), Account.objects.count()) == before


def test_whoever_was_given_the_post_otherwise_counts_too(cast: Cast) -> None:
    actions.open_account(username="ming", person_uid=uid("auditor"), password="stone-bridge-42")
    with pytest.raises(Refused) as refused:
        first("auditor")
    assert refused.value.code == "has_first"


def test_whose_post_has_ended_keeps_nobody_out(admins: Cast) -> None:
    actions.open_account(username="old", person_uid=uid("system"), password="stone-bridge-42")
    with pytest.raises(Refused):
        first()
    assert end_administrator(username="old", now=NOW + timedelta(hours=1)) == (["system_admin"], [])
    gone = policy_for(Account.objects.get(username="old"), as_of=TODAY)
    assert not rights_of(gone).opens, "access ends with the post"
    opened = open_first(
        role="system_admin", name="林守正", username="lin", now=NOW + timedelta(hours=2)
    )
    assert Account.objects.get(username="lin").check_password(opened.password)


@pytest.mark.parametrize(("role", "username", "code"), [
    ("registrar", "chen", "no_administrator"), ("helper", "chen", "no_administrator"),
    ("nonsense", "chen", "no_administrator"), ("system_admin", "with space", "bad_username"),
])  # fmt: skip
def test_other_posts_and_bad_names_are_refused(
    role: str, username: str, code: str, cast: Cast
) -> None:
    before = Fact.objects.count()
    with pytest.raises(Refused) as refused:
        first(role, username=username)
    assert refused.value.code == code
    assert Fact.objects.count() == before


def test_a_deputy_is_opened_where_that_is_said_and_can_be_ended_the_same_day(cast: Cast) -> None:
    first()
    deputy = open_first(
        role="system_admin", name="林守正", username="lin", now=NOW + timedelta(hours=1),
        deputy=True,
    )  # fmt: skip
    account = Account.objects.get(username=deputy.username)
    assert rights_of(policy_for(account, as_of=TODAY)).opens
    ended = end_administrator(username="lin", now=NOW + timedelta(hours=2))
    assert ended == ([], ["system_admin"]), "a post lasts a day at least"
    account.refresh_from_db()
    assert not account.is_active
    assert rights_of(policy_for(Account.objects.get(username="chen"), as_of=TODAY)).opens
    with pytest.raises(Refused) as refused:
        end_administrator(username="nobody", now=NOW + timedelta(hours=2))
    assert refused.value.code == "no_administrator"


@pytest.mark.parametrize("way", ["end", "void", "correct"])
def test_who_enters_posts_is_not_rid_of_an_administrator(way: str, admins: Cast) -> None:
    county, post = uid("county"), uid("keeps accounts")
    draft = {
        "end": Draft(uid("rid"), "registry.assignment_end", date(2017, 7, 1), county,
                     uid("registrar"), {"assignment": post}),
        "void": Draft(uid("rid"), VOID, date(2017, 7, 1), county, uid("registrar"), amends=post,
                      reason="不该有"),
        "correct": Draft(uid("rid"), "registry.assignment", date(2017, 7, 1), county,
                         uid("registrar"), {"role": "supervisor"},
                         (("holder", uid("system")),), amends=post, reason="写错了"),
    }[way]  # fmt: skip
    write = actions.correct if way == "correct" else None
    later = NOW + timedelta(hours=1)
    with pytest.raises(Refused) as refused:
        if write:
            write(draft=draft, by=admins.policy("registrar"), now=later)
        else:
            actions.record([draft], by=admins.policy("registrar"), now=later)
    assert refused.value.code in {"administrators_post", "posts_apart"}
    assert refused.value.code == "administrators_post" or way == "correct"
