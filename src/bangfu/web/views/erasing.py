"""Erasing a party's personal values at its wish: said what it does, why, and confirmed."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bangfu.core.text import Refused
from bangfu.records import actions, queries
from bangfu.web import clock
from bangfu.web.audience import audience
from bangfu.web.entry import Control, Option, new_uid
from bangfu.web.reader import reader_of
from bangfu.web.words import language

SURE = "yes"


@audience("desk")
@require_http_methods(["GET", "POST"])
def erase(request: HttpRequest, uid: str) -> HttpResponse:
    """Erase a person or household: the reason, a tick that it is for good, then it is done."""
    reader = reader_of(request)
    one = queries.subject(reader.policy, uid)
    if one is None or not queries.may_erase(reader.policy, one):
        raise Http404
    reason = request.POST.get("reason", "").strip()
    sure = request.POST.get("sure") == SURE
    error = unsure = ""
    if request.method == "POST":
        unsure = "" if sure else _("Tick that it is for good.")
        try:
            if sure:
                sent = request.POST.get("uid") or None
                actions.erase(
                    party=uid, reason=reason, by=reader.policy, now=clock.now(), uid=sent
                )  # fmt: skip
                messages.success(request, _("Erased: the key is destroyed."))
                return redirect("desk-subject", uid)
        except Refused as refused:
            error = refused.say(language())
    yes = Option(SURE, _("It is for good: nobody can undo it"), sure)
    context = {
        "one": one,
        "uid": request.POST.get("uid") or new_uid(),
        "reason": Control("reason", "reason", _("Why it is erased"), "text", required=True,
                          value=reason, error=error),
        "sure": Control("sure", "sure", _("Are you sure?"), "ticks", required=True,
                        options=(yes,), error=unsure),
    }  # fmt: skip
    return render(request, "pages/erase.html", context, status=422 if error or unsure else 200)
