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
from bangfu.records.achieved import achieved
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
from bangfu.records.effects import Effect, effect_of
from bangfu.records.handbooks import handbook, use_handbook
from bangfu.records.household_queries import HouseholdFile, household_file
from bangfu.records.industry import ProjectLine, VillageWork
from bangfu.records.industry import projects as project_lines
from bangfu.records.industry import villages as village_work
from bangfu.records.ledger_queries import (
    Seal,
    attended,
    fact,
    facts,
    facts_about,
    facts_of,
    history,
    holding_now,
    last_values,
    may_amend,
    own_facts,
    recordable_kinds,
    seal,
    told_before,
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
    kinds_reached,
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
from bangfu.records.responsibility import (
    Answering,
    Board,
    above_of,
    board,
    done_in_year,
    look_for,
    posts_of_person,
    start_of,
)
from bangfu.records.screening import (
    course,
    doubts_about,
    formula_values,
    proposals,
    screening,
)
from bangfu.records.stand_ins import Ending, StandIn, ending, stand_ins
from bangfu.records.tokens import Token, all_tokens, may_revoke, own_tokens
from bangfu.records.verify import verify

__all__ = [
    "STATES",
    "AccountLine",
    "Answering",
    "Bearer",
    "Board",
    "Card",
    "Dated",
    "Effect",
    "Ending",
    "HouseholdFile",
    "Named",
    "PlanLine",
    "ProjectLine",
    "Proposal",
    "Rights",
    "Seal",
    "StandIn",
    "State",
    "Tie",
    "Token",
    "VillageWork",
    "above_of",
    "account_names",
    "account_rights",
    "accounts",
    "achieved",
    "all_tokens",
    "attended",
    "bearers",
    "board",
    "browse",
    "card",
    "carry_identifiers",
    "case_of",
    "cases",
    "counts",
    "course",
    "desk_kinds",
    "done_in_year",
    "doubts_about",
    "effect_of",
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
    "formula_values",
    "founded",
    "handbook",
    "history",
    "holders",
    "holding_now",
    "household_file",
    "kept",
    "kinds_reached",
    "known_at",
    "last_values",
    "line_of",
    "look_for",
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
    "posts_of_person",
    "project_lines",
    "proposal",
    "proposals",
    "reach",
    "reaching",
    "recordable_kinds",
    "references",
    "scores",
    "screening",
    "seal",
    "sequence",
    "stand_ins",
    "start_of",
    "steps",
    "subject",
    "tables",
    "to_come",
    "today",
    "told_before",
    "trace",
    "use_handbook",
    "vacancies",
    "values_of",
    "verify",
    "village_work",
]  # fmt: skip
