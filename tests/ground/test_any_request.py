"""The long run of tests/web/test_any_request.py: BANGFU_CASES=50000 makes it longer still."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

from bangfu.records import queries, tokens
from bangfu.records.models import Account
from tests.cast import Cast
from tests.web.conftest import SignIn
from tests.web.invented import hold

OPERATIONS = 5


def token_of(cast: Cast, who: str) -> str:
    """A token for all that the API has."""
    account = Account.objects.get(username=who)
    kinds = [kind.id for kind in queries.recordable_kinds(cast.policy(who)) if not kind.registry]
    scope = frozenset(tokens.scope_of(tokens.READS, kinds))
    now = datetime.now(tz=UTC)
    last = now.date() + timedelta(days=9)
    return tokens.make_token(
        account, title="invents", scope=scope, allowed=scope, last_day=last, by=cast.policy(who),
        now=now,
    )  # fmt: skip


def test_thousands_of_invented_requests_are_answered_as_described(
    browser: SignIn, cast: Cast
) -> None:
    cases = int(os.environ.get("BANGFU_CASES", "5000"))
    # A registrar records nothing but reads figures; an officer records and reads none.
    seen: dict[int, int] = {}
    for who in ("officer", "registrar"):
        client = browser(who)
        for token in ("", token_of(cast, who)):
            held = hold(client, cases=cases // OPERATIONS // 4, token=token)
            for status, count in held.items():
                seen[status] = seen.get(status, 0) + count
    print(f"{sum(seen.values())} requests: {dict(sorted(seen.items()))}")  # noqa: T201
    assert {200, 403, 422} <= seen.keys()
