"""一户一档 as pages show it: members, help, income, cases, and what there is to be printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from bangfu.core.facts import Fact
from bangfu.core.industry import OF_HOUSEHOLDS, OF_PERSONS, WAGE
from bangfu.core.roster import (
    HEAD,
    HOUSEHOLD_PROFILE,
    INCOME_ACCOUNT,
    MEASURE,
    MEMBER_PROFILE,
)
from bangfu.records import queries
from bangfu.records.household_queries import HouseholdFile, Member
from bangfu.records.queries import Named, Tie
from bangfu.web import case_notice, cases, words
from bangfu.web.desk_form import days_words
from bangfu.web.reader import Reader
from bangfu.web.shown import Line, names_in, value_lines, value_words
from bangfu.web.words import say

HELPER = "helper"
# So many wages are shown at once; those of longer ago are folded.
MOST_WAGES = 6
# What of a member's profile stands in the table of members.
_MEMBER_COLUMNS = ("labour", "health", "education", "school")


@dataclass(frozen=True, slots=True)
class Person:
    """A member in the table: who, how old, what of the profile may be read; where to note more.

    `tags` are what departments say of him today, each with its department.
    """

    name: str
    relation: str
    head: bool
    sex: str
    age: str
    labour: str
    health: str
    schooling: str
    days: str
    tags: str
    profile_url: str
    note_url: str


@dataclass(frozen=True, slots=True)
class Helped:
    """One measure: its kind, whether it is done, when, how much, by whom it is paid."""

    title: str
    done: bool
    day: date
    amount: str
    payer: str
    url: str


@dataclass(frozen=True, slots=True)
class Gain:
    """Something of industry and jobs: its kind, whose it is if a member's, when, and what; `old`
    is a wage of longer ago.
    """

    kind: str
    who: str
    day: date
    said: str
    url: str
    old: bool = False


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that a check finds implausible about the household (疑点)."""

    text: str
    mends: str
    url: str


@dataclass(frozen=True, slots=True)
class Paper:
    """Something to be printed."""

    title: str
    url: str


def people(
    reader: Reader, members: Sequence[Member], *, records: Mapping[str, object]
) -> list[Person]:
    """The members in their order: the head first, then by age."""
    order = sorted(members, key=lambda one: (one.tie.what != HEAD, one.birth or date.max))
    return [_person(reader, member, records) for member in order]


def _person(reader: Reader, member: Member, records: Mapping[str, object]) -> Person:
    profile, tie = member.profile, member.tie
    said = _said(reader, profile, _MEMBER_COLUMNS)
    note = ""
    if MEMBER_PROFILE in records:
        note = f"{reverse('record-kind', args=[MEMBER_PROFILE])}?" + urlencode(
            {"subject": tie.person.uid}
        )
    return Person(
        name=tie.person.name,
        relation=tie.what,
        head=tie.what == HEAD,
        sex={"male": _("male"), "female": _("female")}.get(member.sex, ""),
        age=_age(member.birth, reader.today),
        labour=said["labour"],
        health=said["health"],
        schooling=said["school"] or said["education"],
        days=days_words(tie.start, tie.end),
        tags=pgettext("list", ", ").join(_tags(reader, member)),
        profile_url=reverse("fact", args=[profile.uid]) if profile else "",
        note_url=note,
    )


def _tags(reader: Reader, member: Member) -> list[str]:
    """The departments' tags that hold today, in the handbook's order."""
    known = {name for name, value in member.statuses if value}
    return [
        f"{say(status.title)} ({say(status.owner)})" if words.language() == "en"
        else f"{say(status.title)}（{say(status.owner)}）"
        for status in reader.handbook.statuses.values()
        if status.owner and status.subject == "person" and status.id in known
    ]  # fmt: skip


def _age(birth: date | None, today: date) -> str:
    if birth is None:
        return ""
    return str(today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day)))


