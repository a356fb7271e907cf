"""The grammar of pairing (结对): who may help whom, and what counts in a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bangfu.core.terms import Term
from bangfu.core.text import Text


@dataclass(frozen=True, slots=True)
class Ask:
    """What some households ask of their helper: those that meet `where` get only helpers who meet
    `requires`. Both are conditions on dated statuses.
    """

    where: str
    requires: str


@dataclass(frozen=True, slots=True)
class PairingTerm(Term):
    """What a plan may do and what it costs, in cost units.

    `eligible`: who may help at all; whoever meets `near` helps in his own township only;
    `avoid_home`: nobody helps in his home village. `per_km` is a kilometre of the way, which is
    `detour` times as long as the straight line; `unmet` a need that the helper lacks the skill
    for; `unlinked` a village that is neither linked to his unit nor in his own township; `change`
    another helper than now; `load` what his first, second, … household costs, never falling.
    `most` is how many each may take, if fewer than the cap of the staffing rule. `points` is what a
    household counts by its difficulty (1 where that is not known); `most` and `load` are then in
    points.
    """

    eligible: str = ""
    near: str = ""
    avoid_home: bool = False
    asks: tuple[Ask, ...] = ()
    detour: float = 1.0
    per_km: int = 100
    unmet: int = 250
    unlinked: int = 1500
    change: int = 800
    load: tuple[int, ...] = (0,)
    most: int | None = None
    points: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pairing:
    """Whom a plan of pairs (结对规则) is about: the subjects and the cap of a staffing rule, whose
    post is held for households, or for villages: then it is about their leaders (领导分包).

    `need`, `skill`, `home`, `capacity`, `avoid` and `link` each name a field, as "kind.field", of
    which the latest fact about a subject counts: what a household needs and what a person can,
    with the same options; his home place; how many he may take, if fewer than the cap; a household
    that he must not have (every standing fact counts); the unit that a village is linked to (every
    standing fact). `points` is the status by which a household is difficult (难度). `approval` is
    the kind of the fact by which a plan is approved.
    """

    id: str
    title: Text
    staffing: str
    terms: tuple[PairingTerm, ...]
    need: str = ""
    skill: str = ""
    home: str = ""
    capacity: str = ""
    avoid: str = ""
    link: str = ""
    points: str = ""
    approval: str = ""
