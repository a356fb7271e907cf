"""Recording: the list of kinds, and the form that follows from one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods

from bangfu.core.facts import Draft, Fact
from bangfu.core.periods import period_of
from bangfu.core.registry import SUBJECT_TITLES
from bangfu.core.rules import FactKind, term_on
from bangfu.core.text import Refused
from bangfu.core.values import read_day
from bangfu.records import actions, queries
from bangfu.records.refusals import Amended, Conflict
from bangfu.web import case_form, clock, targets, words
from bangfu.web.audience import SIGNED_IN, audience
from bangfu.web.entry import Given, drafts_of, errors_of, given_by, new_uid
from bangfu.web.form import FEEDBACK, Setting, entry_of, pasted_in
from bangfu.web.reader import Reader, reader_of
from bangfu.web.words import say

FEW_KINDS = 6
# A condition of a duty that a form can meet by itself: one field is one choice.
_ONE_CHOICE = re.compile(r"\s*(?P<field>[a-z_]+)\s*=\s*'(?P<option>[a-z_]+)'\s*")


@audience("today", "township", "county")
@require_GET
def kinds(request: HttpRequest) -> HttpResponse:
    """What the reader may record; with `row`s ticked on the list of today, what they ask for."""
    reader = reader_of(request)
    rows = list(dict.fromkeys(request.GET.getlist("row")))
    if not rows:
        every = list(recordable(reader).values())
        steps = [kind for kind in every if _is_step(reader, kind)]
        groups = _groups(reader, [kind for kind in every if kind not in steps])
        context = {"groups": groups, "steps": [_kind_line(kind, "") for kind in steps]}
        return render(request, "pages/record_list.html", context)
    fitting = _fitting(reader, rows)
    query = urlencode([("row", row) for row in rows])
    if len(fitting) == 1:
        return redirect(f"{reverse('record-kind', args=[fitting[0].id])}?{query}")
    if not fitting:
        messages.warning(request, _("These call for different entries. Choose those of one kind."))
        return redirect("today")
    said = ngettext("For %(n)d row", "For %(n)d rows", len(rows)) % {"n": len(rows)}
    items = [_kind_line(kind, query) for kind in fitting]
    groups = [{"title": "", "kinds": items}]
    return render(request, "pages/record_list.html", {"groups": groups, "chosen": said})


@audience(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def record(request: HttpRequest, kind_id: str) -> HttpResponse:
    """The form of one kind; sent, it becomes one fact, or one for each subject."""
    reader = reader_of(request)
    # What waited for a network may come when the post has ended; its day decides.
    day = read_day(request.POST.get("occurred_on", ""))
    kind = recordable(reader, on=day).get(kind_id)
    if kind is None:
        raise Http404
    setting = Setting(reader, kind)
    if request.method == "POST":
        given = given_by(request.POST, kind)
        return answer(request, setting, given, amends=None)
    given, hint = _opened(request, reader, kind)
    return show(request, setting, given, errors={}, amends=None, hint=hint)


def recordable(reader: Reader, *, on: date | None = None) -> Mapping[str, FactKind]:
    """The kinds that the reader's posts of today, or of the day `on`, may record here; registry
    changes have pages of their own, and feedback is at the foot of every page.
    """
    found = queries.recordable_kinds(reader.policy, on=on)
    return {kind.id: kind for kind in found if not kind.registry and kind.id != FEEDBACK}


def answer(
    request: HttpRequest, setting: Setting, given: Given, *, amends: str | None
) -> HttpResponse:
    """Record what was sent; the stored fact's page follows, or the form with what is wrong."""
    performer = given.performed_by or setting.reader.policy.person_uid
    given, unread = pasted_in(setting, given, words.language())
    if unread:
        return show(request, setting, given, errors=unread, amends=amends, hint="")
    try:
        drafts = drafts_of(
            given, setting.kind, performer=performer, amends=amends, latest=setting.reader.today
        )
        facts = _store(drafts, setting.reader, amends=amends)
    except Conflict as refused:
        return _conflict(request, refused, reverse("fact", args=[given.uid]))
    except Amended as refused:
        return _conflict(request, refused, reverse("fact", args=[refused.standing]))
    except Refused as refused:
        if refused.place == "uid":
            if "X-Draft" in request.headers:
                return _conflict(request, refused, "")
            given = replace(given, uid=new_uid())
        errors = errors_of(refused, words.language())
        return show(request, setting, given, errors=errors, amends=amends, hint="")
    _say_stored(request, setting, facts, amends=amends)
    if amends is None:
        _say_again(request, setting, facts)
    _say_doubts(request, setting, facts)
    home = (
        reverse("fact", args=[facts[0].uid]) if amends else _after(request, setting, given, facts)
    )
    if "X-Draft" in request.headers:
        return JsonResponse({"go": home, "stored": [fact.uid for fact in facts]})
    return redirect(home)


