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
from bangfu.records.accounts import Opened, check_name, open_for, shut
from bangfu.records.county import today
from bangfu.records.handbooks import handbook
from bangfu.records.models import Account, Assignment, Fact, Subject


def administrators() -> dict[str, str]:
    """The roles that look after accounts, by the page that they have: system, security, audit."""
    roles = handbook().roles.values()
    return {role.id: role.page for role in roles if role.page in ADMINISTRATORS}


def open_first(
    *, role: str, name: str, username: str, now: datetime, deputy: bool = False
) -> Opened:
    """Enter a person with the post of an administrator, and open the account; one for each post,
    and a second only as a `deputy`.

    The founder enters both, so that the ledger shows whence they came. Raises `Refused` where
    somebody who holds the post has an account, unless a deputy was asked for.
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
    first = Account.objects.filter(person__in=held.values("person"), is_active=True).exists()
    if first and not deputy:
        raise Refused(
            "has_first", f"“{role}”已有账号。再开一个副手的，请加 --deputy；换人的，先用 "
            "bangfu account end 结束前任。",
            f"A holder of “{role}” has an account. Add --deputy for a second holder, or end the "
            "first one's post with bangfu account end.", place="role",
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


def end_administrator(*, username: str, now: datetime) -> tuple[list[str], list[str]]:
    """Close the account of somebody who holds administrators' posts, and end these from today on.

    Returns the roles of the posts that ended, and of those that began only today: a post lasts a
    day at least, and theirs can be ended from tomorrow on. Raises `Refused` where the account's
    holder has no such post.
    """
    day = today()
    account = Account.objects.filter(username=username.strip()).first()
    held = Assignment.objects.filter(
        Q(end=None) | Q(end__gt=day), person=account.person_id if account else None,
        role__in=administrators(), retired_seq=None,
    ).select_related("subject")  # fmt: skip
    posts = list(held)
    if account is None or not posts:
        raise Refused(
            "no_administrator", f"账号“{username}”的人现在没有管理员岗位。",
            f"The holder of “{username}” has no administrator's post now.", place="username",
        )  # fmt: skip
    over = [post for post in posts if post.start < day]
    uids = dict(Fact.objects.filter(sequence__in=[post.fact for post in over])
                .values_list("sequence", "uid"))  # fmt: skip
    drafts = [
        Draft(str(uuid.uuid4()), "registry.assignment_end", day, post.subject.uid, FOUNDER,
              {"assignment": uids[post.fact]})
        for post in over
    ]  # fmt: skip
    shut(account, now=now)
    if drafts:
        actions.record(drafts, by=founder(day), now=now)
    return [post.role for post in over], [post.role for post in posts if post not in over]
