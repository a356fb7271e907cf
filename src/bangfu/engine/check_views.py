"""The views that checks read as Arrow tables: the published ones, and what the mirror adds.

Personal values are in here, and names of nobody; what a check makes of them is marked personal.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import numpy as np
import pyarrow as pa

from bangfu.core.marks import marks
from bangfu.core.periods import day_number
from bangfu.core.rules import FactKind, Handbook
from bangfu.engine.spans import Ints
from bangfu.engine.tables import NO_FACTS, FactTable, Tables
from bangfu.engine.views import days, field_column, member_rows, view
from bangfu.handbook.check_views import measured


def check_view(
    handbook: Handbook,
    tables: Tables,
    name: str,
    *,
    as_of: date,
    columns: Collection[str] | None = None,
) -> pa.Table:
    """The view of that name, with what is known on `as_of`; `KeyError` if there is none.

    Of facts only the fields among `columns`, where these are named.
    """
    day = day_number(as_of)
    if name == "member_left":
        return member_rows(tables, day=day, left=True)
    for kind in handbook.kinds.values():
        suffix = kind.id.replace(".", "_")
        if name not in (f"fact_{suffix}", f"latest_{suffix}"):
            continue
        table = tables.facts.get(kind.id, NO_FACTS)
        known = np.flatnonzero(table.day <= day)
        if name.startswith("latest_"):
            known = newest(table, known)
        return check_rows(kind, table, known, columns)
    return view(handbook, tables, name, as_of=as_of)


def newest(table: FactTable, at: Ints) -> Ints:
    """Of these rows the newest of each subject: the latest day, then the latest recorded."""
    order = at[np.lexsort((table.fact[at], table.day[at], table.subject[at]))]
    subject = table.subject[order]
    last = np.ones(len(order), dtype=np.bool_)
    last[:-1] = subject[1:] != subject[:-1]
    found: Ints = order[last]
    return found


def check_rows(
    kind: FactKind, table: FactTable, at: Ints, wanted: Collection[str] | None = None
) -> pa.Table:
    """Some rows of a fact table, with all that the mirror holds of them, or what is wanted."""
    columns: dict[str, pa.Array] = {
        "fact": pa.array(table.fact[at]),
        "subject": pa.array(table.subject[at]),
        "performer": pa.array(table.performer[at]),
        "occurred_on": days(table.day[at]),
    }
    for field in (*filter(measured, kind.fields), *(one for one, _, _ in marks(kind))):
        if wanted is None or field.id in wanted:
            columns[field.id] = field_column(table, field, at)
    return pa.table(columns)
