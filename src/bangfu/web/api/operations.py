"""What the API does: four operations, each one call into records."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.params.functions import Query
from ninja.parser import Parser
from ninja.security import HttpBearer, SessionAuth

from bangfu import __version__
from bangfu.core.facts import Draft
from bangfu.core.rules import FactKind
from bangfu.core.text import Refused
from bangfu.records import actions, queries
from bangfu.records.access import Policy
from bangfu.records.plans import EARLIEST
from bangfu.records.tokens import Granted
from bangfu.web import answers, cases, clock
from bangfu.web.api import shapes
from bangfu.web.api.limits import body_of
from bangfu.web.api.wording import in_words
from bangfu.web.reader import reader_of, token_of
from bangfu.web.tokens import out_of_scope
from bangfu.web.views.record import recordable
from bangfu.web.views.today import own_rows
from bangfu.web.words import say

# What every operation may answer besides what was asked for.
DECLINED: dict[int, type[shapes.Failure]] = dict.fromkeys(
    (400, 401, 403, 405, 422, 429, 503), shapes.Failure
)


class Read(Parser):
    """Hands over the body that was read, with all its limits, before the operation began."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The body; what is no object is refused by the shape."""
        return cast(dict[str, Any], body_of(request))


class ByBearer(HttpBearer):
    """A token (接口令牌), which the middleware has looked at before the request came here."""

    def __call__(self, request: HttpRequest) -> object | None:
        """What the token opens; None if there is none, and a sign-in is asked for."""
        return token_of(request)

    def authenticate(self, request: HttpRequest, token: str) -> object | None:
        """The same; never asked, since nothing here reads the header again."""
        return token_of(request)


api = NinjaAPI(
    title="帮扶一本账 / Bangfu",
    version=__version__,
    description=(
        "事实成批录入、本人应办、数字、可登记的种类。 "
        "Facts in batches, one's own obligations, figures, and the kinds that one may record. "
        "Errors are worded in the language of Accept-Language, and in both."
    ),
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
    parser=Read(),
    auth=[ByBearer(), SessionAuth(csrf=True)],
)

AS_OF = Query(None, description="The day it speaks of; today if left out.")
KNOWN_AT = Query(None, description="What was known at the end of that day; now if left out.")
_UIDS = [f"6f1d3c5e-52a8-4d0b-9a55-0f3f9f2f7f1{number}" for number in range(3)]
EXAMPLE = {
    "facts": [
        {
            "uid": _UIDS[0],
            "kind": "household_visit",
            "occurred_on": "2017-07-20",
            "subject": _UIDS[1],
            "values": {"mode": "door", "minutes": 30},
        }
    ]
}


@api.post(
    "facts",
    response={200: shapes.Outcomes, 413: shapes.Failure, 415: shapes.Failure, **DECLINED},
    summary="Record facts",
    openapi_extra={
        "requestBody": {"content": {"application/json": {"example": EXAMPLE}}, "required": True}
    },
)
def facts(request: HttpRequest, batch: shapes.Batch) -> dict[str, object]:
    """Record each fact on its own: what is refused holds nothing else up.

    Sent again with the same body a fact is `already` there; with another body it is refused as
    `conflict`. A batch of the wrong shape is refused as a whole (422).
    """
    policy = reader_of(request).policy
    drafts = [_draft(one, policy.person_uid) for one in batch.facts]
    found = _recorded(drafts, policy, token_of(request))
    states = [one.state for one in found]
    return {
        "facts": [
            {
                "uid": one.uid,
                "state": one.state,
                "problems": answers.problems_of(one.refused) if one.refused else [],
                "standing": getattr(one.refused, "standing", None),
            }
            for one in found
        ],
        **{state: states.count(state) for state in ("stored", "already", "refused")},
    }


@api.get("obligations", response={200: shapes.Obligations, **DECLINED}, summary="What I owe")
def obligations(request: HttpRequest) -> dict[str, object]:
    """One's own obligations of this month and the last five weeks, as they stand today, and the
    steps of cases that wait for one; a step without a clock is due on the last day that there is.
    """
    reader = reader_of(request)
    rows = sorted(
        [*own_rows(reader), *cases.own_rows(reader, ())],
        key=lambda row: (row.obligation.due, row.obligation.rule, row.subject.uid),
    )
    return {
        "as_of": reader.today,
        "obligations": [
            {
                "rule": row.obligation.rule,
                "title": row.title,
                "subject": {"uid": row.subject.uid, "name": row.subject.name},
                "start": row.obligation.period.start,
                "end": row.obligation.period.end,
                "due": row.obligation.due,
                "closes": row.obligation.closes,
                "need": row.obligation.need,
                "got": row.obligation.got,
                "state": row.obligation.state.name.lower(),
            }
            for row in rows
        ],
    }


