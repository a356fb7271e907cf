"""溯源: a number, what it is made of, down to the facts, their recorders and times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from bangfu.core.results import CASE_STATES, STATE_TITLES, Trace
from bangfu.core.text import Refused
from bangfu.engine.cases import FINISHED, LAPSED
from bangfu.engine.trace import OBLIGATIONS
from bangfu.records import queries
from bangfu.records.queries import Named
from bangfu.web import targets
from bangfu.web.audience import PAGES, audience
from bangfu.web.reader import MOST_DIGITS, Days, Reader, count_in, days_of, reader_of
from bangfu.web.rules import part_title
from bangfu.web.shown import fact_lines, names_in
from bangfu.web.words import place, say

A_PAGE = 50
# What the engine writes where a node has facts and no number of its own.
NOTHING = "—"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where in a number's tree a page stands: the positions from the root, and the first row."""

    here: str
    days: Days
    path: tuple[int, ...]
    start: int

    def address(self, path: Sequence[int], start: int = 0) -> str:
        """The address of another spot of the same tree."""
        parts = [f"at={'.'.join(str(place) for place in path)}"] if path else []
        if start:
            parts.append(f"from={start}")
        if self.days.query:
            parts.append(self.days.query.removeprefix("?"))
        return f"{self.here}?{'&'.join(parts)}" if parts else self.here

    def more(self, count: int) -> str:
        """The address of the next rows, if there are any."""
        end = self.start + A_PAGE
        return self.address(self.path, end) if end < count else ""


@audience(*PAGES)
@require_GET
def trace(request: HttpRequest, target: str) -> HttpResponse:
    """One node of a number's tree; `at` says which, as positions from the root: 0.3.1."""
    reader, days = reader_of(request), days_of(request)
    root = _root(reader, days, target)
    here = reverse("trace", args=[target])
    spot = Spot(here, days, _path(request.GET.get("at", "")), count_in(request, "from"))
    nodes = _descend(root, spot.path)
    node = nodes[-1]
    sequences = node.because if node.children else node.facts()
    some = sequences[spot.start : spot.start + A_PAGE]
    facts = queries.facts(reader.policy, some, known_at=days.known_at)
    then = days.query if days.known_at is not None else ""
    context = {
        "crumbs": _crumbs(reader, target, spot, nodes),
        "node": _node(reader, target, node, spot),
        "rule_url": "" if spot.path else _rule_url(target),
        "dated": not spot.path,
        "days": days,
        "kept": [],
        "today": reader.today,
        "facts": fact_lines(reader.handbook, facts, names_in(reader.policy, facts), query=then),
        "fact_count": len(sequences),
        "more_facts": spot.more(len(sequences)),
        "more_children": spot.more(len(node.children)),
        "note": _note(reader, target, node, spot),
    }
    return render(request, "pages/trace.html", context)


def _root(reader: Reader, days: Days, target: str) -> Trace:
    def number(uid: str) -> int | None:
        # Whoever answers for something here may be at home elsewhere; what is owed is in scope.
        named = queries.named(reader.policy, [uid]).get(uid)
        return named.id if named else None

    opening = targets.case_of(target)
    if opening:
        case = queries.case_of(reader.policy, opening, as_of=days.as_of, known_at=days.known_at)
        found = f"case:{case.case}" if case else None
    else:
        found = targets.number_of(target, number)
    if found is None:
        raise Http404
    try:
        return queries.trace(reader.policy, found, as_of=days.as_of, known_at=days.known_at)
    except (Refused, LookupError):
        raise Http404 from None


def _path(text: str) -> tuple[int, ...]:
    parts = text.split(".") if text else []
    if not all(part.isdecimal() and len(part) <= MOST_DIGITS for part in parts):
        raise Http404
    return tuple(int(part) for part in parts)


def _descend(root: Trace, path: Sequence[int]) -> list[Trace]:
    nodes = [root]
    for step in path:
        if step >= len(nodes[-1].children):
            raise Http404
        nodes.append(nodes[-1].children[step])
    return nodes


def _crumbs(
    reader: Reader, target: str, spot: Spot, nodes: Sequence[Trace]
) -> list[dict[str, str]]:
    first = []
    if target.startswith("figure:") and reader.pages & {"county", "audit"}:
        first.append({"title": _("Figures"), "url": reverse("figures") + spot.days.query})
    return first + [
        {"title": say(node.title), "url": spot.address(spot.path[:depth])}
        for depth, node in enumerate(nodes[:-1])
    ]


def _node(reader: Reader, target: str, node: Trace, spot: Spot) -> dict[str, object]:
    """The node with the page of its children that begins at the spot's row."""
    shown = list(enumerate(node.children))[spot.start : spot.start + A_PAGE]
    wanted = {number for number in (node.about, *(c.about for _at, c in shown)) if number}
    names = queries.names(reader.policy, wanted)
    count = len(node.facts())
    under = ngettext("%(n)s fact lies under it.", "%(n)s facts lie under it.", count)
    return {
        **_words(reader, target, node, names),
        "unit": _unit(reader, target) if not spot.path else "",
        "under": under % {"n": f"{count:,}"},
        "children": [
            {
                **_words(reader, target, child, names),
                "url": spot.address((*spot.path, at)) if child.children or child.because else "",
            }
            for at, child in shown
        ],
    }


def _unit(reader: Reader, target: str) -> str:
    """In what a figure is counted."""
    rule = reader.handbook.figures.get(target.removeprefix("figure:"))
    return say(rule.unit) if rule and target.startswith("figure:") else ""


def _words(reader: Reader, target: str, node: Trace, names: Mapping[int, Named]) -> dict[str, str]:
    """Title, value and whom a node speaks of, in one language."""
    title, value = say(node.title), node.value
    if target.startswith("figure:"):
        title = part_title(reader.handbook, target.removeprefix("figure:"), title)
    for state in (*STATE_TITLES.values(), *CASE_STATES.values(), LAPSED, FINISHED):
        value = value.replace(str(state), say(state))
    if value == NOTHING and (count := len(node.facts())):
        value = ngettext("%(n)s fact", "%(n)s facts", count) % {"n": f"{count:,}"}
    about = names.get(node.about or 0)
    return {"title": title, "value": value, "about": place(about.name) if about else ""}


def _note(reader: Reader, target: str, node: Trace, spot: Spot) -> dict[str, str]:
    """Of obligations: what the facts below are, and the way to the obligations themselves."""
    rule = reader.handbook.figures.get(target.removeprefix("figure:"))
    at = next((at for at, one in enumerate(node.children) if one.title == OBLIGATIONS), None)
    if rule is None or spot.path or at is None:
        return {}
    said = _(
        "Counted are obligations, %(n)s of them. Where nothing was done there is no fact of it: "
        "then the post stands below by which it is owed, once for all that it owes."
    )
    count = len(node.children[at].children)
    return {
        "said": said % {"n": f"{count:,}"},
        "link": _("The obligations one by one"),
        "url": spot.address((at,)),
    }


def _rule_url(target: str) -> str:
    shape, _colon, rest = target.partition(":")
    if shape == "case":
        return reverse("case", args=[rest])
    rule = rest.split(":")[0]
    shape = {"obligation": "duty"}.get(shape, shape)
    return reverse("rule", args=[shape, rule])