def _store(drafts: Sequence[Draft], reader: Reader, *, amends: str | None) -> list[Fact]:
    now = clock.now()
    if amends is None:
        return actions.record(drafts, by=reader.policy, now=now)
    return [actions.correct(draft=drafts[0], by=reader.policy, now=now)]


def _after(request: HttpRequest, setting: Setting, given: Given, facts: Sequence[Fact]) -> str:
    """The next sheet of the pile, with day and performer kept; the text for the chat group that
    comes of what was stored; else the first page.
    """
    if request.POST.get("next") == "1":
        kept = {"on": given.occurred_on, "by": given.performed_by, "next": "1"}
        return f"{reverse('record-kind', args=[setting.kind.id])}?{urlencode(kept)}"
    if setting.kind.message is not None and len(facts) == 1:
        return reverse("fact", args=[facts[0].uid])
    pages = setting.reader.pages
    return reverse("today") if pages & {"today", "township"} else reverse("record")


def _say_stored(
    request: HttpRequest, setting: Setting, facts: Sequence[Fact], *, amends: str | None
) -> None:
    title = say(setting.kind.title)
    if amends:
        messages.success(request, _("Corrected: %(kind)s.") % {"kind": title})
        return
    when = words.day(facts[0].occurred_on)
    if len(facts) == 1 and not facts[0].more_subjects:
        said = _("Stored: %(kind)s, %(about)s, %(day)s.")
        about = setting.names([facts[0].subject]).get(facts[0].subject)
        name = about.name if about else ""
        messages.success(request, said % {"kind": title, "about": name, "day": when},
                         extra_tags=facts[0].uid)  # fmt: skip
        return
    count = len(facts) + sum(len(fact.more_subjects) for fact in facts)
    said = ngettext(
        "Stored: %(kind)s for %(n)d, %(day)s.", "Stored: %(kind)s for %(n)d, %(day)s.", count
    )
    messages.success(request, said % {"kind": title, "n": count, "day": when},
                     extra_tags=facts[0].uid if len(facts) == 1 else "")  # fmt: skip


def _say_again(request: HttpRequest, setting: Setting, facts: Sequence[Fact]) -> None:
    """Whom the same had been entered for already: it may be right, or one of the two too many."""
    policy = setting.reader.policy
    before = [found for fact in facts if (found := queries.told_before(policy, fact))]
    if not before:
        return
    names = setting.names(fact.subject for fact in before)
    about = [names[fact.subject].name for fact in before if fact.subject in names]
    said = _("Entered before for the same day: %(about)s. If it happened once, withdraw one.")
    messages.warning(request, said % {"about": pgettext("list", ", ").join(about[:3])},
                     extra_tags=before[0].uid)  # fmt: skip


def _say_doubts(request: HttpRequest, setting: Setting, facts: Sequence[Fact]) -> None:
    """What the checks that read this kind find now about whom it was entered for."""
    reader = setting.reader
    uids = {uid for fact in facts for uid in (fact.subject, *fact.more_subjects)}
    numbers = [one.id for one in queries.named(reader.policy, uids).values()]
    kinds = [setting.kind.id]
    found = queries.doubts_about(reader.policy, numbers, as_of=reader.today, kinds=kinds)
    named = {one.check: reader.handbook.checks[one.check] for one in found.doubts if not one.exempt}
    if not named:
        return
    titles = pgettext("list", ", ").join(say(rule.title) for rule in list(named.values())[:3])
    said = ngettext(
        "%(n)d doubt to look at: %(titles)s", "%(n)d doubts to look at: %(titles)s", len(named)
    )
    messages.warning(request, said % {"n": len(named), "titles": titles})


def _conflict(request: HttpRequest, refused: Refused, stored: str) -> HttpResponse:
    message = refused.say(words.language())
    if "X-Draft" in request.headers:
        return JsonResponse({"message": message, "stored": stored}, status=409)
    context = {"message": message, "stored": stored}
    return render(request, "pages/conflict.html", context, status=409)


def show(
    request: HttpRequest,
    setting: Setting,
    given: Given,
    *,
    errors: Mapping[str, str],
    amends: str | None,
    hint: str,
) -> HttpResponse:
    """The form as it stands; 422 where something is wrong."""
    entry = entry_of(setting, given, errors=errors, amends=amends)
    kind = setting.kind
    title = say(kind.title)
    slot = f"{kind.id} {amends or ''} {' '.join(sorted(given.subjects))}"
    context = {
        "kind": kind,
        "entry": entry,
        "heading": _("Correct: %(kind)s") % {"kind": title} if amends else title,
        "amends": amends,
        "hint": hint,
        "others": [] if amends else _others(setting, request.GET.getlist("row")),
        "action": request.path,
        # Whoever enters for others has a pile of paper beside him.
        "pile": not amends and bool(setting.reader.pages & {"township", "county"}),
        "next": "1" in (request.GET.get("next"), request.POST.get("next")),
        # The draft of an entry is found again by what the form was opened for.
        "slot": request.POST.get("slot", slot),
    }
    return render(request, "pages/record.html", context, status=422 if errors else 200)


