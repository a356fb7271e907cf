"""The first account of each administrator (首个账号): before it, nobody could open any other."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from bangfu.core.facts import Draft
from bangfu.core.text import Refused
from bangfu.records import actions
from bangfu.records.access import FOUNDER, founder
from bangfu.records.account_rights import ADMINISTRATORS
from bangfu.records.accounts import Opened, check_name, open_for
from bangfu.records.county import today
from bangfu.records.handbooks import handbook
from bangfu.records.models import Account, Assignment, Subject


def administrators() -> dict[str, str]:
    """The roles that look after accounts, by the page that they have: system, security, audit."""
    roles = handbook().roles.values()
    return {role.id: role.page for role in roles if role.page in ADMINISTRATORS}


def open_first(*, role: str, name: str, username: str, now: datetime) -> Opened:
    """Enter a person with the post of an administrator, and open the account; one for each post.

    The founder enters both, so that the ledger shows whence they came. Raises `Refused` where
    somebody who holds the post has an account: from then on that person opens the others.
    """
    if role not in administrators():
        known = ", ".join(administrators())
        raise Refused(
            "no_administrator", f"“{role}”不是管理员岗位。可写：{known}。",
            f"“{role}” is no administrator's post. Write one of: {known}.", place="role",
        )  # fmt: skip
    day = today()
    going_on = Q(end=None) | Q(end__gt=day)
    held = Assignment.objects.filter(going_on, role=role, retired_seq=None)
    if Account.objects.filter(person__in=held.values("person"), is_active=True).exists():
        raise Refused(
            "has_first", f"“{role}”已有账号，不再从命令行开。请由系统管理员在“账号”页上开。",
            f"A holder of “{role}” has an account, so none is opened by command. The system "
            "administrator opens further ones on the page “Accounts”.", place="role",
        )  # fmt: skip
    check_name(username.strip())
    # The ledger commits by itself; cut off here, the same command goes on with who is entered.
    waiting = Subject.objects.filter(id__in=held.values("person"), name=name.strip()).first()
    person = waiting or _enter(role, name.strip(), day, now)
    with transaction.atomic():
        return open_for(person, username.strip(), by=None, now=now)


def _enter(role: str, name: str, day: date, now: datetime) -> Subject:
    """The person and the post, as the founder's facts."""
    county = Subject.objects.get(type="county", voided_seq=None)
    who, post = str(uuid.uuid4()), str(uuid.uuid4())
    drafts = [
        Draft(who, "registry.person", day, who, FOUNDER, {"name": name, "place": county.uid}),
        Draft(post, "registry.assignment", day, county.uid, FOUNDER, {"role": role},
              (("holder", who),)),
    ]  # fmt: skip
    actions.record(drafts, by=founder(day), now=now)
    return Subject.objects.get(uid=who)
