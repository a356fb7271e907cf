"""支部: what each branch has to do this month, what is late, and what it has put down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from bangfu.core.facts import Fact
from bangfu.core.periods import Period, period_of
from bangfu.core.results import Obligation, State
from bangfu.core.rules import Deadline, Duty, FactKind, Handbook
from bangfu.records import queries
from bangfu.records.queries import Named
from bangfu.web.audience import OFFICE, PAGES, audience
from bangfu.web.duties import (
    MET_STATES,
    Row,
    asked_for_today,
    can_be_done,
    grouped,
    rows_of,
)
from bangfu.web.lead import Asked, asked_of
from bangfu.web.reader import Reader, count_in
from bangfu.web.shown import fact_lines, message_words, names_in
from bangfu.web.views.record import recordable
from bangfu.web.views.township import frame
from bangfu.web.words import place, say

A_PAGE = 60
MOST = 5000


@dataclass(frozen=True, slots=True)
class BranchLine:
    """One branch in the list: what is still to do, can be made up, and was missed."""

    url: str
    name: str
    place: str
    due: int
    late: int
    overdue: int


def branch_rules(handbook: Handbook) -> frozenset[str]:
    """The duties and deadlines that a post of a branch answers for."""
    rules: list[Duty | Deadline] = [*handbook.duties.values(), *handbook.deadlines.values()]
    return frozenset(
        rule.id
        for rule in rules
        if rule.role in handbook.roles and handbook.roles[rule.role].subject == "branch"
    )


def own_branches(reader: Reader) -> list[Named]:
    """The branches that the reader answers for himself."""
    handbook = reader.handbook
    answering = {duty.role for duty in handbook.duties.values() if duty.id in
                 branch_rules(handbook)}  # fmt: skip
    found = [one for role in sorted(answering) for one in queries.my_subjects(reader.policy, role)]
    return list({one.uid: one for one in found if one.type == "branch"}.values())


@audience(*PAGES)
@require_GET
def branches(request: HttpRequest) -> HttpResponse:
    """The branches that the reader sees, those with most missed first; one alone opens itself."""
    asked = asked_of(request)
    found, _count = queries.browse(
        asked.reader.policy, text="", kind="branch", count=MOST,
        place=asked.town.uid if asked.town else "",
    )  # fmt: skip
    if len(found) == 1 and not _office(asked.reader):
        return redirect("branch", found[0].uid)
    lines = _lines(asked, found, _owed(asked))
    start = count_in(request, "from")
    end = min(start + A_PAGE, len(lines))
    query = asked.query()
    context = {
        **frame(asked),
        "office": _office(asked.reader),
        "lines": lines[start:end],
        "summary": _counts_words(lines),
        "more": f"?{query}&from={end}" if end < len(lines) else "",
        "shown": _("%(end)s of %(all)s") % {"end": end, "all": len(lines)},
    }
    return render(request, "pages/branches.html", context)


@audience(*PAGES)
@require_GET
def branch(request: HttpRequest, uid: str) -> HttpResponse:
    """What one branch has to do this month, the text for its chat group, and what it put down."""
    asked = asked_of(request)
    reader, days = asked.reader, asked.days
    found = queries.subject(reader.policy, uid)
    if found is None or found.type != "branch":
        raise Http404
    records = recordable(reader) if days.is_today and days.known_on is None else {}
    rows = _rows(asked, found, records)
    span = asked_for_today(days.as_of)
    facts = queries.facts_about(reader.policy, uid, span, known_at=days.known_at)
    names = names_in(reader.policy, facts)
    context = {
        **frame(asked),
        "branch": found,
        "office": _office(reader),
        "where": place(found.place),
        "groups": grouped(rows, today=days.as_of, handbook=reader.handbook),
        "missed": [row for row in rows if row.state in (State.OVERDUE, State.OVER)
                   and not can_be_done(row, reader.handbook)],
        "done": [row for row in rows if row.state in MET_STATES],
        "messages_told": _messages(reader.handbook, facts, names, days.as_of),
        "announce": _announcing(records, found),
        "facts": fact_lines(reader.handbook, facts, names),
        "list_url": f"{reverse('branches')}{days.query}",
    }  # fmt: skip
    return render(request, "pages/branch.html", context)


def _office(reader: Reader) -> bool:
    return bool(reader.pages & set(OFFICE))


def _owed(asked: Asked) -> list[Obligation]:
    """What branches owe in these weeks."""
    return queries.owed(
        asked.reader.policy,
        as_of=asked.days.as_of,
        within=asked_for_today(asked.days.as_of),
        known_at=asked.days.known_at,
        rules=branch_rules(asked.reader.handbook),
    ).rows()


def _rows(asked: Asked, found: Named, records: Mapping[str, FactKind]) -> list[Row]:
    owed = [item for item in _owed(asked) if item.subject == found.id]
    names = queries.names(asked.reader.policy, {item.person for item in owed} | {found.id})
    return rows_of(
        owed, names=names, handbook=asked.reader.handbook, today=asked.days.as_of,
        days=asked.days.query, records=records,
    )  # fmt: skip


def _lines(asked: Asked, found: Sequence[Named], owed: Sequence[Obligation]) -> list[BranchLine]:
    """A line for each branch, most missed first."""
    today = asked.days.as_of
    month = period_of(today, "month")
    counts: dict[int, list[int]] = {one.id: [0, 0, 0] for one in found}
    for item in owed:
        count = counts.get(item.subject)
        column = _column(item, today, month)
        if count is not None and column is not None:
            count[column] += 1
    lines = []
    for one in found:
        due, late, overdue = counts[one.id]
        url = reverse("branch", args=[one.uid]) + asked.days.query
        lines.append(BranchLine(url, one.name, place(one.place), due, late, overdue))
    return sorted(lines, key=lambda line: (-line.overdue, -line.late, line.place, line.name))


def _column(item: Obligation, today: date, month: Period) -> int | None:
    """Where an obligation counts: due this month, late but still to be made up, missed."""
    if item.state is State.OVERDUE:
        return 2
    if item.state is not State.DUE:
        return None
    return 1 if item.due < today else 0 if month.holds(item.due) else None


def _counts_words(lines: Sequence[BranchLine]) -> str:
    behind = sum(bool(line.overdue or line.late) for line in lines)
    if not behind:
        return _("No branch is late.")
    said = ngettext(
        "%(n)d of %(all)d branches is late with something.",
        "%(n)d of %(all)d branches are late with something.",
        behind,
    )
    return said % {"n": behind, "all": len(lines)}


def _messages(
    handbook: Handbook, facts: Sequence[Fact], names: Mapping[str, Named], today: date
) -> list[dict[str, str]]:
    """The texts for the chat group, of what lies ahead; the newest of each kind."""
    found: dict[str, dict[str, str]] = {}
    for fact in facts:
        kind = handbook.kinds.get(fact.kind)
        text = message_words(kind, fact, names)
        if kind and text and kind.id not in found and _ahead(kind, fact, today):
            url = reverse("fact", args=[fact.uid])
            found[kind.id] = {"title": say(kind.title), "text": text, "id": fact.uid, "url": url}
    return list(found.values())


def _ahead(kind: FactKind, fact: Fact, today: date) -> bool:
    """Whether the days that a fact names have not all passed."""
    named = [str(fact.values[item.id]) for item in kind.fields
             if item.type == "date" and fact.values.get(item.id)]  # fmt: skip
    return not named or max(named) >= today.isoformat()


def _announcing(records: Mapping[str, FactKind], found: Named) -> list[dict[str, str]]:
    """What the reader may announce for this branch."""
    query = urlencode({"subject": found.uid})
    return [
        {"title": say(kind.title), "url": f"{reverse('record-kind', args=[kind.id])}?{query}"}
        for kind in records.values()
        if kind.message is not None and kind.subject == "branch"
    ]
