"""The only reads: each takes the reader's policy first, and without one there is nothing to see.

    facts, names ──────────────┐
    tables ─► engine ─► numbers┴─► pages, commands

Every query of a number has two days: `as_of`, the day it speaks of, and `known_at`, the sequence
up to which the ledger counts (`known_at(day)` finds it for a day).
"""

from __future__ import annotations

from bangfu.records.county import account_names, founded, known_at, sequence, today
from bangfu.records.handbooks import handbook, use_handbook
from bangfu.records.ledger_queries import (
    Seal,
    fact,
    facts,
    history,
    last_values,
    may_amend,
    own_facts,
    recordable_kinds,
    seal,
)
from bangfu.records.names import (
    Named,
    find,
    my_subjects,
    named,
    names,
    performers,
    places,
    subject,
)
from bangfu.records.numbers import (
    figure,
    figures,
    owed,
    reach,
    scores,
    steps,
    tables,
    trace,
    vacancies,
)
from bangfu.records.verify import verify

__all__ = [
    "Named", "Seal", "account_names", "fact", "facts", "figure", "figures", "find", "founded",
    "handbook", "history", "known_at", "last_values", "may_amend", "my_subjects", "named",
    "names", "owed", "own_facts", "performers", "places", "reach", "recordable_kinds", "scores",
    "seal",
    "sequence", "steps", "subject", "tables", "today", "trace", "use_handbook", "vacancies",
    "verify",
]  # fmt: skip
