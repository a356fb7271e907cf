"""Whose facts elsewhere a number in scope needs: those of the people who answer for it."""

from __future__ import annotations

from collections.abc import Mapping

from bangfu.core.rules import Handbook


def excusing_kinds(handbook: Handbook) -> frozenset[str]:
    """The kinds, such as leave, that excuse whoever performed them."""
    terms = (term for duty in handbook.duties.values() for term in duty.terms)
    return frozenset(kind for term in terms for kind in term.excused_by)


def counting_roles(handbook: Handbook) -> Mapping[str, frozenset[str]]:
    """By kind the roles in which to take part in a fact counts for one's own post, wherever it
    took place: a class attended counts for the unit of whoever sat in it.
    """
    found: dict[str, frozenset[str]] = {}
    for duty in handbook.duties.values():
        for kind in duty.facts if duty.via else ():
            found[kind] = found.get(kind, frozenset()) | {duty.via}
    return found
