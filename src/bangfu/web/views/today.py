"""今日: what the reader owes today, this week and this month."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from bangfu.core.periods import period_of
from bangfu.core.results import State
from bangfu.records import queries
from bangfu.web import cases
from bangfu.web.audience import audience
from bangfu.web.duties import Group, Row, asked_for_today, batches, can_be_done, grouped, rows_of
from bangfu.web.lead import Asked, asked_of
from bangfu.web.reader import Reader, reader_of
from bangfu.web.study import kinds_studied, notices, own_next
from bangfu.web.views.branches import own_branches
from bangfu.web.views.cases import summary as case_words
from bangfu.web.views.record import recordable

# Of notices those of two months are still worth telling.
NOTICE_DAYS = 62


@audience("today", "township")
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """What is owed, the latest first; what was missed and what is done folded below."""
    reader = reader_of(request)
    asked = asked_of(request)
    body = queries.kept(
        reader.policy,
        ("today", get_language(), asked.days),
        lambda: _body(reader, asked),
        as_of=reader.today,
    )
    return render(request, "pages/today.html", {"body": body})


def _body(reader: Reader, asked: Asked) -> str:
    """The page inside its frame."""
    rows = [*own_rows(reader), *cases.own_rows(reader, recordable(reader))]
    groups = grouped(rows, today=reader.today, handbook=reader.handbook)
    month = period_of(reader.today, "month")
    done = [
        row
        for row in rows
        if row.state in (State.DONE, State.LATE, State.EXCUSED)
        and (row.obligation.period.holds(reader.today) or month.holds(row.obligation.due))
    ]
    missed = [
        row
        for row in rows
        if row.state in (State.OVERDUE, State.OVER) and not can_be_done(row, reader.handbook)
    ]
    missed.sort(key=lambda row: (row.days_late, row.title, row.subject.name))
    context = {
        "today": reader.today,
        "groups": groups,
        "summary": _summary(groups),
        "has_any": bool(rows),
        "done": batches(done),
        "done_count": len(done),
        "missed": batches(missed),
        "missed_count": len(missed),
        "branches": own_branches(reader),
        **queries.kept(
            reader.policy,
            ("study", get_language()),
            lambda: _study(asked),
            as_of=reader.today,
            kinds=kinds_studied(reader.handbook),
        ),
        "cases": case_words(queries.cases(reader.policy, as_of=reader.today)),
    }
    return render_to_string("parts/today.html", context)


def _study(asked: Asked) -> dict[str, object]:
    """The reader's next class, and the latest notices that some village of his was not told."""
    return {
        "next_class": own_next(asked),
        "untold": [one for one in notices(asked, NOTICE_DAYS) if one.missing],
    }


def own_rows(reader: Reader) -> list[Row]:
    """The reader's own obligations of these weeks."""
    person = reader.policy.person
    if person is None:
        return []
    owed = queries.owed(
        reader.policy,
        as_of=reader.today,
        within=asked_for_today(reader.today),
        persons=[person],
    ).rows()
    names = queries.names(reader.policy, {item.subject for item in owed} | {person})
    return rows_of(
        owed,
        names=names,
        handbook=reader.handbook,
        today=reader.today,
        records=recordable(reader),
    )


def _summary(groups: list[Group]) -> str:
    late = sum(group.count for group in groups if group.late)
    due = sum(group.count for group in groups if not group.late)
    parts = []
    if late:
        parts.append(ngettext("%(n)d late", "%(n)d late", late) % {"n": late})
    if due:
        parts.append(ngettext("%(n)d still to do", "%(n)d still to do", due) % {"n": due})
    return " · ".join(parts) or _("Nothing is waiting.")
