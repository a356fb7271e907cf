"""The handbook (工作手册) to read: each rule in words, with its document."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from bangfu.core.rules import (
    Coverage,
    Deadline,
    Duty,
    FactKind,
    Field,
    Handbook,
    Procedure,
    Shape,
    Source,
    Term,
    term_on,
)
from bangfu.handbook.wording import FIELD_TYPES, STANDING_TITLES
from bangfu.web.audience import SIGNED_IN, audience
from bangfu.web.reader import Reader, day_in, reader_of
from bangfu.web.rules import Rule, sentences, shape_of, shape_title, shapes, term_days
from bangfu.web.words import day, say


@audience(SIGNED_IN)
@require_GET
def handbook(request: HttpRequest) -> HttpResponse:
    """All rules, by shape."""
    reader = reader_of(request)
    found = [
        {
            "id": shape,
            "title": shape_title(shape),
            "rules": [
                _summary(reader.handbook, shape, rule, reader.today) for rule in rules.values()
            ],
        }
        for shape, rules in shapes(reader.handbook).items()
    ]
    context = {"shapes": found, "own": _own(reader), "county": say(reader.handbook.title)}
    return render(request, "pages/handbook.html", context)


@audience(SIGNED_IN)
@require_GET
def rule(request: HttpRequest, shape: str, rule_id: str) -> HttpResponse:
    """One rule: in words, then its terms with their documents."""
    reader = reader_of(request)
    known = shape_of(shape)
    found = shapes(reader.handbook).get(known, {}).get(rule_id) if known else None
    if known is None or found is None:
        raise Http404
    on = day_in(request, "day") or reader.today
    now = term_on(found.terms, on)
    terms = [_term(reader.handbook, found, term, now=term is now) for term in found.terms]
    context = {
        "title": say(found.title),
        "shape": known,
        "shape_title": shape_title(known),
        "now": next((term for term in terms if term["now"]), None),
        "terms": sorted(terms, key=lambda term: str(term["start"]), reverse=True),
        "fields": _fields(found) if isinstance(found, FactKind) else [],
        "used_by": list(_used_by(reader.handbook, found)) if isinstance(found, FactKind) else [],
    }
    return render(request, "pages/rule.html", context)


def _own(reader: Reader) -> list[dict[str, object]]:
    """The duties and deadlines of the posts that the reader holds."""
    held = {post.role for post in reader.policy.roles}
    handbook, today = reader.handbook, reader.today
    duties = [_summary(handbook, "duty", duty, today) for duty in handbook.duties.values()
              if duty.role in held and term_on(duty.terms, today)]  # fmt: skip
    deadlines = [_summary(handbook, "deadline", rule, today) for rule in handbook.deadlines.values()
                 if rule.role in held and term_on(rule.terms, today)]  # fmt: skip
    return duties + deadlines


def _summary(handbook: Handbook, shape: Shape, found: Rule, today: date) -> dict[str, object]:
    now = term_on(found.terms, today)
    said = sentences(handbook, found, now) if now else ()
    standing = now.source.standing if now else ""
    return {
        "title": say(found.title),
        "url": reverse("rule", args=[shape, found.id]),
        "first": said[0] if said else "",
        "standing": standing,
        "standing_words": standing_words(standing) if standing else _("not in force"),
    }


def _term(handbook: Handbook, found: Rule, term: Term, *, now: bool) -> dict[str, object]:
    return {
        "start": term.start.isoformat(),
        "days": term_days(term),
        "now": now,
        "sentences": sentences(handbook, found, term),
        "quote": term.source.quote.strip("“”"),
        "source": source_words(term.source),
        "standing": term.source.standing,
        "standing_words": standing_words(term.source.standing),
        "link": term.source.url if term.source.url.startswith(("http://", "https://")) else "",
    }


def source_words(source: Source) -> str:
    """The document with its number and date: 《…》 国办函〔2026〕12号, 2026年1月25日."""
    parts = [f"《{source.title.strip('《》')}》"]
    if source.number:
        parts.append(source.number)
    if source.date:
        parts.append(day(source.date, year=True))
    return " ".join(parts)


def standing_words(standing: str) -> str:
    """How binding a document is."""
    return say(STANDING_TITLES[standing]) if standing in STANDING_TITLES else standing


def _fields(kind: FactKind) -> list[dict[str, str]]:
    return [{"label": say(item.title), "value": _field_words(item)} for item in kind.fields]


def _field_words(item: Field) -> str:
    words = say(FIELD_TYPES[item.type])
    if item.options:
        options = pgettext("list", ", ").join(say(option) for option in item.options.values())
        words = _("%(type)s: %(options)s") % {"type": words, "options": options}
    if item.unit:
        words = _("%(type)s, in %(unit)s") % {"type": words, "unit": say(item.unit)}
    marks = [words]
    if item.required:
        marks.append(_("must be filled in"))
    if item.personal:
        marks.append(_("sealed"))
    return pgettext("list", "; ").join(marks)


def _used_by(handbook: Handbook, kind: FactKind) -> Iterator[dict[str, str]]:
    """The rules that count facts of this kind."""
    for shape, rules in shapes(handbook).items():
        for found in rules.values():
            used = (
                (isinstance(found, Duty) and kind.id in found.facts)
                or (isinstance(found, Deadline) and kind.id in (found.fact, found.after))
                or (isinstance(found, Coverage) and kind.id == found.fact)
                or (isinstance(found, Procedure) and kind.id in found.kinds())
            )
            if used:
                url = reverse("rule", args=[shape, found.id])
                yield {"title": say(found.title), "url": url, "shape": shape_title(shape)}
