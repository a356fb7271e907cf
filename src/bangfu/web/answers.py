"""Refusals as JSON, in the language asked for and in both."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, JsonResponse

from bangfu.core.text import Refused
from bangfu.core.values import BadValues
from bangfu.web.words import language

ROOT = "/api/"


def asked_by_api(request: HttpRequest) -> bool:
    """Whether a request is to the API, and so wants its answer as JSON."""
    return request.path_info.startswith(ROOT)


def problem(refused: Refused, place: str | None = None) -> dict[str, str]:
    """One refusal as the API says it."""
    return {
        "code": refused.code,
        "place": refused.place if place is None else place,
        "message": refused.say(language()),
        "zh": refused.text.zh,
        "en": refused.text.en,
    }


def problems_of(refused: Refused) -> list[dict[str, str]]:
    """Each thing that a refusal names."""
    several = refused.problems if isinstance(refused, BadValues) else (refused,)
    return [problem(one) for one in several]


def failure(refused: Refused, status: int, problems: Sequence[dict[str, str]] = ()) -> JsonResponse:
    """The answer that declines a whole request."""
    return JsonResponse({**problem(refused), "problems": list(problems)}, status=status)


def nobody() -> JsonResponse:
    """401: nobody has signed in."""
    refused = Refused("not_signed_in", "没有登录。", "Nobody is signed in.")
    answer = failure(refused, 401)
    answer["WWW-Authenticate"] = "Bearer"
    return answer


def refused_token(refused: Refused) -> JsonResponse:
    """401: the token that was brought opens nothing."""
    answer = failure(refused, 401)
    answer["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    return answer


def too_many(seconds: int) -> JsonResponse:
    """429: so many wrong tokens that whoever sends them must wait."""
    refused = Refused("too_many", f"试错过多，请等 {seconds} 秒。",
                      f"Too many wrong tries; wait {seconds} seconds.")  # fmt: skip
    answer = failure(refused, 429)
    answer["Retry-After"] = str(seconds)
    return answer


def not_yours() -> JsonResponse:
    """403: signed in, but not for this."""
    return failure(
        Refused("no_right", "您的岗位不管这件事。", "Your posts do not include this."), 403
    )


def first_sign_in() -> JsonResponse:
    """403: something must be done on a page first."""
    refused = Refused(
        "sign_in_first",
        "请先打开网页，换掉临时密码或完成第二步验证。",
        "Open a page first: change the temporary password, or take the second step.",
    )
    return failure(refused, 403)


def not_there() -> JsonResponse:
    """404: no such address."""
    return failure(Refused("no_address", "没有这个地址。", "There is no such address."), 404)


def not_that_way(allowed: Sequence[str]) -> JsonResponse:
    """405: another verb."""
    verbs = ", ".join(allowed)
    refused = Refused("method", f"这个地址只接受：{verbs}。", f"This address takes: {verbs}.")
    answer = failure(refused, 405)
    answer["Allow"] = verbs
    return answer


def busy() -> JsonResponse:
    """503: try again soon."""
    answer = failure(
        Refused("busy", "系统正忙，请稍后再试。", "The server is busy; try again soon."), 503
    )
    answer["Retry-After"] = "5"
    return answer
