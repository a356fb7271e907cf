"""系统运行: when the last good backup and restore were, and what else the doctor says."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from bangfu.exchange.doctor.examining import examine
from bangfu.exchange.doctor.findings import Level
from bangfu.web import clock
from bangfu.web.audience import audience
from bangfu.web.words import say

# As badges have them: what is done, due, late.
_BADGE: dict[Level, str] = {"good": "done", "warning": "due", "error": "late"}


@audience("system")
@require_GET
def upkeep(request: HttpRequest) -> HttpResponse:
    """Every finding, what is not well first; reading the whole database is the command's."""
    found = examine(now=clock.now(), whole=False)
    lines = [
        {
            "title": _title(one.check),
            "badge": _BADGE[one.level],
            "state": _state(one.level),
            "said": say(one.said),
            "cause": say(one.cause),
            "cure": say(one.cure),
        }
        for level in reversed(_BADGE)
        for one in found
        if one.level == level
    ]
    problems = sum(one.level != "good" for one in found)
    return render(request, "pages/upkeep.html", {"lines": lines, "problems": problems})


def _title(check: str) -> str:
    return {
        "configuration": _("Settings"),
        "version": _("Version of the data"),
        "database": _("Database"),
        "room": _("Room on the disk"),
        "clock": pgettext("machine", "Clock"),
        "checkpoint": _("Checkpoints"),
        "backup": _("Last backup"),
        "restore": _("Last restore"),
        "keys": _("Key files"),
        "language": _("Language and time zone"),
    }[check]


def _state(level: Level) -> str:
    return {
        "good": pgettext("upkeep", "in order"),
        "warning": pgettext("upkeep", "look after it"),
        "error": pgettext("upkeep", "act now"),
    }[level]
