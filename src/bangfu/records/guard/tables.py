"""Which tables the wall stands before, and which of their rows a reader may see, as SQL.

The conditions are plain SQL over four small tables that hold the scope of the moment
(`guard_scope`, `guard_path`, `guard_subject`, `guard_town`), so that PostgreSQL can take the same
ones as row security. `{main}` is the schema of the tables, `{scope}` that of the scope.
"""

# ruff: noqa: S608 -- conditions made of this module's own words
from __future__ import annotations

from bangfu.records.models import PARTICIPANTS_A_FACT

_LEVELS = "('county', 'township', 'village', 'group')"
_SOMEBODY = "EXISTS (SELECT 1 FROM {scope}guard_scope)"
_ME = "(SELECT me FROM {scope}guard_scope)"


def _inside(row: str) -> str:
    """That a row of records_subject lies in the scope."""
    # The cheapest first: what stands in brackets is looked up once a statement.
    return (
        "((SELECT county FROM {scope}guard_scope) "
        f"OR ({row}.path >= (SELECT low FROM {{scope}}guard_scope) "
        f"AND {row}.path < (SELECT high FROM {{scope}}guard_scope)) "
        f"OR {row}.id IN (SELECT one.id FROM {{scope}}guard_subject one) "
        "OR EXISTS (SELECT 1 FROM {scope}guard_path way "
        f"WHERE {row}.path >= way.low AND {row}.path < way.high))"
    )


def _public(row: str) -> str:
    """That it is a place: those are public, to whoever has signed in."""
    return f"({row}.type IN {_LEVELS} AND {_SOMEBODY})"


def _official(row: str) -> str:
    """That it is somebody whom one has to do with: who holds or held a post for the county, in
    one's own townships, or for something in scope.
    """
    return (
        f"({row}.type = 'person' AND {_SOMEBODY} AND EXISTS (SELECT 1 FROM "
        "{main}records_assignment post JOIN {main}records_subject about "
        f"ON about.id = post.subject_id WHERE post.person_id = {row}.id "
        "AND post.retired_seq IS NULL AND (about.type = 'county' "
        "OR about.township IN (SELECT town.id FROM {scope}guard_town town) "
        f"OR {_inside('about')})))"
    )


def _about(row: str, condition: str = "") -> str:
    """That the subject of a row lies in the scope, or meets another condition on `its`."""
    return (
        "EXISTS (SELECT 1 FROM {main}records_subject its "
        f"WHERE its.id = {row}.subject_id AND ({_inside('its')}{condition}))"
    )


def _fact(row: str) -> str:
    """That a fact is about something in scope, on a sheet of several or alone, or one's own."""
    return (
        f"({row}.performer_id = {_ME} OR {row}.recorder_id = {_ME} OR {_about(row)} OR EXISTS ("
        "SELECT 1 FROM {main}records_participant more "
        "JOIN {main}records_subject also ON also.id = more.participant_id "
        f"WHERE more.id >= {row}.sequence * {PARTICIPANTS_A_FACT} "
        f"AND more.id < ({row}.sequence + 1) * {PARTICIPANTS_A_FACT} "
        f"AND more.role = 'subject' AND {_inside('also')}))"
    )


_IN_SCOPE = _about("t")
_KNOWN_PLACE = _about("t", f" OR {_public('its')}")

_NEAR_PLACE = _about(
    "t",
    f" OR (its.type IN {_LEVELS} AND {_SOMEBODY} AND (its.type = 'county' "
    "OR its.township IN (SELECT town.id FROM {scope}guard_town town)))",
)

# Every protected table with the rows, called t, that a reader may see.
PROTECTED: dict[str, str] = {
    "records_subject": f"({_inside('t')} OR {_public('t')} OR {_official('t')})",
    "records_subjectpast": _IN_SCOPE,
    "records_place": _KNOWN_PLACE,
    "records_unit": _IN_SCOPE,
    "records_branch": _IN_SCOPE,
    "records_person": _IN_SCOPE,
    "records_household": _IN_SCOPE,
    "records_project": _IN_SCOPE,
    "records_placename": _KNOWN_PLACE,
    "records_placealias": _KNOWN_PLACE,
    "records_membership": _IN_SCOPE,
    "records_assignment": f"(t.person_id = {_ME} OR {_NEAR_PLACE})",
    "records_status": _IN_SCOPE,
    # What amends a fact that one sees is seen with it, or the fact would seem to stand.
    "records_fact": (
        f"({_fact('t')} OR (t.amends_id IS NOT NULL AND EXISTS (SELECT 1 FROM "
        "{main}records_fact amended WHERE amended.sequence = t.amends_id "
        f"AND {_fact('amended')})))"
    ),
    "records_participant": (
        "EXISTS (SELECT 1 FROM {scope}{inner}records_fact seen WHERE seen.sequence = t.fact_id)"
    ),
    # A key opens what somebody else may see: no request reads one, whoever asks.
    "records_subjectkey": "0",
    "records_checkpoint": "(SELECT auditor FROM {scope}guard_scope)",
}

# The others, with the reason why a request may read and write them.
OPEN: dict[str, str] = {
    "records_meta": "day, county and options; the ledger's key in it is wrapped",
    "records_account": "signing in comes before anybody is known; records/accounts.py limits it",
    "records_signintry": "keyed digests only",
    "records_accountevent": "written before anybody is known; records/accounts.py limits it",
}
