"""责任图: who answers for what, on a phone and as a wall sheet; found by name, initials or unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from bangfu.core.periods import Cadence, period_of
from bangfu.core.registry import SUBJECT_TITLES
from bangfu.core.results import Obligation, State
from bangfu.records import queries
from bangfu.records.queries import Answering, Named
from bangfu.web import cases, clock, words
from bangfu.web.audience import PAGES, audience
from bangfu.web.duties import decimals_of
from bangfu.web.lead import rule_title
from bangfu.web.reader import Reader, reader_of
from bangfu.web.words import place, say

# Posts of a unit or a branch say nothing about who answers for a place, nor do those that control.
WEEK = 7
MET = (State.DONE, State.LATE, State.EXCUSED)
ASIDE = ("none", "audit", "system", "security")


@audience(*PAGES)
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """One place of the board, one person's posts, or what was looked for."""
    reader = reader_of(request)
    asked = request.GET.get("q", "").strip()
    if asked:
        found = queries.look_for(reader.policy, asked)
        lines = [
            {
                "name": place(one.named.name),
                "url": _url(one.named),
                "what": one.unit or say(SUBJECT_TITLES[one.named.type]),  # type: ignore[index]
                "where": place(one.named.place),
            }
            for one in found
        ]
        return render(request, "pages/board_found.html", {"lines": lines, "asked": asked})
    person = request.GET.get("person", "")
    if person:
        return _person(request, reader, person)
    uid = request.GET.get("place", "") or queries.start_of(reader.policy)
    here = queries.board(reader.policy, uid) if uid else None
    if here is None and not request.GET.get("place"):
        return redirect(f"{reverse('board')}?{urlencode({'person': reader.policy.person_uid})}")
    if here is None:
        raise Http404
    context = {
        "here": _line(reader, here.here),
        "level": say(SUBJECT_TITLES[here.here.named.type]),  # type: ignore[index]
        "above": [{"name": place(one.name), "url": _url(one)} for one in here.above],
        "below": [_line(reader, one) for one in here.below],
        "homes": [_line(reader, one) for one in here.homes],
        "wall_url": reverse("board-wall", args=[here.here.named.uid])
        if here.here.named.type in ("township", "village") else "",
    }  # fmt: skip
    return render(request, "pages/board.html", context)


@audience(*PAGES)
@require_GET
def wall(request: HttpRequest, uid: str) -> HttpResponse:
    """作战图: a township's or a village's whole board as one sheet for the wall (A3)."""
    reader = reader_of(request)
    here = queries.board(reader.policy, uid)
    if here is None or here.here.named.type not in ("township", "village"):
        raise Http404
    villages = [here]
    if here.here.named.type == "township":
        boards = [queries.board(reader.policy, one.named.uid) for one in here.below]
        villages = [one for one in boards if one is not None]
    context = {
        "here": _line(reader, here.here),
        "villages": [
            {**_line(reader, one.here), "homes": [_line(reader, home) for home in one.homes]}
            for one in villages
        ],
        "today": reader.today,
        "now": clock.now(),
    }
    return render(request, "pages/board_wall.html", context)


def _person(request: HttpRequest, reader: Reader, uid: str) -> HttpResponse:
    """Whom somebody answers for; on one's own page also who answers above."""
    found = queries.posts_of_person(reader.policy, uid)
    if found is None:
        raise Http404
    person, posts = found
    grouped: dict[str, list[Named]] = {}
    for post in posts:
        grouped.setdefault(post.role, []).append(post.subject)
    roles = reader.handbook.roles
    own = person.uid == reader.policy.person_uid
    context = {
        "person": person,
        "own": own,
        "groups": [
            {
                "title": say(roles[role].title) if role in roles else role,
                "lines": [
                    {"name": place(one.name), "where": place(one.place), "url": _url(one)}
                    for one in subjects
                ],
            }
            for role, subjects in grouped.items()
        ],
        "due": [
            {"title": _("Owed this week"), "lines": _due(reader, person, "week")},
            {"title": _("Owed this month"), "lines": _due(reader, person, "month")},
        ],
        **_work(reader, person),
        "today": reader.today,
        "year": reader.today.year,
        "above": [
            {"name": place(one.name), "url": _url(one), "posts": _posts(reader, holders)}
            for one, holders in queries.above_of(reader.policy)
        ] if own else [],
    }  # fmt: skip
    return render(request, "pages/board_person.html", context)


