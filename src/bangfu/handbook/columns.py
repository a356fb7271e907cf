"""Which columns a condition may use where: statuses, fields, and the published views."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from bangfu.core.procedures import Procedure, ProcedureStep
from bangfu.core.registry import SUBJECT_TITLES
from bangfu.core.results import STATE_TITLES
from bangfu.core.rules import FactKind, Field, Handbook, StatusKind, SubjectType
from bangfu.core.text import Text
from bangfu.handbook.condition_types import Column, ColumnType

VIEW_OF: Mapping[SubjectType, str] = {
    kind: "group_" if kind == "group" else kind for kind in SUBJECT_TITLES if kind != "county"
}
FLAG = {"yes": Text("是", "yes")}
_ID, _TEXT, _DAY, _NUMBER = Column("id"), Column("text"), Column("date"), Column("number")
_TYPES: Mapping[str, ColumnType] = {
    "text": "text",
    "integer": "number",
    "number": "number",
    "money": "number",
    "choice": "text",
    "choices": "list",
    "boolean": "boolean",
    "date": "date",
    "reference": "text",
}
_ASSIGNMENT: Mapping[str, Column] = {
    "id": _ID,
    "person": _ID,
    "role": _TEXT,
    "subject": _ID,
    "start_day": _DAY,
    "end_day": _DAY,
}
MEMBER: Mapping[str, Column] = {
    "household": _ID, "person": _ID, "relation": _TEXT, "joined_on": _DAY,
}  # fmt: skip
_PARTICIPANT: Mapping[str, Column] = {"fact": _ID, "role": _TEXT, "participant": _ID}
# A figure over a duty counts its obligations.
_OBLIGATION: Mapping[str, Column] = {
    "subject": _ID,
    "person": _ID,
    "start_day": _DAY,
    "end_day": _DAY,
    "due": _DAY,
    "closes": _DAY,
    "need": _NUMBER,
    "got": _NUMBER,
    "state": Column("text", {state.name.lower(): title for state, title in STATE_TITLES.items()}),
}


class Rows(NamedTuple):
    """What a condition speaks of: the columns of one row, and the row's name in subqueries."""

    columns: Mapping[str, Column]
    row: str


def status_columns(statuses: Iterable[StatusKind], subject: SubjectType) -> dict[str, Column]:
    """The columns of a condition on a subject: its statuses, `since` and `id`."""
    columns = {"id": _ID, "since": _DAY}
    for status in statuses:
        if status.subject == subject:
            options = FLAG if status.type == "flag" else status.options
            columns[status.id] = Column("text", options, status.title)
    return columns


def view_columns(statuses: Iterable[StatusKind], subject: SubjectType) -> dict[str, Column]:
    """The columns of a subject's published view."""
    return {"village": _ID, "township": _ID, **status_columns(statuses, subject)}


def fact_columns(kind: FactKind) -> dict[str, Column]:
    """The columns of a condition on a fact; personal fields are known and refused."""
    columns = {"subject": _ID, "performer": _ID, "occurred_on": _DAY}
    columns.update({field.id: field_column(field) for field in kind.fields})
    return columns


def field_column(field: Field) -> Column:
    """A field as a column; what names a fact or a project stands for it."""
    if field.numbered:
        return Column("id", {}, field.title, field.personal)
    return Column(_TYPES[field.type], field.options, field.title, field.personal)


def common_columns(kinds: Iterable[FactKind]) -> dict[str, Column]:
    """The columns that all of the kinds have with the same type; options are put together."""
    tables = [fact_columns(kind) for kind in kinds]
    if not tables:
        return {}
    common: dict[str, Column] = {}
    for name, column in tables[0].items():
        others = [table[name] for table in tables[1:] if name in table]
        if len(others) == len(tables) - 1 and all(o.type == column.type for o in others):
            options = {k: v for one in (column, *others) for k, v in one.options.items()}
            personal = any(one.personal for one in (column, *others))
            common[name] = Column(column.type, options, column.title, personal)
    return common


LASTS = Column("number", {}, Text("天数", "how many days it lasts"))


def case_columns(
    handbook: Handbook, procedure: Procedure, before: Iterable[ProcedureStep]
) -> dict[str, Column]:
    """The columns of a step's `when`: the fields of the fact that opened the case, `lasts` where
    it has a first and a last day, and as `STEP_FIELD` those of the steps before. What names
    another fact or a project is none of them: a draft names it by uid, the ledger by its number.
    """
    opening = handbook.kinds[procedure.opens]
    columns = _own_columns(opening, "")
    if opening.span:
        columns["lasts"] = LASTS
    for step in before:
        columns.update(_own_columns(handbook.kinds[step.fact], f"{step.id}_"))
    return columns


def _own_columns(kind: FactKind, prefix: str) -> dict[str, Column]:
    fields = [field for field in kind.fields if not field.numbered]
    return {f"{prefix}{field.id}": field_column(field) for field in fields}


def published_views(handbook: Handbook) -> dict[str, Mapping[str, Column]]:
    """The views that a figure or a coverage may query, with their columns."""
    statuses = handbook.statuses.values()
    views: dict[str, Mapping[str, Column]] = {
        view: view_columns(statuses, subject) for subject, view in VIEW_OF.items()
    }
    views["assignment"], views["member"] = _ASSIGNMENT, MEMBER
    for kind in handbook.kinds.values():
        name = kind.id.replace(".", "_")
        views[f"fact_{name}"] = {"fact": _ID, **fact_columns(kind)}
        if kind.participants:
            views[f"participant_{name}"] = _PARTICIPANT
    return views


def figure_rows(handbook: Handbook, of: str) -> Rows | None:
    """What the conditions of a figure `of` something speak of, None if there is no such thing."""
    source, _, name = of.partition(":")
    kind = handbook.kinds.get(name)
    if source == "facts" and kind:
        return Rows({"fact": _ID, **fact_columns(kind)}, f"fact_{name.replace('.', '_')}")
    if source == "participants" and kind:
        return Rows(_PARTICIPANT, f"participant_{name.replace('.', '_')}")
    if source == "assignments" and name in handbook.roles:
        return Rows(_ASSIGNMENT, "assignment")
    if source == "duty" and (name in handbook.duties or name in handbook.deadlines):
        return Rows(_OBLIGATION, "obligation")
    if source == "subjects":
        return _population(handbook, name)
    if source == "coverage" and name in handbook.coverage:
        return _population(handbook, handbook.coverage[name].population)
    if source == "staffing" and name in handbook.staffing:
        role = handbook.roles.get(handbook.staffing[name].role)
        return _population(handbook, role.subject) if role else None
    return None


def _population(handbook: Handbook, subject: str) -> Rows | None:
    for known, view in VIEW_OF.items():
        if known == subject:
            return Rows(view_columns(handbook.statuses.values(), known), view)
    return None
