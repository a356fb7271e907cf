"""Days, amounts and names as people say them."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation

from bangfu.core.periods import Cadence, Period, period_of
from bangfu.web import targets, words

TODAY = date(2017, 7, 31)


@pytest.mark.parametrize(("every", "zh", "en"), [
    ("day", "7月31日", "31 July"),
    ("week", "7月31日至8月6日", "31 July–6 August"),
    ("month", "7月", "July"),
    ("quarter", "第三季度", "quarter 3"),
    ("half_year", "下半年", "second half-year"),
    ("year", "全年", "the year"),
    ("five_years", "2016至2020年", "2016–2020"),
])  # fmt: skip
def test_a_period_has_its_name(every: Cadence, zh: str, en: str) -> None:
    span = period_of(TODAY, every)
    with translation.override("zh-hans"):
        assert words.period(span, today=TODAY) == zh
    with translation.override("en"):
        assert words.period(span, today=TODAY) == en


def test_another_year_is_named() -> None:
    month, week = (
        Period(date(2016, 7, 1), date(2016, 8, 1)),
        Period(date(2016, 7, 4), date(2016, 7, 11)),
    )
    with translation.override("zh-hans"):
        assert words.period(month, today=TODAY) == "2016年7月"
        assert words.period(week, today=TODAY) == "2016年7月4日至10日"
    with translation.override("en"):
        assert words.period(month, today=TODAY) == "July 2016"
        assert words.period(week, today=TODAY) == "4–10 July 2016"


@pytest.mark.parametrize(("days", "zh", "en"), [
    (0, "今天到期", "due today"), (1, "明天到期", "due tomorrow"), (3, "还有 3 天", "3 days left"),
    (31, "8月31日前", "by 31 August"),
])  # fmt: skip
def test_until_when(days: int, zh: str, en: str) -> None:
    due = date.fromordinal(TODAY.toordinal() + days)
    with translation.override("zh-hans"):
        assert words.until(due, TODAY) == zh
    with translation.override("en"):
        assert words.until(due, TODAY) == en


def test_late_in_words() -> None:
    with translation.override("zh-hans"):
        assert words.late(3) == "已迟 3 天"
    with translation.override("en"):
        assert words.late(1) == "1 day late"


@pytest.mark.parametrize(("official", "called"), [
    ("李成功村社区居民委员会", "李成功村社区"), ("后郑庄村委会", "后郑庄村"),
    ("西库村村民委员会", "西库村"), ("西库村", "西库村"), ("村委会", "村委会"), ("", ""),
])  # fmt: skip
def test_a_village_is_called_without_its_committee(official: str, called: str) -> None:
    assert words.place(official) == called


def test_numbers_lose_no_digit_and_gain_none() -> None:
    assert words.amount(1250, 2) == "12.5"
    assert words.amount(100000, 2) == "1,000"
    assert words.amount(20) == "20"
    assert words.figure(10213) == "10,213"
    assert words.figure(88.236) == "88.24"
    assert words.figure(None) == "—"


def test_addresses_carry_uids_and_targets_numbers() -> None:
    known = {"aaa": 17, "bbb": 4}.get
    address = targets.obligation("visit", "aaa", date(2017, 7, 1), "bbb")
    assert address == "obligation:visit:aaa:2017-07-01:bbb"
    assert targets.number_of(address, known) == "obligation:visit:17:2017-07-01:4"
    assert targets.number_of("score:town:aaa:2017-07-31", known) == "score:town:17:2017-07-31"
    assert targets.number_of("figure:visits", known) == "figure:visits"
    for odd in ("", "figure:", "odd:x", "obligation:visit:zzz:2017-07-01", "score:town:zzz",
                "obligation:visit:aaa:2017-7-1", "obligation:visit:aaa",
                "obligation:visit:17:x"):  # fmt: skip
        assert targets.number_of(odd, known) is None, odd
