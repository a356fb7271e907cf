"""What we do not collect, feedback, the tray of what waits on a device, and errors."""

from __future__ import annotations

import sys

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from bangfu.core.text import Refused
from bangfu.records import actions, presence
from bangfu.records.refusals import Conflict
from bangfu.web import answers, clock
from bangfu.web.audience import ANYONE, SIGNED_IN, audience
from bangfu.web.away import away
from bangfu.web.entry import Given, drafts_of, errors_of, given_by, new_uid, value_controls
from bangfu.web.form import FEEDBACK
from bangfu.web.reader import reader_of
from bangfu.web.words import language

_PAGE, _MOST = "page", 200


@audience(ANYONE)
@require_GET
def about(request: HttpRequest) -> HttpResponse:
    """我们不收集什么: also for those who have not signed in."""
    return render(request, "pages/about.html")


@audience(SIGNED_IN)
@require_GET
def tray(request: HttpRequest) -> HttpResponse:
    """What waits on this device; the page's script fills it in, the server knows nothing of it."""
    return render(request, "pages/tray.html")


@audience(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def feedback(request: HttpRequest) -> HttpResponse:
    """意见建议: a fact about the person who gives it, with the page it speaks of."""
    reader = reader_of(request)
    kind = reader.handbook.kinds.get(FEEDBACK)
    if kind is None or not reader.policy.person_uid:
        raise Http404
    errors: dict[str, str] = {}
    me = reader.policy.person_uid
    if request.method == "POST":
        sent = given_by(request.POST, kind)
        given = Given(sent.uid, reader.today.isoformat(), subjects=(me,), values=sent.values)
        try:
            drafts = drafts_of(given, kind, performer=me)
            actions.record(drafts, by=reader.policy, now=clock.now())
        except Conflict:
            pass  # sent twice with other words: the first stands
        except Refused as refused:
            errors = errors_of(refused, language())
        if not errors:
            messages.success(request, _("Thank you. It is in the ledger."))
            return redirect("home")
    else:
        where = request.GET.get("about", "")[:_MOST]
        given = Given(new_uid(), reader.today.isoformat(), values={_PAGE: where})
    controls = value_controls(kind, given, errors, find="")
    shown = [control for control in controls if control.id != _PAGE]
    fields = {item.id for item in kind.fields}
    context = {
        "controls": shown,
        "page": given.values.get(_PAGE, ""),
        "uid": given.uid,
        "problem": " ".join(said for place, said in errors.items() if place not in fields),
    }
    return render(request, "pages/feedback.html", context, status=422 if errors else 200)


@audience(ANYONE)
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return render(request, "400.html", {"reason": ""}, status=400)


@audience(ANYONE)
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return render(request, "403.html", status=403)


@audience(ANYONE)
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: the same for what is absent and for what is not the reader's."""
    if answers.asked_by_api(request):
        return answers.not_there()
    return render(request, "404.html", status=404)


@audience(ANYONE)
def broken(request: HttpRequest) -> HttpResponse:
    """500: a page that needs nothing that might be broken; 503 if the database was away."""
    if presence.is_away(sys.exc_info()[1]):
        return away(request)
    return HttpResponse(get_template("500.html").render(), status=500)
