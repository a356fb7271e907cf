"""Who may open a page: every view says so, and one that does not is refused.

A view declares its audience with `@audience(...)`; the middleware `DenyByDefault` reads the
declaration before the view runs. The pages that a person has follow from the posts held
today (`Role.page`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from bangfu.core.rules import Handbook

Page = Literal["today", "township", "county", "audit", "system", "security", "desk"]
# Whose posts read or write facts; administrators of the system do neither.
PAGES: tuple[Page, ...] = ("today", "township", "county", "audit")
OFFICE: tuple[Page, ...] = ("township", "county", "audit")
# Who reads what by the API: what the pages of the same name show.
OWES: tuple[Page, ...] = ("today", "township")
COUNTS: tuple[Page, ...] = ("county", "audit")

View = TypeVar("View", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Audience:
    """Who a view is for: `signed_in` False means anybody at all; `pages` empty means every
    signed-in person, else only those whose posts have one of these pages.
    """

    signed_in: bool = True
    pages: frozenset[Page] = frozenset()

    def admits(self, pages: frozenset[Page]) -> bool:
        """Whether a signed-in person with these pages is let in."""
        return not self.pages or bool(self.pages & pages)


ANYONE = Audience(signed_in=False)
SIGNED_IN = Audience()


def audience(*who: Audience | Page) -> Callable[[View], View]:
    """Declare a view's audience: `ANYONE`, `SIGNED_IN`, or the pages whose people it is for."""
    given = [item for item in who if isinstance(item, Audience)]
    pages = frozenset(item for item in who if not isinstance(item, Audience))
    declared = given[0] if given else Audience(pages=pages)

    def declare(view: View) -> View:
        vars(view)["audience"] = declared
        return view

    return declare


def declared(view: object) -> Audience | None:
    """The audience that a view declares, or None: then nobody may open it."""
    found = getattr(view, "audience", None)
    return found if isinstance(found, Audience) else None


def pages_of(roles_held: frozenset[str], handbook: Handbook) -> frozenset[Page]:
    """The pages that follow from the roles held today; who enters posts has the registry's desk."""
    found: set[Page] = set()
    for name in roles_held:
        role = handbook.roles.get(name)
        if role is not None and role.page != "none":
            found.add(role.page)
    kind = handbook.kind("registry.assignment")
    if kind is not None and any(rule.role in roles_held for rule in kind.recorders):
        found.add("desk")
    return frozenset(found)
