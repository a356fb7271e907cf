"""Filters that put days, amounts and handbook words into the reader's language."""

from __future__ import annotations

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from bangfu.core.periods import Period
from bangfu.core.results import STATE_TITLES, State
from bangfu.core.text import Text
from bangfu.web import clock, words
from bangfu.web.duties import Row

register = template.Library()


@register.filter
def say(text: Text | str | None) -> str:
    """A handbook's words in the reader's language."""
    return words.say(text)


@register.filter
def day(value: date | None, today: date | None = None) -> str:
    """A day; the year is left out where it is that of `today`."""
    if value is None:
        return ""
    return words.day(value, year=today is None or value.year != today.year)


@register.filter
def full_day(value: date) -> str:
    """A day with its weekday."""
    return words.full_day(value)


@register.filter
def month(value: date) -> str:
    """2017年7月."""
    return words.month(value)


@register.filter
def moment(value: datetime | None) -> str:
    """A day and an hour in the county's zone."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return f"{words.day(local.date(), year=True)} {local:%H:%M}"


@register.simple_tag
def now_words() -> str:
    """The moment at which a page is drawn, for what is printed."""
    return moment(clock.now())


@register.filter
def period(value: Period, today: date | None = None) -> str:
    """A period as people name it."""
    return words.period(value, today=today)


@register.filter
def number(value: float | None) -> str:
    """A figure's value."""
    return words.figure(value)


@register.filter
def state_title(value: State) -> str:
    """待办, 已办 and so on."""
    return words.say(STATE_TITLES[State(value)])


@register.filter
def state_mark(value: State) -> str:
    """The style class of a state."""
    return words.STATE_MARKS[State(value)]


@register.filter
def place(name: str) -> str:
    """A village as people call it."""
    return words.place(name)


@register.simple_tag
def duty_line(row: Row, plain: object = "") -> SafeString:
    """One obligation in a list: a page has hundreds, and a template takes ten times as long."""
    called = escape(row.called)
    parts = ['<li class="duty">']
    if row.kinds and not plain:
        parts.append(
            f'<label class="tick"><input type="checkbox" name="row" value="{escape(row.address)}">'
            f'<span class="unseen">{escape(_("Choose"))} {called}</span></label>'
        )
    parts.append(f'<a class="go" href="{escape(row.go)}"><span class="name">{called}</span>')
    if row.place:
        parts.append(f'<span class="place">{escape(row.place)}</span>')
    parts.append("</a>")
    if row.got or plain:
        url = escape(row.trace_url)
        parts.append(f'<a class="got number" href="{url}">{escape(row.amount)}</a>')
    return mark_safe("".join([*parts, "</li>"]))  # noqa: S308 -- each part is escaped above
