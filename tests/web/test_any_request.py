"""Whatever is sent to the API, the answer is one that its description names, and never a fault."""

from __future__ import annotations

from tests.web.conftest import SignIn
from tests.web.invented import hold


def test_invented_requests_are_answered_as_described(browser: SignIn) -> None:
    seen = hold(browser("officer"), cases=40)
    assert seen.keys() & {200}
    assert seen.keys() & {400, 422}