def _work(reader: Reader, person: Named) -> dict[str, object]:
    """Which steps of cases wait for somebody; what he has done and achieved this year."""
    kinds, figures = reader.handbook.kinds, reader.handbook.figures
    return {
        "steps": [
            {"title": line.waits_for, "about": place(line.subject.name), "url": line.url,
             "procedure": line.procedure, "due": line.case.due, "late": line.case.late}
            for line in cases.steps_of(reader, person.id)
        ],
        "done": [
            {"title": say(kinds[kind].title), "count": count}
            for kind, count in queries.done_in_year(reader.policy, person.id).items()
            if kind in kinds
        ],
        "achieved": [
            {"title": say(figures[one.figure].title), "value": words.figure(one.value),
             "unit": say(figures[one.figure].unit)}
            for one in queries.achieved(reader.policy, person.id, as_of=reader.today)
        ],
    }  # fmt: skip


def _due(reader: Reader, person: Named, every: Cadence) -> list[dict[str, object]]:
    """What somebody owes in the running period, by rule: how much of it is met."""
    period = period_of(reader.today, every)
    owed = queries.owed(
        reader.policy, as_of=reader.today, within=period, persons=[person.id]
    ).rows()
    found: dict[str, list[Obligation]] = {}
    for one in owed:
        # A duty of each week is told with the week, one of the month or longer with the month.
        weekly = (one.period.end - one.period.start).days <= WEEK
        if one.person == person.id and weekly == (every == "week"):
            found.setdefault(one.rule, []).append(one)
    return [
        {
            "title": rule_title(reader, rule),
            "met": sum(one.state in MET for one in lines),
            "count": len(lines),
            "late": sum(one.state in (State.OVERDUE, State.OVER) for one in lines),
            "only": _counted(reader, lines[0]) if len(lines) == 1 else "",
        }
        for rule, lines in found.items()
        if rule in reader.handbook.duties or rule in reader.handbook.deadlines
    ]  # fmt: skip


def _counted(reader: Reader, one: Obligation) -> str:
    """How much of a single obligation is met."""
    duty = reader.handbook.duties.get(one.rule)
    decimals = decimals_of(duty, one.period.start, reader.handbook) if duty else 0
    return f"{words.amount(one.got, decimals)} / {words.amount(one.need, decimals)}"


def _line(reader: Reader, one: Answering) -> dict[str, object]:
    return {
        "name": place(one.named.name),
        "url": _url(one.named),
        "posts": _posts(reader, one.holders),
        "inside": one.inside,
    }


def _posts(reader: Reader, holders: Mapping[str, Sequence[Named]]) -> list[dict[str, object]]:
    """Each post with who holds it, in the handbook's order."""
    return [
        {
            "title": say(role.title),
            "people": [{"name": one.name, "url": _url(one)} for one in holders[role.id]],
            "names": pgettext("list", ", ").join(one.name for one in holders[role.id]),
        }
        for role in reader.handbook.roles.values()
        if role.id in holders and role.page not in ASIDE
    ]


def _url(one: Named) -> str:
    """Where a name on the board leads; a household or a unit has no board of its own."""
    name = {"person": "person", "household": "", "unit": "", "branch": "", "project": ""}.get(
        one.type, "place"
    )
    return f"{reverse('board')}?{urlencode({name: one.uid})}" if name else ""
