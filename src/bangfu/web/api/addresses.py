"""The API's addresses: each declares its audience like a page, and its limits come first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt

from bangfu.records.tokens import READS, Granted
from bangfu.web import answers
from bangfu.web.api import limits
from bangfu.web.api.operations import api
from bangfu.web.audience import COUNTS, OWES, SIGNED_IN, Audience, Page, audience
from bangfu.web.reader import token_of
from bangfu.web.tokens import out_of_scope

View = Callable[..., HttpResponseBase]


def _served(view: View, name: str, who: tuple[Audience | Page, ...], verb: str) -> View:
    """An operation behind its audience, its verb, what the token was made for, and its limits.

    The framework asks for the token against forged requests itself, after the limits.
    """

    @csrf_exempt
    @audience(*who)
    @wraps(view)
    def serve(request: HttpRequest) -> HttpResponseBase:
        if request.method != verb:
            return answers.not_that_way((verb,))
        granted = token_of(request)
        if granted is not None and not _made_for(granted, name):
            return answers.failure(out_of_scope(), 403)
        try:
            if verb == "POST":
                limits.read(request)
        except limits.Unfit as unfit:
            return answers.failure(unfit, unfit.status)
        return view(request)

    return serve


def _made_for(granted: Granted, name: str) -> bool:
    """Whether a token is for an operation; each fact's kind is looked at one by one."""
    if name == "facts":
        return granted.records_any
    return granted.reads(name) if name in READS else True


@audience(SIGNED_IN)
def openapi(request: HttpRequest) -> HttpResponse:
    """The description of the API for programs (OpenAPI 3.1)."""
    if request.method != "GET":
        return answers.not_that_way(("GET",))
    return JsonResponse(api.get_openapi_schema(path_prefix=answers.ROOT))


AUDIENCES: Mapping[str, tuple[tuple[Audience | Page, ...], str]] = {
    "facts": ((SIGNED_IN,), "POST"),
    "obligations": (OWES, "GET"),
    "figures": (COUNTS, "GET"),
    "kinds": (("today", "township", "county"), "GET"),
}


def _views() -> dict[str, View]:
    """The framework's views by operation, its own front page left out."""
    patterns = [one for one in api.urls[0] if isinstance(one, URLPattern)]
    return {str(one.name): one.callback for one in patterns if one.name in AUDIENCES}


api_patterns = [
    path("api/openapi.json", openapi, name="api-openapi"),
    *(
        path(f"api/{name}", _served(view, name, *AUDIENCES[name]), name=f"api-{name}")
        for name, view in _views().items()
    ),
]
