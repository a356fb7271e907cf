"""配备: which posts are not filled as they should be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from bangfu.core.results import Vacancy
from bangfu.core.rules import Handbook, term_on
from bangfu.records import queries
from bangfu.records.queries import Named
from bangfu.web.audience import OFFICE, audience
from bangfu.web.lead import Asked, asked_of
from bangfu.web.rules import sentences
from bangfu.web.views.township import frame
from bangfu.web.words import place, say

MOST = 100
SOON = timedelta(days=60)


@audience(*OFFICE)
@require_GET
def staffing(request: HttpRequest) -> HttpResponse:
    """Posts that are vacant, crowded, or held against their rule."""
    asked = asked_of(request)
    policy = asked.reader.policy
    found = queries.vacancies(policy, as_of=asked.days.as_of, known_at=asked.days.known_at)
    found = _in_town(asked, found)
    wanted = {item.subject for item in found} | {item.person for item in found if item.person}
    names = queries.names(policy, wanted)
    rules = [
        _staffing_block(asked, rule, [item for item in found if item.rule == rule], names)
        for rule in asked.reader.handbook.staffing
    ]
    context = {
        **frame(asked),
        "rules": rules,
        "plans": queries.may_plan(policy) and bool(asked.reader.handbook.pairings),
        "ending": _ending(asked),
    }
    return render(request, "pages/staffing.html", context)


def _in_town(asked: Asked, found: Sequence[Vacancy]) -> list[Vacancy]:
    """Those of the township that was chosen."""
    if asked.town is None:
        return list(found)
    _villages, towns = queries.places(asked.reader.policy, [item.subject for item in found])
    return [item for item in found if towns.get(item.subject) == asked.town.id]


def _ending(asked: Asked) -> list[dict[str, object]]:
    """Posts that are expected to end soon, or should have; only as of today."""
    if not asked.days.is_today:
        return []
    policy, today = asked.reader.policy, asked.reader.today
    found = queries.ending(policy, by=today + SOON)
    if asked.town is not None:
        _villages, towns = queries.places(policy, [one.subject for one in found])
        found = [one for one in found if towns.get(one.subject) == asked.town.id]
    names = queries.names(policy, {n for one in found for n in (one.subject, one.person)})
    roles = asked.reader.handbook.roles
    return [
        {
            "name": place(names[one.subject].name) if one.subject in names else "",
            "place": place(names[one.subject].place) if one.subject in names else "",
            "role": say(roles[one.role].title) if one.role in roles else one.role,
            "who": names[one.person].name if one.person in names else "",
            "until": one.until,
            "over": one.until < today,
            "url": reverse("fact", args=[one.fact]),
        }
        for one in found[:MOST]
    ]


def _words_of(asked: Asked, rule: str) -> dict[str, object]:
    """What a rule asks on the day, and the document that says so."""
    staffing = asked.reader.handbook.staffing[rule]
    term = term_on(staffing.terms, asked.days.as_of)
    if term is None:
        return {"sentences": [_("No term of it is in force.")], "source": None}
    return {"sentences": sentences(asked.reader.handbook, staffing, term), "source": term.source}


def _staffing_block(
    asked: Asked, rule: str, found: Sequence[Vacancy], names: Mapping[int, Named]
) -> dict[str, object]:
    trace = reverse("trace", args=[f"staffing:{rule}"]) + asked.days.query
    granted = _granted(asked, rule) if any(item.person for item in found) else {}
    lines = []
    for item in found[:MOST]:
        subject, person = names.get(item.subject), names.get(item.person or 0)
        lines.append({
            "name": place(subject.name) if subject else _("not visible to you"),
            "place": place(subject.place) if subject else "",
            "what": what_is_wrong(asked.reader.handbook, item),
            "who": person.name if person else "",
            "granted": granted.get(person.uid, "") if person else "",
            "since": item.since,
            "url": trace,
        })  # fmt: skip
    more = len(found) - len(lines)
    return {
        "title": say(asked.reader.handbook.staffing[rule].title),
        "url": reverse("rule", args=["staffing", rule]),
        "lines": lines,
        **_words_of(asked, rule),
        "more": ngettext("and %(n)d more", "and %(n)d more", more) % {"n": more} if more else "",
    }


def _granted(asked: Asked, rule: str) -> dict[str, str]:
    """The facts by which exceptions from a rule were granted, their pages by the person's uid."""
    staffing = asked.reader.handbook.staffing[rule]
    kinds = {term.exception for term in staffing.terms if term.exception}
    facts = [
        fact
        for kind in sorted(kinds)
        for fact in queries.facts_of(asked.reader.policy, kind, known_at=asked.days.known_at)
        if fact.values.get("post") == staffing.role and fact.occurred_on <= asked.days.as_of
    ]
    return {fact.subject: reverse("fact", args=[fact.uid]) for fact in reversed(facts)}


def what_is_wrong(handbook: Handbook, item: Vacancy) -> str:
    """One word for why a post is listed."""
    if item.kind == "part":
        terms = handbook.staffing[item.rule].terms
        titles = {part.id: part.title for term in terms for part in term.parts}
        return _("the group lacks: %(part)s") % {"part": say(titles[item.part])}
    return {
        "vacant": _("vacant"),
        "crowded": _("held by %(held)s at once") % {"held": item.held},
        "unfit": _("does not meet what the post requires"),
        "cap": _("carries %(held)s, more than allowed") % {"held": item.held},
    }.get(item.kind, item.kind)
