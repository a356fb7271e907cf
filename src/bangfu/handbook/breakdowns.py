"""The breakdowns (分列) of a coverage: by a status, by what a post is held for, by a place."""

from __future__ import annotations

from collections.abc import Iterable

from bangfu.core.registry import SUBJECT_TITLES
from bangfu.core.rules import Handbook, StatusKind, SubjectType
from bangfu.core.text import Text

PLACES: tuple[SubjectType, ...] = ("village", "township")
_POST = "assignments"


def post_of(name: str) -> str:
    """The role of a breakdown "assignments:ROLE", "" of any other."""
    source, _, role = name.partition(":")
    return role if source == _POST else ""


def breakdown_title(handbook: Handbook, name: str) -> Text:
    """What the lines of a breakdown are: a status, a type of subject; the name if unknown."""
    role = handbook.roles.get(post_of(name))
    if role is not None:
        return SUBJECT_TITLES[role.subject]
    for place in PLACES:
        if name == place:
            return SUBJECT_TITLES[place]
    status = handbook.statuses.get(name)
    return status.title if status else Text(name, name)


def split_status(handbook: Handbook, names: Iterable[str]) -> StatusKind | None:
    """The first of the breakdowns that is by a status."""
    return next((handbook.statuses[name] for name in names if name in handbook.statuses), None)
