"""登记: find, open and enter what the registry holds; one page for each subject."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from bangfu.core.registry import ERASABLE, FOUNDING, PLACE_LEVELS, SUBJECT_TITLES
from bangfu.records import queries
from bangfu.records.own_data import may_hand_over
from bangfu.records.queries import Card, Dated, Named, Tie
from bangfu.web.audience import audience
from bangfu.web.desk_form import about_line, days_words
from bangfu.web.reader import Reader, count_in, reader_of
from bangfu.web.shown import fact_lines, names_in, value_lines
from bangfu.web.views.desk_households import acts as household_acts
from bangfu.web.views.record import recordable
from bangfu.web.words import place, say

A_PAGE = 60
TYPES = ("household", "person", "village", "township", "unit", "branch", "project", "group")
MOST_TIES = 80


@audience("desk")
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """The first page of the desk: search, enter something new, what is waiting."""
    reader = reader_of(request)
    policy = reader.policy
    counts = queries.counts(policy)
    stand_ins = queries.stand_ins(policy)
    over = [one for one in stand_ins if one.until and one.until < reader.today]
    context = {
        "types": _types(""),
        "new": _new_links(reader, ""),
        "ended": counts["ended"],
        "without": counts["none"],
        "stand_ins": len(stand_ins),
        "over": len(over),
        "places": _my_places(reader),
        "recordable": "record" if reader.pages & {"township", "county"} else "",
    }
    return render(request, "pages/desk.html", context)


@audience("desk")
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """What the registry holds of one type, in one place, by name."""
    reader = reader_of(request)
    text, kind, around = (request.GET.get(name, "") for name in ("q", "type", "in"))
    start = count_in(request, "from")
    inside = queries.named(reader.policy, [around]).get(around) if around else None
    if around and inside is None:
        raise Http404
    found, total = queries.browse(
        reader.policy, text=text, kind=kind, place=around, start=start, count=A_PAGE
    )
    if total == 1 and text:
        return redirect("desk-subject", found[0].uid)
    end = start + len(found)
    query = {"q": text, "type": kind, "in": around, "from": str(end)}
    context = {
        "text": text,
        "around": inside,
        "types": _types(kind),
        "found": [{"one": one, "about": about_line(one)} for one in found],
        "total": total,
        "more": f"?{urlencode(query)}" if end < total else "",
        "shown": _("%(end)s of %(all)s") % {"end": f"{end:,}", "all": f"{total:,}"},
        "new": _new_links(reader, around),
    }
    return render(request, "pages/desk_find.html", context)


@audience("desk")
@require_GET
def subject(request: HttpRequest, uid: str) -> HttpResponse:
    """The page of one household, person, unit, branch, place or project."""
    reader = reader_of(request)
    card = queries.card(reader.policy, uid)
    if card is None:
        raise Http404
    everything = [*card.changes, *card.facts, *([card.founding] if card.founding else [])]
    names = names_in(reader.policy, everything)
    kind = reader.handbook.kinds.get(card.founding.kind) if card.founding else None
    references = _references(reader, card)
    context = {
        "one": card.named,
        "about": about_line(card.named),
        "since": card.since,
        "founding": card.founding,
        "values": value_lines(kind, card.founding, {**names, **references})
        if card.founding else [],
        "statuses": _statuses(reader, card),
        "aliases": card.aliases,
        "particulars": _particulars(reader, card),
        "ties": _tie_groups(reader, card),
        "inside": [_inside_line(card.named, name, count) for name, count in card.inside],
        "acts": _acts(reader, card),
        "changes": fact_lines(reader.handbook, card.changes, names),
        "facts": fact_lines(reader.handbook, card.facts, names),
        "more_facts": card.more_facts,
        "today": reader.today,
    }  # fmt: skip
    return render(request, "pages/desk_subject.html", context)


def _particulars(reader: Reader, card: Card) -> list[dict[str, object]]:
    """What holds now by the newest fact of each kind that is kept so, and how to enter it anew."""
    records = recordable(reader)
    found = {fact.kind: fact for fact in queries.holding_now(reader.policy, card.named.uid)}
    lines: list[dict[str, object]] = []
    for kind in reader.handbook.kinds.values():
        if not kind.latest or kind.subject != card.named.type:
            continue
        fact = found.get(kind.id)
        if fact is None and kind.id not in records:
            continue
        url = f"{reverse('record-kind', args=[kind.id])}?{urlencode({'subject': card.named.uid})}"
        names = names_in(reader.policy, [fact]) if fact else {}
        lines.append({
            "title": say(kind.title),
            "values": value_lines(kind, fact, names) if fact else [],
            "since": fact.occurred_on if fact else None,
            "fact_url": reverse("fact", args=[fact.uid]) if fact else "",
            "url": url if kind.id in records else "",
        })  # fmt: skip
    return lines


def _types(chosen: str) -> list[dict[str, object]]:
    return [
        {"value": name, "title": say(SUBJECT_TITLES[name]), "here": name == chosen}  # type: ignore[index]
        for name in TYPES
    ]


def _new_links(reader: Reader, around: str) -> list[dict[str, str]]:
    """What may be entered anew, in the place that one looks at."""
    roles = {post.role for post in reader.policy.roles}
    query = f"?{urlencode({'in': around})}" if around else ""
    return [
        {"title": say(kind.title), "url": reverse("desk-new", args=[kind.id]) + query}
        for kind in reader.handbook.kinds.values()
        if kind.id in FOUNDING and roles & {rule.role for rule in kind.recorders}
    ]


def _my_places(reader: Reader) -> list[Named]:
    """The townships to begin from: those of one's posts, or all of the county's."""
    own = [one for one in queries.my_subjects(reader.policy) if one.type == "township"]
    if own or not reader.policy.scope.county:
        return own
    found, _total = queries.browse(reader.policy, text="", kind="township")
    return found


def _references(reader: Reader, card: Card) -> dict[str, Named]:
    """The names of what the founding fact refers to."""
    if card.founding is None:
        return {}
    uids = [str(value) for value in card.founding.values.values() if isinstance(value, str)]
    return dict(queries.named(reader.policy, [uid for uid in uids if len(uid) == 36]))  # noqa: PLR2004 -- a uid


def _statuses(reader: Reader, card: Card) -> list[dict[str, object]]:
    """Each status of the type: what it is today and since when, and how to change it."""
    found: list[dict[str, object]] = []
    for status in reader.handbook.statuses.values():
        if status.subject != card.named.type or card.founding is None:
            continue
        now = next((one for one in card.statuses if _is_now(one, status.id, reader)), None)
        value = now.value if now else ""
        title = say(status.options[value]) if value in status.options else value
        if status.type == "flag":
            title = _("yes") if value == "yes" else ""
        url = reverse("desk-about", args=[card.named.uid, "registry.status"])
        found.append({
            "title": say(status.title),
            "owner": say(status.owner),
            "value": title,
            "since": now.start if now and value else None,
            "url": f"{url}?{urlencode({'status': status.id})}",
        })  # fmt: skip
    return found


def _is_now(one: Dated, status: str, reader: Reader) -> bool:
    today = reader.today
    return one.name == status and one.start <= today and (one.end is None or today < one.end)


def _tie_groups(reader: Reader, card: Card) -> list[dict[str, object]]:
    groups = (
        (_("Posts"), card.posts, "post", False),
        (_("Who holds posts here"), card.holders, "post", True),
        (_("Members"), card.members, "membership", True),
        (_("Household"), card.homes, "membership", False),
    )
    return [
        {
            "title": title,
            "lines": [_tie(reader, tie, what, person=person) for tie in ties[:MOST_TIES]],
            "more": len(ties[MOST_TIES:]),
        }
        for title, ties, what, person in groups
        if ties
    ]


def _tie(reader: Reader, tie: Tie, what: str, *, person: bool) -> dict[str, object]:
    role = reader.handbook.roles.get(tie.what)
    other = tie.person if person else tie.subject
    kind = "registry.assignment_end" if what == "post" else "registry.membership_end"
    url = reverse("desk-about", args=[tie.subject.uid, kind])
    return {
        "name": place(other.name),
        "url": reverse("desk-subject", args=[other.uid]),
        "what": say(role.title) if role else tie.what,
        "days": days_words(tie.start, tie.end),
        "now": tie.holds(reader.today),
        "basis": tie.basis,
        "end_url": f"{url}?{urlencode({'line': tie.uid})}" if tie.end is None else "",
        "fact_url": reverse("fact", args=[tie.fact]),
    }


def _inside_line(one: Named, name: str, count: int) -> dict[str, str]:
    url = f"{reverse('desk-find')}?{urlencode({'in': one.uid, 'type': name})}"
    return {"title": say(SUBJECT_TITLES[name]), "count": f"{count:,}", "url": url}  # type: ignore[index]


def _acts(reader: Reader, card: Card) -> list[dict[str, str]]:
    """What may be entered about this subject."""
    one = card.named
    found = []
    if one.type == "household" and card.founding:
        url = reverse("household", args=[one.uid])
        found.append({"title": _("The file of a household"), "url": url})
        if any(
            kind.id == "registry.membership"
            for kind in queries.desk_kinds(reader.policy, "household")
        ):
            found += [
                {"title": act.title, "url": reverse("desk-change", args=[one.uid, act.id])}
                for act in household_acts()
            ]
    for kind in queries.desk_kinds(reader.policy, one.type):  # type: ignore[arg-type]
        if kind.id == "registry.status":
            continue
        url = reverse("desk-about", args=[one.uid, kind.id])
        found.append({"title": say(kind.title), "url": url})
    if one.type == "person":
        url = f"{reverse('desk-handover')}?{urlencode({'person': one.uid})}"
        found.append({"title": _("Hand over posts"), "url": url})
    if one.type in ERASABLE and card.founding and may_hand_over(reader.policy):
        url = reverse("own-data", args=[one.uid])
        found.append({"title": _("Show a party what is held about it"), "url": url})
    if queries.may_erase(reader.policy, one) and card.founding and not card.founding.erased:
        url = reverse("desk-erase", args=[one.uid])
        found.append({"title": _("Erase personal values"), "url": url})
    if one.type in PLACE_LEVELS:
        found += [
            {"title": link["title"], "url": link["url"]}
            for link in _new_links(reader, one.uid)
            if not link["url"].startswith(reverse("desk-new", args=["registry.unit"]))
        ]
    return found
