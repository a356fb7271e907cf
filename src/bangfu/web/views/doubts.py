"""疑点: what is implausible among what the reader sees, by who can mend it, and about whom.

Lists say what is wrong without health or income; the page of one household says all of it, to whom
its facts open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from bangfu.core.checking import SEVERITIES
from bangfu.core.results import Doubt
from bangfu.engine.checks import message
from bangfu.records import queries
from bangfu.records.queries import Named
from bangfu.web import clock, words
from bangfu.web.audience import PAGES, audience
from bangfu.web.entry import Option
from bangfu.web.reader import Reader, count_in, reader_of
from bangfu.web.shown import fact_lines, names_in
from bangfu.web.views.record import recordable
from bangfu.web.words import say

A_PAGE = 60
NOBODY = "nobody"
_ORDER = {name: place for place, name in enumerate(SEVERITIES)}


@dataclass(frozen=True, slots=True)
class Line:
    """One doubt in a list."""

    subject: Named
    url: str
    title: str
    said: str
    severity: str
    mood: str
    rule_url: str
    exempt: str
    exempt_url: str
    until: str = ""


@audience(*PAGES)
@require_GET
def doubts(request: HttpRequest) -> HttpResponse:
    """Who can mend what: each with his number; one of them chosen, or a check, the doubts."""
    reader = reader_of(request)
    found = queries.screening(reader.policy, as_of=reader.today)
    asked = {name: request.GET.get(name, "") for name in ("who", "check", "state")}
    exempted = asked["state"] == "exempt"
    every = [one for one in found.doubts if bool(one.exempt) == exempted]
    names = queries.names(reader.policy, {who for one in every for who in one.holders[:1]})
    menders = menders_of(reader, every, names)
    chosen = [
        one
        for one in every
        if asked["check"] in ("", one.check) and asked["who"] in ("", mender(one, names))
    ]
    listed = bool(asked["who"] or asked["check"]) or len(menders) == 1
    start = count_in(request, "from")
    chosen.sort(key=lambda one: (_ORDER[one.severity], one.check, one.subject))
    shown = chosen[start : start + A_PAGE] if listed else []
    more = {**asked, "from": str(start + A_PAGE)}
    counts = Counter(one.check for one in every)
    context = {
        "menders": menders,
        "lines": lines_of(reader, shown),
        "listed": listed,
        "who": next((one for one in menders if asked["who"] in ("", one["key"])), None)
        if asked["who"] or len(menders) == 1
        else None,
        "count": len(chosen),
        "tallies": _tallies(found.doubts, exempted=exempted),
        "checks": [
            Option(rule.id, f"{say(rule.title)} ({counts[rule.id]})", rule.id == asked["check"])
            for rule in reader.handbook.checks.values()
            if counts[rule.id]
        ],
        "asked": asked,
        "any": bool(found.doubts),
        "failed": [say(reader.handbook.checks[name].title) for name in found.failed],
        "today": reader.today,
        "now": clock.now(),
        "more_url": f"?{urlencode(more)}" if listed and start + A_PAGE < len(chosen) else "",
    }
    return render(request, "pages/doubts.html", context)


@audience(*PAGES)
@require_GET
def course(request: HttpRequest) -> HttpResponse:
    """How many doubts there were in the course of the month, as each day knew them."""
    reader = reader_of(request)
    points = queries.course(reader.policy, as_of=reader.today)
    most = max([number for _day, number in points] or [0]) or 1
    bars = [
        {"day": day, "number": number, "share": round(100 * number / most)}
        for day, number in points
    ]
    page = "parts" if "HX-Request" in request.headers else "pages"
    return render(request, f"{page}/doubts_course.html", {"bars": bars, "today": reader.today})


@audience(*PAGES)
@require_GET
def about(request: HttpRequest, uid: str) -> HttpResponse:
    """What is doubtful about one household or person, in full, with rule and facts."""
    reader = reader_of(request)
    named = queries.subject(reader.policy, uid)
    if named is None or named.type not in ("household", "person"):
        raise Http404
    found = queries.doubts_about(reader.policy, [named.id], as_of=reader.today)
    # What shows only beside others the run over all of them has found.
    whole = queries.screening(reader.policy, as_of=reader.today).doubts
    here = {one.subject for one in found.doubts} | {named.id}
    seen = {(one.check, one.subject) for one in found.doubts}
    beside = [one for one in whole if one.subject in here and (one.check, one.subject) not in seen]
    every = [*found.doubts, *beside]
    lines = lines_of(reader, every, personal=True)
    facts = queries.facts(reader.policy, sorted({fact for one in every for fact in one.because}))
    context = {
        "subject": named,
        "place": words.place(named.place),
        "lines": lines,
        "facts": fact_lines(reader.handbook, facts, names_in(reader.policy, facts)),
        "income_url": reverse("income", args=[uid]) if named.type == "household" else "",
        "today": reader.today,
        "now": clock.now(),
    }
    return render(request, "pages/doubts_of.html", context)


def lines_of(reader: Reader, found: Sequence[Doubt], *, personal: bool = False) -> list[Line]:
    """Doubts as a list shows them; what is personal is said only where it may be."""
    names = queries.names(reader.policy, {one.subject for one in found})
    records = recordable(reader)
    lines = []
    for one in found:
        if one.subject not in names:
            continue
        rule, subject = reader.handbook.checks[one.check], names[one.subject]
        can = rule.exempted_by in records and not one.exempt
        query = urlencode({"subject": subject.uid, "v.check": rule.id})
        lines.append(
            Line(
                subject=subject,
                url=reverse("doubts-of", args=[subject.uid]),
                title=say(rule.title),
                said=say(message(reader.handbook, one, as_of=reader.today, personal=personal)),
                severity=say(SEVERITIES[one.severity]),
                mood="overdue" if one.severity == "error" else "",
                rule_url=reverse("rule", args=["check", rule.id]),
                exempt=say(reader.handbook.kinds[rule.exempted_by].title) if can else "",
                exempt_url=f"{reverse('record-kind', args=[rule.exempted_by])}?{query}"
                if can
                else "",
                until=words.full_day(one.until) if one.until else "",
            )
        )
    return lines


def mender(one: Doubt, names: Mapping[int, Named]) -> str:
    """By whom a doubt is listed: who answers first, or the post that nobody known holds."""
    who = names.get(one.holders[0]) if one.holders else None
    return who.uid if who else f"{NOBODY}-{one.role}"


def menders_of(
    reader: Reader, found: Sequence[Doubt], names: Mapping[int, Named]
) -> list[dict[str, object]]:
    """Everybody who can mend something, whoever has the most first."""
    counts = Counter((mender(one, names), one.role) for one in found)
    by_uid = {one.uid: one for one in names.values()}
    menders: list[dict[str, object]] = []
    for (key, role), number in counts.most_common():
        who = by_uid.get(key)
        title = say(reader.handbook.roles[role].title) if role in reader.handbook.roles else role
        menders.append({
            "key": key, "name": who.name if who else _("nobody holds this post"), "role": title,
            "place": words.place(who.place) if who else "", "number": number,
            "url": f"{reverse('doubts')}?{urlencode({'who': key})}",
        })  # fmt: skip
    return menders


def _tallies(found: Sequence[Doubt], *, exempted: bool) -> list[dict[str, object]]:
    open_ones = [one for one in found if not one.exempt]
    errors = sum(one.severity == "error" for one in open_ones)
    return [
        {"title": _("To mend"), "number": len(open_ones), "url": "?", "here": not exempted},
        {"title": _("of these errors"), "number": errors, "url": "", "late": True},
        {"title": _("Exempted"), "number": len(found) - len(open_ones), "url": "?state=exempt",
         "here": exempted},
    ]  # fmt: skip
