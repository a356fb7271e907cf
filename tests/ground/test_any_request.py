"""The long run of tests/web/test_any_request.py: BANGFU_CASES=50000 makes it longer still."""

from __future__ import annotations

import os

from tests.web.conftest import SignIn
from tests.web.invented import hold

OPERATIONS = 5


def test_thousands_of_invented_requests_are_answered_as_described(browser: SignIn) -> None:
    cases = int(os.environ.get("BANGFU_CASES", "5000"))
    # A registrar records nothing but reads figures; an officer records and reads none.
    seen: dict[int, int] = {}
    for who in ("officer", "registrar"):
        for status, count in hold(browser(who), cases=cases // OPERATIONS // 2).items():
            seen[status] = seen.get(status, 0) + count
    print(f"{sum(seen.values())} requests: {dict(sorted(seen.items()))}")  # noqa: T201
    assert {200, 403, 422} <= seen.keys()