@api.get("figures", response={200: shapes.Figures, **DECLINED}, summary="Figures")
def figures(
    request: HttpRequest,
    as_of: shapes.Day | None = AS_OF,
    known_at: shapes.Day | None = KNOWN_AT,
) -> dict[str, object]:
    """Every figure of the handbook, as on the county's page."""
    reader = reader_of(request)
    day = as_of or reader.today
    for name, given in (("as_of", as_of), ("known_at", known_at)):
        if given is not None and not EARLIEST <= given <= reader.today:
            raise _no_such_day(name, reader.today)
    known = None if known_at is None else queries.known_at(known_at)
    values = queries.figures(reader.policy, as_of=day, known_at=known)
    return {
        "as_of": day,
        "known_at": known_at,
        "figures": [
            {
                "id": name,
                "title": say(reader.handbook.figures[name].title),
                "unit": say(reader.handbook.figures[name].unit),
                "value": value.value,
                "parts": dict(value.parts),
            }
            for name, value in values.items()
        ],
    }


@api.get("kinds", response={200: shapes.Kinds, **DECLINED}, summary="What I may record")
def kinds(request: HttpRequest) -> dict[str, object]:
    """The kinds that one's posts of today, and the token, let one record, each with its fields."""
    reader, granted = reader_of(request), token_of(request)
    found = recordable(reader).values()
    return {"kinds": [_kind(kind) for kind in found if granted is None or granted.records(kind.id)]}


def _recorded(
    drafts: Sequence[Draft], policy: Policy, granted: Granted | None
) -> list[actions.Outcome]:
    """What became of each; what the token was not made for is refused and goes no further."""
    allowed = [draft for draft in drafts if granted is None or granted.records(draft.kind)]
    found = iter(actions.record_each(allowed, by=policy, now=clock.now()) if allowed else ())
    return [
        next(found)
        if granted is None or granted.records(draft.kind)
        else actions.Outcome(draft.uid, "refused", out_of_scope("kind"))
        for draft in drafts
    ]


def _draft(given: shapes.FactIn, sender: str) -> Draft:
    return Draft(
        uid=given.uid,
        kind=given.kind,
        occurred_on=given.occurred_on,
        subject=given.subject,
        performed_by=given.performed_by or sender,
        values=given.values,
        participants=tuple((one.role, one.uid) for one in given.participants),
        more_subjects=tuple(given.more_subjects),
        minute=given.minute,
        amends=given.amends,
        reason=given.reason,
    )


def _kind(kind: FactKind) -> dict[str, object]:
    return {
        "id": kind.id,
        "title": say(kind.title),
        "subject": kind.subject,
        "many_subjects": kind.many_subjects,
        "timed": kind.timed,
        "fields": [
            {
                "id": item.id,
                "title": say(item.title),
                "type": item.type,
                "required": item.required,
                "unit": say(item.unit),
                "options": {name: say(title) for name, title in item.options.items()},
                "minimum": item.minimum,
                "maximum": item.maximum,
                "decimals": item.places,
            }
            for item in kind.fields
        ],
        "participants": [
            {
                "id": role.id,
                "title": say(role.title),
                "type": role.type,
                "required": role.required,
                "many": role.many,
            }
            for role in kind.participants
        ],
    }


def _no_such_day(name: str, today: date) -> Refused:
    return Refused(
        "bad_day",
        f"日期应在 {EARLIEST} 与 {today} 之间。",
        f"The day must lie between {EARLIEST} and {today}.",
        place=name,
    )


@api.exception_handler(Refused)
def _refused(_request: HttpRequest, refused: Refused) -> HttpResponse:
    return answers.failure(refused, 400, answers.problems_of(refused))


@api.exception_handler(ValidationError)
def _misshapen(_request: HttpRequest, wrong: ValidationError) -> HttpResponse:
    several = [in_words(error) for error in wrong.errors]
    first = several[0]
    return answers.failure(first, 422, [answers.problem(one) for one in several])


@api.exception_handler(AuthenticationError)
def _nobody(_request: HttpRequest, _wrong: AuthenticationError) -> HttpResponse:
    return answers.nobody()


@api.exception_handler(HttpError)
def _declined(_request: HttpRequest, wrong: HttpError) -> HttpResponse:
    if wrong.status_code == 403:  # noqa: PLR2004 -- the only one: a request from another page
        refused = Refused("csrf", "请求没有带本站的防伪标记（X-CSRFToken）。",
                          "The request lacks this site's token (X-CSRFToken).")  # fmt: skip
        return answers.failure(refused, 403)
    refused = Refused("bad_request", "请求的内容读不出来。", "The request cannot be read.")
    return answers.failure(refused, 400)