def _said(reader: Reader, fact: Fact | None, names: Sequence[str]) -> dict[str, str]:
    """The values of these fields in words, empty where there is nothing to be read."""
    kind = reader.handbook.kind(fact.kind) if fact else None
    found = dict.fromkeys(names, "")
    for name in names:
        item = kind.field(name) if kind else None
        if fact is not None and item is not None and name in fact.values:
            found[name] = value_words(item, fact.values[name])
    return found


def helpers(reader: Reader, found: HouseholdFile) -> tuple[list[Tie], list[Tie]]:
    """Who helps the household today, and who helped before."""
    held = [tie for tie in found.card.holders if tie.what == HELPER]
    now = [tie for tie in held if tie.holds(reader.today)]
    return now, [tie for tie in held if not tie.holds(reader.today)]


def statuses(
    reader: Reader, found: HouseholdFile, *, only: Sequence[str] | None = None
) -> list[Line]:
    """What the household is on the day: each of its statuses, or `only` these, with since when."""
    lines = []
    for status in reader.handbook.statuses.values():
        now = next(
            (
                one
                for one in found.card.statuses
                if one.name == status.id
                and one.start <= reader.today
                and (one.end is None or reader.today < one.end)
                and one.value
            ),
            None,
        )
        if now is None or (only is not None and status.id not in only):
            continue
        option = status.options.get(now.value)
        said = say(option) if option else _("yes")
        since = _("since %(day)s") % {"day": words.day(now.start, year=True)}
        lines.append(Line(say(status.title), f"{said}（{since}）" if words.language() == "zh"
                          else f"{said} ({since})"))  # fmt: skip
    return lines


def need(reader: Reader, found: HouseholdFile) -> list[Line]:
    """What the household needs: the risks of its profile, and what it said at the latest visits."""
    lines = []
    risks = [f"risk_{n}" for n in range(1, 6)]
    said = [text for text in _said(reader, found.profile, risks).values() if text]
    if said:
        lines.append(Line(_("Risks"), pgettext("list", ", ").join(dict.fromkeys(said))))
    for fact in found.facts:
        kind = reader.handbook.kind(fact.kind)
        item = kind.field("need") if kind else None
        if item is not None and fact.values.get("need"):
            lines.append(Line(words.day(fact.occurred_on, year=True), str(fact.values["need"])))
    return lines[:4]


def measures(reader: Reader, found: HouseholdFile) -> list[Helped]:
    """The measures, the newest first."""
    return [_measure(reader, fact) for fact in found.measures]


def _measure(reader: Reader, fact: Fact) -> Helped:
    said = _said(reader, fact, ("category", "amount", "payer", "done_on"))
    done = str(fact.values.get("done_on") or "")
    day = date.fromisoformat(done) if done else fact.occurred_on
    return Helped(
        said["category"], bool(done), day, said["amount"], said["payer"],
        reverse("fact", args=[fact.uid]),
    )  # fmt: skip


def work(reader: Reader, found: HouseholdFile) -> list[Gain]:
    """How the household gains by projects, jobs, loans and classes, kind by kind, newest first."""
    wages = [fact for fact in found.work if fact.kind == WAGE]
    order = [*OF_HOUSEHOLDS, *OF_PERSONS]
    facts = sorted(found.work, key=lambda fact: order.index(fact.kind))
    old = {fact.uid for fact in wages[MOST_WAGES:]}
    names = names_in(reader.policy, facts)
    gains = []
    for fact in facts:
        kind = reader.handbook.kind(fact.kind)
        lines = [one for one in value_lines(kind, fact, names) if not one.mood]
        gains.append(
            Gain(
                kind=say(kind.title) if kind else fact.kind,
                who=names[fact.subject].name if fact.kind in OF_PERSONS and fact.subject in names
                else "",
                day=fact.occurred_on,
                said=pgettext("list", ", ").join(f"{one.label} {one.value}" for one in lines),
                url=reverse("fact", args=[fact.uid]),
                old=fact.uid in old,
            )
        )  # fmt: skip
    return gains


