"""The only reads: each takes the reader's policy first, and without one there is nothing to see.

    facts, names ──────────────┐
    tables ─► engine ─► numbers┴─► pages, commands

Every query of a number has two days: `as_of`, the day it speaks of, and `known_at`, the sequence
up to which the ledger counts (`known_at(day)` finds it for a day).
"""

from __future__ import annotations

from bangfu.records.account_queries import (
    STATES,
    AccountLine,
    State,
    account_rights,
    accounts,
    counts,
    events,
    line_of,
)
from bangfu.records.account_rights import Rights, office_held
from bangfu.records.county import account_names, founded, known_at, sequence, today
from bangfu.records.desk_queries import (
    Card,
    Dated,
    Tie,
    browse,
    card,
    carry_identifiers,
    desk_kinds,
    may_erase,
)
from bangfu.records.handbooks import handbook, use_handbook
from bangfu.records.ledger_queries import (
    Seal,
    fact,
    facts,
    facts_about,
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
    kept,
    owed,
    reach,
    scores,
    steps,
    tables,
    trace,
    vacancies,
)
from bangfu.records.stand_ins import StandIn, stand_ins
from bangfu.records.tokens import Token, all_tokens, may_revoke, own_tokens
from bangfu.records.verify import verify

__all__ = [
    "STATES",
    "AccountLine",
    "Card",
    "Dated",
    "Named",
    "Rights",
    "Seal",
    "StandIn",
    "State",
    "Tie",
    "Token",
    "account_names",
    "account_rights",
    "accounts",
    "all_tokens",
    "browse",
    "card",
    "carry_identifiers",
    "counts",
    "desk_kinds",
    "events",
    "fact",
    "facts",
    "facts_about",
    "figure",
    "figures",
    "find",
    "founded",
    "handbook",
    "history",
    "kept",
    "known_at",
    "last_values",
    "line_of",
    "may_amend",
    "may_erase",
    "may_revoke",
    "my_subjects",
    "named",
    "names",
    "office_held",
    "owed",
    "own_facts",
    "own_tokens",
    "performers",
    "places",
    "reach",
    "recordable_kinds",
    "scores",
    "seal",
    "sequence",
    "stand_ins",
    "steps",
    "subject",
    "tables",
    "today",
    "trace",
    "use_handbook",
    "vacancies",
    "verify",
]  # fmt: skip
