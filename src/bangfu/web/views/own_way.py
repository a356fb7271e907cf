"""A household's own page, opened by the code on its card: no account, a receipt and a clock."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bangfu.core.facts import Fact, Value
from bangfu.core.text import Refused
from bangfu.core.values import read_values
from bangfu.records import guard, own_way, queries, tries
from bangfu.records.own_way import Household
from bangfu.records.refusals import Conflict
from bangfu.web import clock, words
from bangfu.web.audience import ANYONE, audience
from bangfu.web.entry import Given, errors_of, new_uid, value_controls
from bangfu.web.words import say


@audience(ANYONE)
@require_http_methods(["GET", "POST"])
def own(request: HttpRequest, uid: str, code: str) -> HttpResponse:
    """Who helps us, what we have reported and what became of it; report something; consent."""
    found = _come_in(request, uid, code)
    if not isinstance(found, Household):
        return found
    # Behind a wall of the household's own; the frame around the page is that of who signed in.
    with guard.guarded(found.policy):
        sent = request.method == "POST"
        errors = _taken(request, found) if sent else {}
        context = {} if sent and not errors else _context(request, found, code, errors=errors)
    if not context:
        return redirect("own-way", uid, code)
    return render(request, "pages/own_way.html", context, status=422 if errors else 200)


def _taken(request: HttpRequest, home: Household) -> dict[str, str]:
    """Record what was sent; what is wrong with it, by the input it belongs to."""
    try:
        consents = request.POST.get("what") == "consent"
        fact = _consented(home, request) if consents else _reported(home, request)
    except Conflict:
        return {"": _("What was sent before from this form is in. This is different: to report it "
                      "too, send it once more.")}  # fmt: skip
    except Refused as refused:
        return errors_of(refused, words.language())
    _tell(request, fact)
    return {}


def _come_in(request: HttpRequest, uid: str, code: str) -> Household | HttpResponse:
    """The household of the card; a wrong code is counted for the address it came from."""
    counter = tries.of_card(request.META.get("REMOTE_ADDR", ""))
    found = own_way.come_in(uid, code, as_of=queries.today())
    if found is not None:
        return found
    if tries.begin([counter], now=clock.now()):
        said = _("Too many wrong codes came from here. Please try again later.")
        return render(request, "pages/own_way_wait.html", {"said": said}, status=429)
    raise Http404


def _reported(home: Household, request: HttpRequest) -> Fact:
    kind = queries.handbook().kinds[own_way.REPORT]
    given: dict[str, object] = {
        item.id: request.POST.get(f"v.{item.id}", "") for item in kind.fields
    }
    values: dict[str, Value] = dict(read_values(kind, given))
    uid = request.POST.get("uid", "").strip() or new_uid()
    return own_way.say(home, own_way.REPORT, values, uid=uid, now=clock.now())


def _consented(home: Household, request: HttpRequest) -> Fact:
    if request.POST.get("given") not in ("true", "false"):
        raise Refused("consent", "请选择是否授权。", "Say whether it is allowed.")
    values: dict[str, Value] = {"given": request.POST["given"] == "true"}
    uid = request.POST.get("uid", "").strip() or new_uid()
    return own_way.say(home, own_way.CONSENT, values, uid=uid, now=clock.now())


def _tell(request: HttpRequest, fact: Fact) -> None:
    if fact.kind == own_way.CONSENT:
        said = _("Noted. You can change it here at any time.")
    else:
        said = _("Received. Receipt %(number)s") % {"number": receipt(fact)}
    messages.success(request, said)


def receipt(fact: Fact) -> str:
    """The number of a receipt: the first signs of the fact's uid."""
    return fact.uid[:8].upper()


def _context(
    request: HttpRequest, home: Household, code: str, *, errors: dict[str, str]
) -> dict[str, object]:
    """What the page shows."""
    handbook, today = queries.handbook(), home.policy.as_of
    kind = handbook.kinds[own_way.REPORT]
    sent = {item.id: request.POST.get(f"v.{item.id}", "") for item in kind.fields}
    given = Given(new_uid(), today.isoformat(), values=dict(sent))
    consent = own_way.consent(home.policy, home.number)
    roles = handbook.roles
    return {
        "called": own_way.called(home),
        "helpers": [
            {"name": tie.person.name, "role": say(roles[tie.what].title), "since": tie.start}
            for tie in own_way.who_helps(home)
            if tie.what in roles
        ],
        "reports": [_line(home, report, answer, today) for report, answer in own_way.said(home)],
        "controls": value_controls(kind, given, errors, ""),
        "problem": "; ".join(text for where, text in errors.items() if where not in sent),
        "consent": consent,
        "consented": bool(consent and consent.values.get("given")),
        "uid": given.uid,  # nothing was stored under the one before, or it is taken
        "consent_uid": new_uid(),
        "today": today,
        "address": reverse("own-way", args=[home.uid, code]),
    }


def _line(home: Household, report: Fact, answer: Fact | None, today: date) -> dict[str, object]:
    """A report with its receipt, its clock, and the answer; not its words, the card may be lost."""
    kind = queries.handbook().kinds[own_way.REPORT]
    about = kind.field("about")
    chosen = str(report.values.get("about", ""))
    title = say(about.options[chosen]) if about and chosen in about.options else chosen
    due = own_way.due(home, report)
    return {
        "receipt": receipt(report),
        "title": title,
        "day": report.occurred_on,
        "answer": answer.values.get("text", "") if answer else "",
        "answered_on": answer.occurred_on if answer else None,
        "when": words.until(due, today) if due and due >= today else "",
        "late": words.late((today - due).days) if due and due < today else "",
    }
