"""A household's own way in (自助渠道): the code on its card opens its own page, without an account.

The code is a keyed digest of the household and of how often its card was renewed, so nothing is
stored for it and a lost card is closed by a fact. Who comes with it speaks for the household as
its head, sees who helps and what became of what it said, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.crypto import constant_time_compare

from bangfu.core.facts import Draft, Value
from bangfu.core.facts import Fact as CoreFact
from bangfu.core.roster import HEAD
from bangfu.core.text import Refused
from bangfu.engine.deadlines import last_day
from bangfu.records import actions, guard, reading
from bangfu.records.access import Policy, Scope, held_on, members_of
from bangfu.records.desk_queries import Tie, card
from bangfu.records.handbooks import handbook
from bangfu.records.ledger import moment_text
from bangfu.records.models import Fact, Membership, Subject
from bangfu.records.sealing import vault

REPORT, ANSWER, CONSENT, RENEWED = (
    "own_report", "own_report_answer", "data_consent", "card_renewed",
)  # fmt: skip
MOST_A_DAY = 6
_CODE = 26


@dataclass(frozen=True, slots=True)
class Household:
    """Whoever came with a card: the household, and the policy of its head for just this."""

    uid: str
    number: int
    head: int
    policy: Policy


def code_of(household: str) -> str:
    """The code on a household's card as it is valid now."""
    # Also those withdrawn since: the count never falls, or a lost card would open again.
    renewed = Fact.objects.filter(subject__uid=household, kind=RENEWED, amends=None).count()
    return vault().lookup(f"card {household} {renewed}")[:_CODE]


def come_in(household: str, code: str, *, as_of: date) -> Household | None:
    """The household of a card; None for a wrong or closed code, an unknown household, or one
    without a head.
    """
    if handbook().kind(REPORT) is None:
        return None
    with guard.lifted():
        row = Subject.objects.filter(uid=household, type="household", voided_seq=None).first()
        right = constant_time_compare(code, code_of(household))
        head = row and _head(row.id, as_of)
        if row is None or head is None or not right:
            return None
        members = members_of([row.id], as_of)
        scope = Scope(subjects=frozenset({row.id, *members}))
        return Household(row.uid, row.id, head.id, Policy(head.id, head.uid, (), scope, as_of))


def _head(household: int, day: date) -> Subject | None:
    found = Membership.objects.filter(held_on(day), subject=household).select_related("person")
    heads = [one.person for one in found.order_by("-start") if one.relation == HEAD]
    return heads[0] if heads else None


def say(
    home: Household, kind: str, values: dict[str, Value], *, uid: str, now: datetime
) -> CoreFact:
    """Record what the household says. Raises `Refused`: "too_many" beyond `MOST_A_DAY` a day."""
    since = moment_text(now - timedelta(days=1))
    recent = Fact.objects.filter(
        subject=home.number, kind__in=(REPORT, CONSENT), recorder=home.policy.person,
        recorded_at__gt=since,
    )  # fmt: skip
    if not Fact.objects.filter(uid=uid).exists() and recent.count() >= MOST_A_DAY:
        raise Refused(
            "too_many",
            f"一天最多提交{MOST_A_DAY}次；急事请打村委会电话或到村委会。",
            f"At most {MOST_A_DAY} a day; if it is urgent, go to the village committee.",
        )
    draft = Draft(uid, kind, home.policy.as_of, home.uid, home.policy.person_uid, values)
    return actions.record([draft], by=home.policy, now=now)[0]


def who_helps(home: Household) -> list[Tie]:
    """The posts held today for the household itself."""
    found = card(home.policy, home.uid)
    ties = found.holders if found else ()
    return [tie for tie in ties if tie.holds(home.policy.as_of)]


def called(home: Household) -> str:
    """The head's family name, the rest as stars: the card may have been found in the street."""
    name = Subject.objects.values_list("name", flat=True).get(id=home.head)
    return name[:1] + "*" * max(len(name) - 1, 0)


def due(home: Household, report: CoreFact) -> date | None:
    """Until when a report is to be answered, by the handbook's deadline; None where it has none."""
    rules = [rule for rule in handbook().deadlines.values() if rule.after == REPORT]
    return last_day(rules[0], report.occurred_on, handbook().calendar) if rules else None


def said(home: Household) -> list[tuple[CoreFact, CoreFact | None]]:
    """What the household has reported, the newest first, each with its answer if there is one."""
    rows = Fact.objects.filter(
        subject=home.number, kind__in=(REPORT, ANSWER), amended_by__isnull=True
    )
    sequences = list(rows.order_by("-sequence").values_list("sequence", flat=True)[:60])
    facts = [one for one in reading.by_sequence(home.policy, sequences) if one.standing]
    answers = {str(one.values.get("report")): one for one in facts if one.kind == ANSWER}
    return [(one, answers.get(one.uid)) for one in facts if one.kind == REPORT]


def consent(policy: Policy, household: int) -> CoreFact | None:
    """The newest word of a household on whether its data may be matched."""
    rows = Fact.objects.filter(subject=household, kind=CONSENT, amended_by__isnull=True)
    newest = rows.order_by("-occurred_on", "-sequence").values_list("sequence", flat=True)[:1]
    found = reading.by_sequence(policy, list(newest))
    return found[0] if found else None
