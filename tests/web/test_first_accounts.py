"""The first administrators of a county come from the command, each once, and never by it again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bangfu.core.facts import Draft
from bangfu.core.text import Refused
from bangfu.records import accounts, actions, queries
from bangfu.records.access import policy_for
from bangfu.records.account_rights import rights_of
from bangfu.records.accounts import Opened
from bangfu.records.first_accounts import open_first
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
    ended = Draft(
        uid("he leaves"), "registry.assignment_end", date(2017, 7, 1), uid("county"),
        uid("registrar"), {"assignment": uid("keeps accounts")},
    )  # fmt: skip
    with pytest.raises(Refused):
        first()
    actions.record([ended], by=admins.policy("registrar"), now=NOW + timedelta(hours=1))
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