def income(reader: Reader, found: HouseholdFile) -> list[dict[str, object]]:
    """The accounts of income, each with its lines that are filled in."""
    return [
        {
            "url": reverse("fact", args=[fact.uid]),
            "day": fact.occurred_on,
            "lines": value_lines(
                reader.handbook.kind(fact.kind), fact, names_in(reader.policy, [fact])
            ),
        }
        for fact in found.incomes[:2]
    ]


def doubts(reader: Reader, found: HouseholdFile) -> list[Doubt]:
    """What the handbook's checks find implausible about the household and its members, and which
    post mends it; each leads to the page that says it in full.
    """
    handbook, home = reader.handbook, found.card.named
    screening = queries.doubts_about(reader.policy, [home.id], as_of=reader.today)
    standing = [one for one in screening.doubts if not one.exempt]
    names = queries.names(reader.policy, {one.subject for one in standing})
    lines = []
    for one in standing:
        who, role = names.get(one.subject), handbook.roles.get(one.role)
        if who is None:
            continue
        title = say(handbook.checks[one.check].title)
        text = title if who.id == home.id else f"{who.name}：{title}"
        mends = say(role.title) if role else _("nobody holds this post")
        lines.append(Doubt(text, mends, reverse("doubts-of", args=[home.uid])))
    return lines


def papers(reader: Reader, found: HouseholdFile) -> list[Paper]:
    """What there is to be printed: the card, the form of authorisation, notices of its cases."""
    uid = found.card.named.uid
    named = [
        Paper(_("Household card"), reverse("household-card", args=[uid])),
        Paper(_("Slip with the code, for a letter"), f"{reverse('household-slips')}?of={uid}"),
        Paper(_("Authorisation to sign"), reverse("household-authorisation", args=[uid])),
    ]
    for opened, case in found.cases:
        posted = case_notice.notices_of(reader, case)
        if posted:
            title = say(reader.handbook.procedures[case.procedure].title)
            said = _("Notice: %(what)s, %(day)s") % {
                "what": title, "day": words.day(posted[0].posted, year=True),
            }  # fmt: skip
            named.append(Paper(said, reverse("case-notice", args=[opened])))
    return named


def case_lines(reader: Reader, found: HouseholdFile) -> list[cases.Line]:
    """Its cases, as the queue shows them."""
    return cases.lines_of(reader, [case for _uid, case in found.cases], today=reader.today)


def acts(reader: Reader, one: Named, records: Mapping[str, object]) -> list[Paper]:
    """What the reader may note about the household, its roster first."""
    query = urlencode({"subject": one.uid})
    opens = [rule.opens for rule in reader.handbook.procedures.values()]
    visits = [duty.facts[0] for duty in reader.handbook.duties.values()
              if reader.handbook.roles[duty.role].subject == "household"]  # fmt: skip
    wanted = [*visits, HOUSEHOLD_PROFILE, INCOME_ACCOUNT, MEASURE, *OF_HOUSEHOLDS, *opens]
    return [
        Paper(say(kind.title), f"{reverse('record-kind', args=[name])}?{query}")
        for name in dict.fromkeys(wanted)
        if name in records and (kind := reader.handbook.kind(name)) and kind.subject == "household"
    ]


def profile_lines(reader: Reader, fact: Fact | None) -> list[Line]:
    """A profile field by field."""
    if fact is None:
        return []
    kind = reader.handbook.kind(fact.kind)
    return value_lines(kind, fact, names_in(reader.policy, [fact]))


def registered(reader: Reader, found: HouseholdFile) -> list[Line]:
    """What the founding fact says, identifiers masked."""
    fact = found.card.founding
    if fact is None:
        return []
    return value_lines(reader.handbook.kind(fact.kind), fact, names_in(reader.policy, [fact]))
