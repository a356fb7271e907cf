"""The shape of a draft, whoever made it: what is no text, no day or no list is refused by name.

Forms and sheets cannot send such; a program that calls the actions, or a forged request, can.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bangfu.core.facts import Draft
from bangfu.records import refusals


def check_shape(draft: Draft) -> None:
    """Raise a refusal that names the first part of the draft that is not what it has to be."""
    if _plain(draft):
        return
    for name, fits in (
        ("uid", _name(draft.uid)),
        ("kind", isinstance(draft.kind, str)),
        ("occurred_on", type(draft.occurred_on) is date),
        ("subject", _name(draft.subject)),
        ("performed_by", _name(draft.performed_by)),
        ("values", isinstance(draft.values, Mapping) and all(map(_text, draft.values))),
        ("participants", _list(draft.participants) and all(map(_pair, draft.participants))),
        ("more_subjects", _list(draft.more_subjects) and all(map(_name, draft.more_subjects))),
        ("minute", draft.minute is None or type(draft.minute) is int),
        ("amends", draft.amends is None or _name(draft.amends)),
        ("reason", isinstance(draft.reason, str)),
    ):
        if not fits:
            raise refusals.bad_draft(name)


def _plain(draft: Draft) -> bool:
    """Whether all is well at one look, as it mostly is; False says nothing."""
    amends = () if draft.amends is None else (draft.amends,)
    try:  # joining refuses what is no text
        "".join((draft.kind, draft.reason, *draft.values))
        names = "".join(
            (draft.uid, draft.subject, draft.performed_by, *draft.more_subjects, *amends)
        )
    except TypeError:
        return False
    return (
        names.isascii()
        and not draft.participants
        and isinstance(draft.values, dict)
        and type(draft.occurred_on) is date
        and isinstance(draft.participants, tuple)
        and isinstance(draft.more_subjects, tuple)
        and (draft.minute is None or type(draft.minute) is int)
    )


def _text(value: object) -> bool:
    return isinstance(value, str)


def _name(value: object) -> bool:
    """A uid, or at least what the database can be asked for."""
    return isinstance(value, str) and value.isascii()


def _list(value: object) -> bool:
    return isinstance(value, (tuple, list))


def _pair(value: object) -> bool:
    if not isinstance(value, (tuple, list)) or len(value) != 2:  # noqa: PLR2004
        return False
    role, uid = value
    return isinstance(role, str) and _name(uid)
