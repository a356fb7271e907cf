"""Which posts nobody may hold at once, so that nobody checks, or gives rights to, himself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bangfu.core.terms import Term, term_on
from bangfu.core.text import Text


@dataclass(frozen=True, slots=True)
class Separation:
    """Posts that one person may not hold on the same day (不相容岗位).

    Any two of `roles`; with `against`, each of `roles` and each of `against` instead.
    """

    id: str
    title: Text
    roles: tuple[str, ...]
    terms: tuple[Term, ...]
    against: tuple[str, ...] = ()

    @property
    def named(self) -> tuple[str, ...]:
        """Every role that the rule speaks of."""
        return (*self.roles, *self.against)

    def parts(self, one: str, other: str) -> bool:
        """Whether the two roles are kept apart, whatever the day."""
        if not self.against:
            return one != other and one in self.roles and other in self.roles
        return (one in self.roles and other in self.against) or (
            other in self.roles and one in self.against
        )


def separated(rules: Iterable[Separation], one: str, other: str, day: date) -> Separation | None:
    """The first rule in force on `day` that keeps two roles apart, or None."""
    for rule in rules:
        if rule.parts(one, other) and term_on(rule.terms, day) is not None:
            return rule
    return None
