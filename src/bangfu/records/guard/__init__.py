"""The second wall (第二道墙): while a request is served, the database itself shows its reader only.

The first wall is that every query takes a policy and filters by it. Whoever forgets that meets
this one: `guarded(policy)` puts views of the same names before the tables, limited to the
policy's scope, and refuses the tables themselves, writes, and files of the data folder: by an
authorizer on SQLite, by rights and policies on PostgreSQL. The few functions that must see all
lift it by name (`lifted`); ADRs 0009 and 0018 say why, tests/leaks shows what it stops.
"""

from __future__ import annotations

from bangfu.records.guard.cached import cache_key
from bangfu.records.guard.state import Closed, Reader, holder, permit, raised
from bangfu.records.guard.tables import OPEN, PROTECTED
from bangfu.records.guard.wall import (
    closed_by_default,
    guarded,
    lifted,
    lifting,
    must_stand,
    opened_by_default,
)

__all__ = [
    "OPEN", "PROTECTED", "Closed", "Reader", "cache_key", "closed_by_default", "guarded",
    "holder", "lifted", "lifting", "must_stand", "opened_by_default", "permit", "raised",
]  # fmt: skip
