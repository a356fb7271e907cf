"""Days, amounts and states as people say them, in the language of the request."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from bangfu.core.periods import Cadence, Period, period_of
from bangfu.core.results import State
from bangfu.core.text import Text

_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_WEEKDAYS_EN = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip
_MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def language() -> str:
    """The language of this request: "zh" or "en"."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def say(text: Text | str | None) -> str:
    """A handbook's words in the language of this request."""
    if text is None:
        return ""
    return text if isinstance(text, str) else text.say(language())


_COMMITTEES = (
    ("村村民委员会", "村"), ("村民委员会", "村"), ("村委会", "村"),
    ("居民委员会", ""), ("居委会", ""),
)  # fmt: skip


def place(name: str) -> str:
    """A village as people call it, without its committee: 后郑庄村, 李成功村社区."""
    for committee, short in _COMMITTEES:
        if name.endswith(committee) and name != committee:
            return name.removesuffix(committee) + short
    return name


def day(value: date, *, year: bool = False) -> str:
    """7月31日, or 2017年7月31日; 31 July, or 31 July 2017."""
    if language() == "en":
        words = f"{value.day} {_MONTHS_EN[value.month - 1]}"
        return f"{words} {value.year}" if year else words
    words = f"{value.month}月{value.day}日"
    return f"{value.year}年{words}" if year else words


def full_day(value: date) -> str:
    """2017年7月31日 周一, or Monday 31 July 2017."""
    said = day(value, year=True)
    if language() == "en":
        return f"{_WEEKDAYS_EN[value.weekday()]} {said}"
    return f"{said} {_WEEKDAYS[value.weekday()]}"


def month(value: date) -> str:
    """2017年7月, or July 2017."""
    if language() == "en":
        return f"{_MONTHS_EN[value.month - 1]} {value.year}"
    return f"{value.year}年{value.month}月"


def period(span: Period, *, today: date | None = None) -> str:
    """A period as people name it: a day, a month, a quarter, a year, else from and to.

    The year is left out where it is today's.
    """
    year = today is None or span.start.year != today.year
    if span.days == 1:
        return day(span.start, year=year)
    cadence = next((c for c in _NAMED if period_of(span.start, c) == span), None)
    if cadence is not None:
        return _named(span, cadence, year=year)
    last = span.last_day
    same_month = (span.start.year, span.start.month) == (last.year, last.month)
    if language() == "en":
        first = str(span.start.day) if same_month else day(span.start)
        return f"{first}–{day(last, year=year)}"
    end = f"{last.day}日" if same_month else day(last)
    return f"{day(span.start, year=year)}至{end}"


_NAMED: tuple[Cadence, ...] = ("month", "quarter", "half_year", "year", "five_years")


def _named(span: Period, cadence: Cadence, *, year: bool) -> str:
    """The name of a calendar period longer than a week."""
    first, index = span.start.year, span.start.month
    quarter = (index - 1) // 3
    zh = {
        "month": f"{index}月",
        "quarter": f"第{'一二三四'[quarter]}季度",
        "half_year": f"{'上' if index == 1 else '下'}半年",
        "year": "全年",
        "five_years": f"{first}至{first + 4}年",
    }
    en = {
        "month": _MONTHS_EN[index - 1],
        "quarter": f"quarter {quarter + 1}",
        "half_year": f"{'first' if index == 1 else 'second'} half-year",
        "year": "the year",
        "five_years": f"{first}–{first + 4}",
    }
    if language() == "en":
        named = en[cadence]
        return f"{named} {first}" if year and cadence != "five_years" else named
    if year and cadence != "five_years":
        return f"{first}年{'' if cadence == 'year' else zh[cadence]}"
    return zh[cadence]


def late(days: int) -> str:
    """已迟 3 天."""
    return ngettext("%(days)d day late", "%(days)d days late", days) % {"days": days}


def until(due: date, today: date) -> str:
    """When something not yet late must be done."""
    left = (due - today).days
    if left == 0:
        return _("due today")
    if left == 1:
        return _("due tomorrow")
    if left <= 7:  # noqa: PLR2004 -- within a week people count days
        return ngettext("%(days)d day left", "%(days)d days left", left) % {"days": left}
    return _("by %(day)s") % {"day": day(due, year=due.year != today.year)}


def amount(scaled: int, decimals: int = 0) -> str:
    """A scaled integer as a number: 1250 with two decimals is 12.5."""
    number = Decimal(scaled).scaleb(-decimals)
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def figure(value: float | None) -> str:
    """A figure's value: thousands marked, at most two decimals; a dash where there is none."""
    if value is None:
        return "—"
    if isinstance(value, int) or float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


STATE_MARKS: dict[State, str] = {
    State.DUE: "due",
    State.DONE: "done",
    State.LATE: "due",
    State.OVERDUE: "late",
    State.EXCUSED: "",
    State.OVER: "late",
}
