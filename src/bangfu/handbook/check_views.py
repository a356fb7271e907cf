"""The views that checks read: the published ones, with what the mirror holds of persons besides.

`fact_KIND` has the measured personal fields of its subject, and marks in place of texts, numbers
of papers and phones; `latest_KIND` has one row a subject; `member` says who belongs to which
household, `member_left` who did.
"""

from __future__ import annotations

from collections.abc import Mapping

from bangfu.core.kinds import FactKind, Field
from bangfu.core.marks import marks
from bangfu.core.rules import Handbook
from bangfu.handbook.columns import MEMBER, field_column, published_views
from bangfu.handbook.condition_types import Column

_ID, _DAY = Column("id"), Column("date")
_LEFT: Mapping[str, Column] = {**MEMBER, "left_on": _DAY}


def measured(field: Field) -> bool:
    """Whether the mirror holds a field's values: those of a person only where they are measured.

    Free text about a person may name him, and what is said of a participant is sealed for his sake.
    """
    if field.identifier:
        return False
    return not field.personal or (
        field.party == "subject" and field.type not in ("text", "reference")
    )


def check_columns(kind: FactKind) -> dict[str, Column]:
    """The columns of `fact_KIND` as checks read it; what is personal is marked so."""
    columns = {"fact": _ID, "subject": _ID, "performer": _ID, "occurred_on": _DAY}
    columns.update({field.id: field_column(field) for field in kind.fields if measured(field)})
    columns.update({mark.id: field_column(mark) for mark, _, _ in marks(kind)})
    return columns


def check_views(handbook: Handbook) -> dict[str, Mapping[str, Column]]:
    """Every view that a check may read, with its columns."""
    views: dict[str, Mapping[str, Column]] = published_views(handbook)
    for kind in handbook.kinds.values():
        name = kind.id.replace(".", "_")
        views[f"fact_{name}"] = check_columns(kind)
        if kind.latest:
            views[f"latest_{name}"] = check_columns(kind)
    views["member_left"] = _LEFT
    return views
