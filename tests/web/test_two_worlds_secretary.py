"""Two counties that differ where a first secretary does not see answer him alike, everywhere."""

from __future__ import annotations

import pytest

from tests.cast import Cast
from tests.web.conftest import SignIn
from tests.web.two_worlds import walk_a_world, walks


@pytest.mark.parametrize(("who", "world"), walks("secretary"))
def test_a_reader_walks_a_world(who: str, world: str, cast: Cast, browser: SignIn) -> None:
    walk_a_world(who, world, cast, browser)
