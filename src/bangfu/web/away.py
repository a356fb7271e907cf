"""The answer while the database is away: 503, when to ask again, and that nothing was lost."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import get_template

from bangfu.web import answers

SECONDS = 5
UNAVAILABLE = 503


def away(request: HttpRequest) -> HttpResponse:
    """A page in both languages that needs no database; JSON for a script that asks for it."""
    if answers.asked_by_api(request):
        return answers.busy()
    response: HttpResponse
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        words = {
            "code": "away",
            "zh": "数据库暂时用不了，这一次没有保存，请稍后再发；以前保存的都在。",
            "en": "The database cannot be reached just now. Nothing was stored this time, please "
            "send it again later; everything stored before is there.",
        }
        response = JsonResponse(
            words, status=UNAVAILABLE, json_dumps_params={"ensure_ascii": False}
        )
    else:
        response = HttpResponse(get_template("503.html").render(), status=UNAVAILABLE)
    response["Retry-After"] = str(SECONDS)
    return response
