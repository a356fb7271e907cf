"""Posts that control each other and that nothing keeps apart."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from bangfu.core.registry import REGISTRY_KINDS
from bangfu.core.rules import Handbook, Role
from bangfu.handbook.problems import Issue

_POSTS = next(kind for kind in REGISTRY_KINDS if kind.id == "registry.assignment")
# Who opens accounts, who sets passwords, who reads what both did.
_CONTROLS = frozenset(("system", "security", "audit"))


def posts_together(handbook: Handbook) -> Iterator[Issue]:
    """Pairs of posts that one person could hold although the one controls the other.

    The administrators' pages from each other, and from whoever enters who holds which post.
    """
    numbers = {name: number for number, name in enumerate(handbook.roles, start=1)}
    for one, other in combinations(handbook.roles.values(), 2):
        if _controls(one, other) and not _apart(handbook, one.id, other.id):
            words = {"one_zh": one.title.zh, "other_zh": other.title.zh, "one": one.id,
                     "other": other.id}  # fmt: skip
            yield Issue("", "county", f"roles[{numbers[other.id]}]", "posts_together", words)


def _controls(one: Role, other: Role) -> bool:
    enters = {rule.role for rule in _POSTS.recorders}
    mine, his = one.page in _CONTROLS, other.page in _CONTROLS
    if mine and his:
        return one.page != other.page
    return (mine and other.id in enters) or (his and one.id in enters)


def _apart(handbook: Handbook, one: str, other: str) -> bool:
    """Whether a rule without an end keeps them apart."""
    return any(
        rule.parts(one, other) and any(term.end is None for term in rule.terms)
        for rule in handbook.separations.values()
    )
