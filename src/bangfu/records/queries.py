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
    attended,
    fact,
    facts,
    facts_about,
    facts_of,
    history,
    last_values,
    may_amend,
    own_facts,
    recordable_kinds,
    seal,
)
from bangfu.records.names import (
    Bearer,
    Named,
    bearers,
    find,
    holders,
    my_subjects,
    named,
    names,
    performers,
    places,
    subject,
)
from bangfu.records.numbers import (
    case_of,
    cases,
    figure,
    figures,
    kept,
    next_for,
    owed,
    reach,
    reaching,
    scores,
    steps,
    tables,
    to_come,
    trace,
    vacancies,
    values_of,
)
from bangfu.records.pairing.actions import may_plan
from bangfu.records.pairing.looking import plan, plans, proposal
from bangfu.records.pairing.proposal import PlanLine, Proposal
from bangfu.records.referring import fact_title, facts_named, facts_to_name, references
from bangfu.records.stand_ins import Ending, StandIn, ending, stand_ins
from bangfu.records.tokens import Token, all_tokens, may_revoke, own_tokens
from bangfu.records.verify import verify

__all__ = [
    "STATES",
    "AccountLine",
    "Bearer",
    "Card",
    "Dated",
    "Ending",
    "Named",
    "PlanLine",
    "Proposal",
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
    "attended",
    "bearers",
    "browse",
    "card",
    "carry_identifiers",
    "case_of",
    "cases",
    "counts",
    "desk_kinds",
    "ending",
    "events",
    "fact",
    "fact_title",
    "facts",
    "facts_about",
    "facts_named",
    "facts_of",
    "facts_to_name",
    "figure",
    "figures",
    "find",
    "founded",
    "handbook",
    "history",
    "holders",
    "kept",
    "known_at",
    "last_values",
    "line_of",
    "may_amend",
    "may_erase",
    "may_plan",
    "may_revoke",
    "my_subjects",
    "named",
    "names",
    "next_for",
    "office_held",
    "owed",
    "own_facts",
    "own_tokens",
    "performers",
    "places",
    "plan",
    "plans",
    "proposal",
    "reach",
    "reaching",
    "recordable_kinds",
    "references",
    "scores",
    "seal",
    "sequence",
    "stand_ins",
    "steps",
    "subject",
    "tables",
    "to_come",
    "today",
    "trace",
    "use_handbook",
    "vacancies",
    "values_of",
    "verify",
]  # fmt: skip
