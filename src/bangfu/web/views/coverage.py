"""覆盖面: how many of a population were reached, by each breakdown, and who was not yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from bangfu.core.results import Reach
from bangfu.handbook.breakdowns import breakdown_title, split_status
from bangfu.records import queries
from bangfu.records.queries import Named
from bangfu.web.audience import OFFICE, audience
from bangfu.web.lead import NOWHERE, Asked, asked_of
from bangfu.web.views.township import frame
from bangfu.web.words import figure, place, say

A_PAGE = 100


class _Chosen(NamedTuple):
    """The group whose missing are listed: a breakdown ("" the whole) and its group."""

    split: str
    group: str


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
            **_table(asked, rule.id, status.id if status else "", chosen=None),
        })  # fmt: skip
    return render(request, "pages/coverage.html", {**frame(asked), "rules": rules})


@audience(*OFFICE)
@require_GET
def reached(request: HttpRequest, rule_id: str) -> HttpResponse:
    """One coverage: the whole and each breakdown, and the names of those not yet reached."""
    asked = asked_of(request)
    rule = asked.reader.handbook.coverage.get(rule_id)
    if rule is None:
        raise Http404
    chosen = _chosen(request, asked, rule.by)
    tables = [_table(asked, rule_id, by, chosen=chosen) for by in ("", *rule.by)]
    context = {
        **frame(asked),
        "title": say(rule.title),
        "rule_url": reverse("rule", args=["coverage", rule_id]),
        "tables": tables,
        **_missing(request, asked, rule_id, chosen),
    }
    return render(request, "pages/reached.html", context)


def _chosen(request: HttpRequest, asked: Asked, splits: Sequence[str]) -> _Chosen:
    """The group that was asked for; what names nothing that the reader may see is not there."""
    split, group = request.GET.get("split", ""), request.GET.get("group", "")
    if not split:
        return _Chosen("", "")
    if split not in splits or not group:
        raise Http404
    if group == NOWHERE:
        return _Chosen(split, "")
    if split in asked.reader.handbook.statuses:
        return _Chosen(split, group)
    found = queries.named(asked.reader.policy, [group]).get(group)
    if found is None:
        raise Http404
    return _Chosen(split, str(found.id))


def _cells(asked: Asked, rule: str, split: str) -> list[Reach]:
    days = asked.days
    return queries.reach(
        asked.reader.policy, rule, as_of=days.as_of, known_at=days.known_at, by=split
    )


def _table(asked: Asked, rule: str, split: str, *, chosen: _Chosen | None) -> dict[str, object]:
    """The lines of one breakdown, those with most missing first where they are subjects."""
    handbook = asked.reader.handbook
    found = _cells(asked, rule, split)
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
    chosen: _Chosen | None,
) -> dict[str, object]:
    title, key = _group(asked, cell, split, names)
    trace = reverse("trace", args=[f"coverage:{rule}"]) + asked.days.query
    query = urlencode({"split": split, "group": key}) if split else ""
    own = asked.days.query.removeprefix("?")
    address = reverse("reached", args=[rule])
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
        "trace": trace,
        "url": f"{address}?{asking}#missing" if asking else f"{address}#missing",
        "here": chosen == (split, cell.group),
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


def _missing(request: HttpRequest, asked: Asked, rule: str, chosen: _Chosen) -> dict[str, object]:
    """A page of those in the chosen group whom nothing has reached yet, in the order of place."""
    cell = next((c for c in _cells(asked, rule, chosen.split) if c.group == chosen.group), None)
    if cell is None:
        return {"missing": [], "chosen_title": "", "missing_count": 0}
    numbers = [int(chosen.group)] if _is_subject(asked, chosen) else []
    policy = asked.reader.policy
    title, _key = _group(asked, cell, chosen.split, queries.names(policy, numbers))
    names = queries.names(policy, cell.missing)
    known = sorted(names.values(), key=lambda one: (one.place, one.name, one.id))
    page = _page(request.GET.get("page", ""), len(known))
    query = request.GET.copy()
    query["page"] = str(page + 1)
    return {
        "chosen_title": title,
        "missing_count": len(cell.missing),
        "missing": [
            {"name": place(one.name), "place": place(one.place)}
            for one in known[(page - 1) * A_PAGE : page * A_PAGE]
        ],
        "unnamed": len(cell.missing) - len(known),
        "next": f"?{query.urlencode()}#missing" if page * A_PAGE < len(known) else "",
    }


def _is_subject(asked: Asked, chosen: _Chosen) -> bool:
    return bool(chosen.group) and chosen.split not in asked.reader.handbook.statuses


def _page(text: str, count: int) -> int:
    """A page that exists; the first for anything else."""
    last = max(1, -(-count // A_PAGE))
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text[:6]) <= last else 1