def _others(setting: Setting, rows: Sequence[str]) -> list[dict[str, str]]:
    """Other kinds that would do for the same rows."""
    if not rows:
        return []
    query = urlencode([("row", row) for row in rows])
    return [
        _kind_line(kind, query)
        for kind in _fitting(setting.reader, rows)
        if kind.id != setting.kind.id
    ]


def _fitting(reader: Reader, rows: Sequence[str]) -> list[FactKind]:
    """The kinds that the reader may record and that would do for every one of these rows."""
    wanted = [_kinds_of(reader, row) for row in rows]
    return [
        kind for kind in recordable(reader).values() if all(kind.id in names for names in wanted)
    ]


def _opened(request: HttpRequest, reader: Reader, kind: FactKind) -> tuple[Given, str]:
    """The empty form, about what was tapped; and what to know about its day.

    Opened from a case it holds what the case says already: its name, and whom it is about.
    """
    rows = [found for row in request.GET.getlist("row") if (found := targets.obliged(row))]
    subjects = [*request.GET.getlist("subject"), *(row.subject for row in rows)]
    values, participants = case_form.filled_in(reader, kind, request.GET.get("case", ""))
    given = Given(
        uid=new_uid(),
        occurred_on=request.GET.get("on", "") or reader.today.isoformat(),
        subjects=tuple(dict.fromkeys(uid for uid in subjects if uid)),
        performed_by=request.GET.get("by", ""),
        values={
            **{item.id: request.GET.get(f"v.{item.id}", "") for item in kind.fields},
            **_asked_values(reader, kind, rows),
            **values,
        },
        participants=participants,
    )
    return given, _hint(reader, rows)


def _asked_values(
    reader: Reader, kind: FactKind, rows: Sequence[targets.Obliged]
) -> dict[str, str | list[str]]:
    """What the duty of these rows counts alone, if it names one choice: the kind of meeting."""
    duties = [reader.handbook.duties.get(rule) for rule in dict.fromkeys(row.rule for row in rows)]
    asked = [_ONE_CHOICE.fullmatch(duty.filters) for duty in duties if duty is not None]
    if len(duties) != 1 or len(asked) != 1 or asked[0] is None:
        return {}
    field = kind.field(asked[0]["field"])
    known = field is not None and field.type == "choice" and asked[0]["option"] in field.options
    return {asked[0]["field"]: asked[0]["option"]} if known else {}


def _hint(reader: Reader, rows: Sequence[targets.Obliged]) -> str:
    """For a period that is over, which days would have been in time."""
    asked = {(row.rule, row.start) for row in rows}
    if len(asked) != 1:
        return ""
    rule, start = asked.pop()
    duty = reader.handbook.duties.get(rule)
    term = term_on(duty.terms, start) if duty else None
    period = period_of(start, term.every) if term else None
    if period is None or period.holds(reader.today):
        return ""
    said = _("Owed for %(period)s. If it was done then, put in the day it happened.")
    return said % {"period": words.period(period, today=reader.today)}


def _groups(reader: Reader, kinds: Sequence[FactKind]) -> list[dict[str, object]]:
    """The kinds that the reader's own duties ask for first, then the others by what they are about;
    one group without a title where there are few.
    """
    held = {post.role for post in reader.policy.roles}
    duties = [duty for duty in reader.handbook.duties.values() if duty.role in held]
    asked = {name for duty in duties for name in duty.facts}
    owed = pgettext("kinds", "What your duties ask for")
    named: dict[str, list[dict[str, str]]] = {owed: []}
    for kind in kinds:
        title = owed if kind.id in asked else say(SUBJECT_TITLES[kind.subject])
        named.setdefault(title, []).append(_kind_line(kind, ""))
    if len(kinds) <= FEW_KINDS:
        named = {"": [line for lines in named.values() for line in lines]}
    return [{"title": title, "kinds": lines} for title, lines in named.items() if lines]


def _is_step(reader: Reader, kind: FactKind) -> bool:
    """Whether it is entered for a case only, and so mostly from the page of the case."""
    return any(item.required and reader.handbook.opened_by(item.to) for item in kind.fields)


def _kind_line(kind: FactKind, query: str) -> dict[str, str]:
    url = reverse("record-kind", args=[kind.id])
    return {
        "title": say(kind.title),
        "about": say(SUBJECT_TITLES[kind.subject]),
        "url": f"{url}?{query}" if query else url,
    }


def _kinds_of(reader: Reader, row: str) -> tuple[str, ...]:
    """The kinds of fact that an obligation asks for."""
    found = targets.obliged(row)
    rule = found.rule if found else ""
    duty, deadline = reader.handbook.duties.get(rule), reader.handbook.deadlines.get(rule)
    if duty:
        return duty.facts
    return (deadline.fact,) if deadline else ()
