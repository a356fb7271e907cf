"""The rules of a handbook by the folder that they stand in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from bangfu.core.rules import Handbook, Term


class Ruled(Protocol):
    """A rule of any shape: what it says has its days."""

    @property
    def terms(self) -> Sequence[Term]:
        """What it says, by days."""


def rules_by_folder(handbook: Handbook) -> dict[str, Mapping[str, Ruled]]:
    """Every rule of the handbook by folder and id, built-in registry kinds left out."""
    return {
        "facts": {k: v for k, v in handbook.kinds.items() if not v.registry},
        "duties": handbook.duties,
        "deadlines": handbook.deadlines,
        "staffing": handbook.staffing,
        "coverage": handbook.coverage,
        "figures": handbook.figures,
        "scores": handbook.scores,
        "ladders": handbook.ladders,
        "procedures": handbook.procedures,
        "checks": handbook.checks,
        "formulas": handbook.formulas,
        "pairings": handbook.pairings,
    }
