"""What the frame of every page needs: sections, name, letters' size."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from bangfu.records import queries
from bangfu.web import clock
from bangfu.web.audience import Page
from bangfu.web.reader import Reader, reader_of
from bangfu.web.words import say

LARGE = "large"
MOST_POSTS = 3


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of the navigation; `name` is that of its URL."""

    name: str
    title: str
    here: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page; `account` tells one person's drafts from another's.

    `today` is the county's; `fixed` where it is not the clock's, as in an invented county.
    """

    nav: tuple[Section, ...]
    account: str
    name: str
    posts: str
    large: bool
    today: date | None = None
    fixed: bool = False


def frame(request: HttpRequest) -> dict[str, Frame]:
    """The frame of the page that `request` asks for."""
    large = request.COOKIES.get(LARGE) == "1"
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {"frame": Frame((), "", "", "", large)}
    reader = reader_of(request)
    name = queries.kept(
        reader.policy, ("own name", get_language()), lambda: _own_name(reader), as_of=reader.today
    )
    name = name or request.user.get_username()
    return {
        "frame": Frame(
            nav=_sections(request, reader),
            account=reader.policy.person_uid or request.user.get_username(),
            name=name,
            posts=_posts(reader),
            large=large,
            today=reader.today,
            fixed=reader.today != timezone.localtime(clock.now()).date(),
        )
    }


def _own_name(reader: Reader) -> str:
    person = reader.policy.person
    names = queries.names(reader.policy, [person]) if person else {}
    return names[person].name if person in names else ""


def _posts(reader: Reader) -> str:
    """The posts held today, the first few of them."""
    roles = dict.fromkeys(post.role for post in reader.policy.roles)
    known = [reader.handbook.roles[role] for role in roles]
    # A post without a page (a cadre of a unit) says nothing about what one does here.
    titles = [say(role.title) for role in known if role.page != "none"]
    if len(titles) > MOST_POSTS:
        return _("%(first)s and others") % {"first": titles[0]}
    return pgettext("list", ", ").join(titles)


def sections(
    pages: frozenset[Page], *, procedures: bool = False, checks: bool = False
) -> list[tuple[str, str]]:
    """The sections that a person with these pages has, most used first; cases and doubts only
    where the handbook has `procedures` and `checks`.
    """
    found: list[tuple[str, str]] = []
    today = ("today", pgettext("day", "Today"))
    if "today" in pages:
        found.append(today)
    if pages & {"county", "audit"}:
        found += [("county", _("County")), ("figures", _("Figures"))]
    if pages & {"township", "county", "audit"}:
        found.append(("township", _("Township")))
    if "township" in pages and today not in found:
        found.append(today)
    if pages & {"today", "township", "county"}:
        found.append(("record", _("Record")))
    found += _run(pages, procedures=procedures, checks=checks)
    found += _kept(pages)
    if pages & {"today", "township"} and not pages & {"county", "audit"}:
        found.append(("month", _("Month")))
    if pages & {"system", "security", "audit"}:
        found.append(("accounts", _("Accounts")))
    if "system" in pages:
        found.append(("upkeep", _("Upkeep")))
    if "audit" in pages:
        found.append(("audit", _("Audit")))
    if pages:
        found.append(("handbook", _("Rules")))
    return found


def _kept(pages: frozenset[Page]) -> list[tuple[str, str]]:
    """The registry's desk for those who keep it, for the others the files of households."""
    if "desk" in pages:
        return [("desk", pgettext("section", "Registry"))]
    reads = pages & {"today", "township", "county", "audit"}
    return [("households", _("Households"))] if reads else []


def _run(pages: frozenset[Page], *, procedures: bool, checks: bool) -> list[tuple[str, str]]:
    """What runs, and what is wrong."""
    found = []
    if procedures and pages & {"township", "county", "audit"}:
        found.append(("cases", _("Cases")))
    # Offices find them among the tabs of the township's page.
    if checks and "today" in pages and not pages & {"township", "county", "audit"}:
        found.append(("doubts", _("Doubts")))
    return found


def _sections(request: HttpRequest, reader: Reader) -> tuple[Section, ...]:
    match = request.resolver_match
    here = match.url_name if match else ""
    here = _PART_OF.get(here or "", here)
    rules = reader.handbook
    found = sections(reader.pages, procedures=bool(rules.procedures), checks=bool(rules.checks))
    return tuple(Section(name, title, name == here) for name, title in found)


_PART_OF = {
    "rule": "handbook",
    "amended": "audit",
    "case": "cases",
    "case-notice": "cases",
    "household": "households",
    "household-card": "households",
    "household-slips": "households",
    "household-authorisation": "households",
    **dict.fromkeys(("doubts-of", "doubts-course", "proposed", "income"), "doubts"),
    "account-log": "accounts",
    "all-tokens": "accounts",
    "accounts-shown": "accounts",
    **dict.fromkeys(
        (
            "desk-find",
            "desk-new",
            "desk-subject",
            "desk-about",
            "desk-correct",
            "desk-handover",
            "desk-members",
            "desk-change",
            "desk-undo",
        ),
        "desk",
    ),
    "record-kind": "record",
    "staffing": "township",
    "board": "township",
    "board-wall": "township",
    "pairing": "township",
    "pairing-plan": "township",
    "pairing-match": "township",
    "branches": "township",
    "branch": "township",
    "coverage": "township",
    "reached": "township",
    "reached-export": "township",
    **dict.fromkeys(("sheets", "import", "sheet-export"), "desk"),
    "duty-rows": "township",
    "month-rows": "month",
}
