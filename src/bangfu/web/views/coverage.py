"""覆盖面: how many of a population were reached, by each breakdown, and who was not yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods

from bangfu.core.registry import SUBJECT_TITLES
from bangfu.core.results import Reach
from bangfu.core.rules import Coverage
from bangfu.handbook.breakdowns import breakdown_title, post_of, split_status
from bangfu.records import queries
from bangfu.records.disclosure import Table
from bangfu.records.queries import Named
from bangfu.web.audience import OFFICE, audience
from bangfu.web.lead import NOWHERE, Asked, asked_of
from bangfu.web.reader import count_in
from bangfu.web.study import after, announced
from bangfu.web.views.disclosure import Back, hand_out, place_held
from bangfu.web.views.township import frame
from bangfu.web.words import figure, place, say

A_PAGE = 100


class Chosen(NamedTuple):
    """The group whose missing are listed: a breakdown ("" the whole) and its group; `of` is the
    uid of one of the things that the coverage tells of, `number` that of the fact that stands.
    """

    split: str
    group: str
    of: str = ""
    number: int = 0


@audience(*OFFICE)
@require_GET
def coverage(request: HttpRequest) -> HttpResponse:
    """Every coverage by its status, or as a whole."""
    asked = asked_of(request)
    rules = []
    for rule in asked.reader.handbook.coverage.values():
        status = split_status(asked.reader.handbook, rule.by)
        rules.append({
            "title": say(rule.title),
            "url": reverse("reached", args=[rule.id]) + asked.days.query,
            **split_table(asked, rule.id, status.id if status else "", chosen=None),
        })  # fmt: skip
    return render(request, "pages/coverage.html", {**frame(asked), "rules": rules})


@audience(*OFFICE)
@require_GET
def reached(request: HttpRequest, rule_id: str) -> HttpResponse:
    """One coverage: the whole and each breakdown, and the names of those not yet reached."""
    asked, rule, chosen = _asked_for(request, rule_id)
    tables = [split_table(asked, rule_id, by, chosen=chosen) for by in ("", *rule.by)]
    context = {
        **frame(asked),
        "title": say(rule.title),
        "rule_url": reverse("rule", args=["coverage", rule_id]),
        "tables": tables,
        **_missing(request, asked, rule_id, chosen),
    }
    return render(request, "pages/reached.html", context)


@audience(*OFFICE)
@require_http_methods(["GET", "POST"])
def reached_export(request: HttpRequest, rule_id: str) -> HttpResponse:
    """The list of those not yet reached as a file, with what comes next for each."""
    asked, rule, chosen = _asked_for(request, rule_id)
    cell = group_cell(asked, rule_id, chosen)
    parts = [say(rule.title), _("not yet reached")]
    if chosen.of:
        told = queries.facts_named(asked.reader.policy, [chosen.of])
        parts.insert(1, told[chosen.of].name)
    if cell is not None and chosen.split:
        parts.append(group_title(asked, cell, chosen.split))
    parts.append(asked.days.as_of.isoformat())
    title = " ".join(parts)
    about = place_held(asked.reader)

    def table() -> Table:
        heads, rows = missing_table(asked, rule_id, chosen)
        return Table(title, about, heads, rows)

    page = reverse("notice", args=[chosen.of]) if chosen.of else reverse("reached", args=[rule_id])
    query = asking(asked, chosen._replace(of=""))
    back = Back(say(rule.title), f"{page}?{query}#missing" if query else page, title)
    return hand_out(request, table, about=about, back=back, filename=f"{rule_id}.csv")


def _asked_for(request: HttpRequest, rule_id: str) -> tuple[Asked, Coverage, Chosen]:
    """What was asked, of which coverage and which group of it; 404 where there is none."""
    asked = asked_of(request)
    rule = asked.reader.handbook.coverage.get(rule_id)
    if rule is None:
        raise Http404
    return asked, rule, chosen_of(request, asked, rule)


def chosen_of(request: HttpRequest, asked: Asked, rule: Coverage) -> Chosen:
    """The group that was asked for; what names nothing that the reader may see is not there."""
    split, group = request.GET.get("split", ""), request.GET.get("group", "")
    of = request.GET.get("of", "")
    number = _told_of(asked, rule, of) if of else 0
    if not split:
        return Chosen("", "", of, number)
    if split not in rule.by or not group:
        raise Http404
    if group == NOWHERE:
        return Chosen(split, "", of, number)
    if split in asked.reader.handbook.statuses:
        return Chosen(split, group, of, number)
    found = queries.named(asked.reader.policy, [group]).get(group)
    if found is None:
        raise Http404
    return Chosen(split, str(found.id), of, number)


def _told_of(asked: Asked, rule: Coverage, uid: str) -> int:
    """The number of the fact that stands for one of the things that a coverage tells of."""
    policy, kind = asked.reader.policy, asked.reader.handbook.kinds[rule.fact]
    field = kind.field(rule.each) if rule.each else None
    named = queries.facts_named(policy, [uid]).get(uid)
    if field is None or named is None or named.type != field.to:
        raise Http404
    return standing_number(asked, uid)


def standing_number(asked: Asked, uid: str) -> int:
    """The number of what stood, as known then, of a fact that the reader sees: itself or what
    corrected it.
    """
    found = queries.history(asked.reader.policy, uid, known_at=asked.days.known_at)
    if not found:
        raise Http404
    return found[-1].sequence


def _cells(asked: Asked, rule: str, split: str, *, of: int = 0) -> list[Reach]:
    days = asked.days
    return queries.reach(
        asked.reader.policy, rule, as_of=days.as_of, known_at=days.known_at, by=split, of=of
    )


def split_table(asked: Asked, rule: str, split: str, *, chosen: Chosen | None) -> dict[str, object]:
    """The lines of one breakdown, those with most missing first where they are subjects."""
    handbook = asked.reader.handbook
    found = _cells(asked, rule, split, of=chosen.number if chosen else 0)
    names: Mapping[int, Named] = {}
    if split and split not in handbook.statuses:
        names = queries.names(asked.reader.policy, [int(c.group) for c in found if c.group])
        found = sorted(found, key=lambda cell: -len(cell.missing))
    heading = say(breakdown_title(handbook, split)) if split else _("All")
    return {
        "heading": heading,
        "lines": [
            _line(asked, rule, cell, split=split, names=names, chosen=chosen) for cell in found
        ],
    }


def _line(
    asked: Asked,
    rule: str,
    cell: Reach,
    *,
    split: str,
    names: Mapping[int, Named],
    chosen: Chosen | None,
) -> dict[str, object]:
    title, key = _group(asked, cell, split, names)
    trace = reverse("trace", args=[f"coverage:{rule}"]) + asked.days.query
    query = urlencode({"split": split, "group": key}) if split else ""
    own = asked.days.query.removeprefix("?")
    of = chosen.of if chosen else ""
    address = reverse("notice", args=[of]) if of else reverse("reached", args=[rule])
    asking = "&".join(part for part in (query, own) if part)
    missing = len(cell.missing)
    return {
        "title": title,
        "population": cell.population,
        "reached": cell.reached,
        "share": _share(cell),
        "missing": missing,
        "missing_words": ngettext("%(n)s not yet", "%(n)s not yet", missing)
        % {"n": f"{missing:,}"},
        # The trace is that of the whole: the numbers of a group open the group.
        "trace": "" if of or split else trace,
        "url": f"{address}?{asking}#missing" if asking else f"{address}#missing",
        "here": chosen is not None and chosen[:2] == (split, cell.group),
        "opens": key is not None,
    }


def _group(
    asked: Asked, cell: Reach, split: str, names: Mapping[int, Named]
) -> tuple[str, str | None]:
    """What a group is called, and how an address names it; None where the reader may not know."""
    if not split:
        return _("All"), ""
    if not cell.group:
        return _("none noted"), NOWHERE
    status = asked.reader.handbook.statuses.get(split)
    if status is not None:
        option = status.options.get(cell.group)
        return say(option) if option else cell.group, cell.group
    named = names.get(int(cell.group))
    return (place(named.name), named.uid) if named else (_("not visible to you"), None)


def _share(cell: Reach) -> str:
    if not cell.population:
        return "—"
    return f"{figure(round(100 * cell.reached / cell.population, 1))}%"


def _missing(request: HttpRequest, asked: Asked, rule: str, chosen: Chosen) -> dict[str, object]:
    """A page of those in the chosen group whom nothing has reached yet, in the order of place."""
    cell = group_cell(asked, rule, chosen)
    if cell is None:
        return {"missing": [], "chosen_title": "", "missing_count": 0}
    known = known_missing(asked, cell)
    coverage = asked.reader.handbook.coverage[rule]
    coming, whom = announced(asked, coverage), _next_for(asked, rule)
    begin = count_in(request, "from")
    query = request.GET.copy()
    query["from"] = str(begin + A_PAGE)
    whose = belongings(asked, rule)
    counts = Counter(whom[number] for number in cell.missing if number in whom)
    return {
        "chosen_title": group_title(asked, cell, chosen.split),
        "chosen_split": chosen.split,
        "missing_count": len(cell.missing),
        "missing": [
            {
                "name": place(one.name),
                "place": whose.get(one.id) or place(one.place),
                "next": after(coming, whom.get(one.id)),
            }
            for one in known[begin : begin + A_PAGE]
        ],
        "who": _who(coverage),
        "announces": coverage.announced is not None,
        "coming": [{"told": one, "count": counts[one.number]} for one in coming],
        "unheard": len(cell.missing) - counts.total(),
        "unnamed": len(cell.missing) - len(known),
        "next": f"?{query.urlencode()}#missing" if begin + A_PAGE < len(known) else "",
        "export_url": f"{reverse('reached-export', args=[rule])}?{asking(asked, chosen)}",
    }


def group_cell(asked: Asked, rule: str, chosen: Chosen) -> Reach | None:
    """The chosen group as it was reached; None where it has nobody."""
    found = _cells(asked, rule, chosen.split, of=chosen.number)
    return next((cell for cell in found if cell.group == chosen.group), None)


def group_title(asked: Asked, cell: Reach, split: str) -> str:
    """What the chosen group is called."""
    subject = bool(split and cell.group) and split not in asked.reader.handbook.statuses
    numbers = [int(cell.group)] if subject else []
    return _group(asked, cell, split, queries.names(asked.reader.policy, numbers))[0]


def known_missing(asked: Asked, cell: Reach) -> list[Named]:
    """Those not reached whom the reader may know by name, in the order of place."""
    names = queries.names(asked.reader.policy, cell.missing)
    return sorted(names.values(), key=lambda one: (one.place, one.name, one.id))


def belongings(asked: Asked, rule: str) -> Mapping[int, str]:
    """The unit of each of those not reached, where the coverage is broken down by units."""
    found: dict[int, list[str]] = {}
    for by in asked.reader.handbook.coverage[rule].by:
        if not post_of(by):
            continue
        cells = [cell for cell in _cells(asked, rule, by) if cell.group]
        names = queries.names(asked.reader.policy, [int(cell.group) for cell in cells])
        for cell in cells:
            named = names.get(int(cell.group))
            for number in cell.missing if named else ():
                found.setdefault(number, []).append(place(named.name) if named else "")
    return {number: pgettext("list", ", ").join(units) for number, units in found.items()}


def missing_table(asked: Asked, rule: str, chosen: Chosen) -> tuple[list[str], list[list[str]]]:
    """Heads and rows of the list of those not yet reached, for a file."""
    cell = group_cell(asked, rule, chosen)
    coverage = asked.reader.handbook.coverage[rule]
    coming, whom = announced(asked, coverage), _next_for(asked, rule)
    whose = belongings(asked, rule)
    heads = [_who(coverage), _("Unit or place") if whose else _("Place")]
    if coverage.announced is not None:
        heads += [_("Next"), pgettext("the day of what comes next", "Day")]
    rows = []
    for one in known_missing(asked, cell) if cell else ():
        row = [place(one.name), whose.get(one.id) or place(one.place)]
        if coverage.announced is not None:
            told = after(coming, whom.get(one.id))
            row += [told.title, told.day.isoformat()] if told else ["", ""]
        rows.append(row)
    return heads, rows


def _who(coverage: Coverage) -> str:
    """The head over those who are to be reached: people have names, villages are villages."""
    person = coverage.population == "person"
    return _("Name") if person else say(SUBJECT_TITLES[coverage.population])


def asking(asked: Asked, chosen: Chosen) -> str:
    """The chosen group as a query, with the page's days."""
    group = chosen.group or NOWHERE
    if chosen.split and chosen.group and chosen.split not in asked.reader.handbook.statuses:
        names = queries.names(asked.reader.policy, [int(chosen.group)])
        group = next((one.uid for one in names.values()), NOWHERE)
    own = {"split": chosen.split, "group": group} if chosen.split else {}
    if chosen.of:
        own["of"] = chosen.of
    parts = (urlencode(own), asked.days.query.removeprefix("?"))
    return "&".join(part for part in parts if part)


def _next_for(asked: Asked, rule: str) -> Mapping[int, int]:
    days = asked.days
    return queries.next_for(asked.reader.policy, rule, as_of=days.as_of, known_at=days.known_at)
