"""Two counties that differ only where a helper, or nobody, does not see answer alike, everywhere.

The other readers walk in files of their own, so that workers share the walks.
"""

from __future__ import annotations

import hashlib

import pytest
from django.urls import reverse

from bangfu.web.urls import urlpatterns
from tests.cast import Cast
from tests.web.conftest import SignIn
from tests.web.samples import OUTSIDE, SAMPLES
from tests.web.two_worlds import MASKED, WALKERS, happen, settled, walk_a_world, walks

HERE = ("helper", "nobody")
ELSEWHERE = ("secretary", "officer", "head")  # test_two_worlds_SECRETARY.py and so on


@pytest.mark.parametrize(("who", "world"), walks(*HERE))
def test_a_reader_walks_a_world(who: str, world: str, cast: Cast, browser: SignIn) -> None:
    walk_a_world(who, world, cast, browser)


def test_every_reader_walks() -> None:
    assert {*HERE, *ELSEWHERE} == WALKERS.keys()


@pytest.mark.parametrize("who", ["registrar", "west officer"])
def test_the_walk_tells_worlds_apart_for_who_sees_the_difference(
    who: str, cast: Cast, browser: SignIn
) -> None:
    address = reverse("desk-find")
    settled(cast, "base")
    before = browser(who).get(address, {"q": "金丝雀", "type": "household"}).content
    happen(cast, "reed pond", "西")
    after = browser(who).get(address, {"q": "金丝雀", "type": "household"}).content
    digests = {hashlib.sha256(MASKED.sub("", page.decode()).encode()).hexdigest()
               for page in (before, after)}  # fmt: skip
    assert len(digests) == 2


def test_every_address_has_samples_from_inside_and_outside() -> None:
    assert {pattern.name for pattern in urlpatterns} == SAMPLES.keys()
    for pattern in urlpatterns:
        assert pattern.name
        for arguments, _ in SAMPLES[pattern.name]:
            assert reverse(pattern.name, args=arguments)
        if "uid" in pattern.pattern.converters:
            given = {arguments[0] for arguments, _ in SAMPLES[pattern.name]}
            assert given & set(OUTSIDE.values())
            assert given - set(OUTSIDE.values())
