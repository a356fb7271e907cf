"""Results are kept by what they depend on."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date

import pytest

from bangfu.engine.cache import Cache, Key

KEY = Key(7, "digest", date(2017, 7, 31), None, "county", ("figure", "visits"))


def test_the_same_question_is_computed_once() -> None:
    cache, computed = Cache(), []
    for _ in range(3):
        assert cache.get(KEY, lambda: computed.append(1) or "answer") == "answer"  # type: ignore[func-returns-value]
    assert (len(computed), cache.hits, cache.misses) == (1, 2, 1)


@pytest.mark.parametrize(
    "other",
    [
        replace(KEY, sequence=8),
        replace(KEY, handbook="another"),
        replace(KEY, as_of=date(2017, 7, 30)),
        replace(KEY, known_at=6),
        replace(KEY, scope="township"),
        replace(KEY, call=("figure", "lectures")),
    ],
)
def test_whatever_an_answer_depends_on_asks_again(other: Key) -> None:
    cache = Cache()
    cache.get(KEY, lambda: "old")
    assert cache.get(other, lambda: "new") == "new"
    assert cache.get(KEY, lambda: "new") == "old"


def test_what_was_asked_for_longest_ago_goes_first() -> None:
    cache = Cache(size=2)
    first, second, third = (replace(KEY, sequence=number) for number in (1, 2, 3))
    for key in (first, second, first, third):
        cache.get(key, lambda: "old")
    assert len(cache) == 2
    assert cache.get(first, lambda: "new") == "old"
    assert cache.get(second, lambda: "new") == "new"


def test_an_error_is_not_kept() -> None:
    cache = Cache()
    with pytest.raises(ZeroDivisionError):
        cache.get(KEY, lambda: 1 // 0)
    assert cache.get(KEY, lambda: 1) == 1


def test_threads_get_one_and_the_same_answer() -> None:
    cache, answers, start = Cache(), [], threading.Barrier(4)

    def ask() -> None:
        start.wait()
        answers.append(cache.get(KEY, object))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(answer) for answer in answers}) == 1
