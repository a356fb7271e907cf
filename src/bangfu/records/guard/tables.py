"""Which tables the wall stands before, and which of their rows a reader may see, as SQL.

The conditions are plain SQL over five small tables that hold the scope of the moment
(`guard_scope`, `guard_path`, `guard_subject`, `guard_town`) and the kinds and parts that count
elsewhere (`guard_needed`, from `visible.needs`); `{main}` is the schema of the tables, `{scope}`
that of the scope. SQLite and PostgreSQL make their views of the same ones.
"""

# ruff: noqa: S608 -- conditions made of this module's own words
from __future__ import annotations

from collections.abc import Iterable

from bangfu.records.models import PARTICIPANTS_A_FACT, Fact
from bangfu.records.visible import EVERYBODY, PERFORMER, SUBJECT

_LEVELS = "('county', 'township', 'village', 'group')"
_SOMEBODY = "EXISTS (SELECT 1 FROM {scope}guard_scope)"
_ME = "(SELECT me FROM {scope}guard_scope)"
_MODELS = {Fact._meta.db_table: Fact}
_MORE = "more.role = 'subject' AND "
_PARTY = "more.participant_id"
_PERFORMER, _SUBJECT, _EVERYBODY = f"'{PERFORMER}'", f"'{SUBJECT}'", f"'{EVERYBODY}'"


def _inside(row: str) -> str:
    """That a row of records_subject lies in the scope."""
    # The cheapest first: what stands in brackets is looked up once a statement.
    return (
        f"((SELECT county FROM {{scope}}guard_scope) OR {_first(row)} "
        f"OR {row}.id IN (SELECT one.id FROM {{scope}}guard_subject one) OR {_further(row)})"
    )


def _first(row: str) -> str:
    """That the path of a row lies in the first place of the scope: mostly there is one."""
    return (
        f"({row}.path >= (SELECT low FROM {{scope}}guard_scope) "
        f"AND {row}.path < (SELECT high FROM {{scope}}guard_scope))"
    )


def _further(row: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM {scope}guard_path way "
        f"WHERE {row}.path >= way.low AND {row}.path < way.high)"
    )


def _was_inside(subject: str, at: str) -> str:
    """That a subject was said to lie in the scope while the fact `at` was known already."""
    return (
        "EXISTS (SELECT 1 FROM {main}records_subjectpast was "
        f"WHERE was.subject_id = {subject} AND {at}.sequence < was.retired_seq "
        f"AND ({_first('was')} OR {_further('was')}))"
    )


def _public(row: str) -> str:
    """That it is a place: those are public, to whoever has signed in."""
    return f"({row}.type IN {_LEVELS} AND {_SOMEBODY})"


def _near_project(row: str) -> str:
    """That it is a project of one's own townships: what is done there is known to those around."""
    return (
        f"({row}.type = 'project' AND {_SOMEBODY} "
        f"AND {row}.township IN (SELECT town.id FROM {{scope}}guard_town town))"
    )


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


def _either(ways: Iterable[str]) -> str:
    return f"({' OR '.join(ways)})"


def _fully(row: str, at: str = "") -> tuple[str, ...]:
    """The ways in which a fact opens in full: about something in scope, on a sheet of several or
    alone, one's own, or public, as known at some time after it or, if another is named, after the
    fact `at`. The cheapest first.
    """
    at = at or row
    return (
        f"{row}.performer_id = {_ME}",
        f"{row}.recorder_id = {_ME}",
        _about(row),
        "EXISTS (SELECT 1 FROM {scope}guard_needed told "
        f"WHERE told.kind = {row}.kind AND told.part = {_EVERYBODY})",
        _taking_part(row, _MORE + _known_inside(_PARTY, row)),
        _was_inside(row + ".subject_id", at),
    )


def _taking_part(row: str, condition: str) -> str:
    """That somebody took part in a fact, as `more` says, who meets a condition."""
    return (
        "EXISTS (SELECT 1 FROM {main}records_participant more "
        f"WHERE more.id >= {row}.sequence * {PARTICIPANTS_A_FACT} "
        f"AND more.id < ({row}.sequence + 1) * {PARTICIPANTS_A_FACT} AND {condition})"
    )


def _known_inside(number: str, at: str) -> str:
    """That the subject of a number lies in the scope, or did when `at` was known already."""
    return (
        "(EXISTS (SELECT 1 FROM {main}records_subject himself "
        f"WHERE himself.id = {number} AND {_inside('himself')}) OR {_was_inside(number, at)})"
    )


def _counts(person: str, part: str, row: str, at: str) -> str:
    """That a fact counts for who stands in a part of it and answers for something in scope."""
    return (
        "(EXISTS (SELECT 1 FROM {scope}guard_needed need "
        f"WHERE need.kind = {row}.kind AND need.part = {part}) "
        "AND EXISTS (SELECT 1 FROM {main}records_assignment held "
        f"WHERE held.person_id = {person} "
        f"AND (held.retired_seq IS NULL OR {at}.sequence < held.retired_seq) "
        f"AND {_known_inside('held.subject_id', at)}))"
    )


def _party(number: str, role: str, row: str, at: str) -> str:
    """That who took part in a fact is seen there: he lies in scope, or it counts for him."""
    return f"({_known_inside(number, at)} OR {_counts(number, role, row, at)})"


def _opening(row: str, at: str) -> tuple[str, ...]:
    """The ways in which a fact opens: in full, or as a foreign one in what a number needs."""
    return (
        *_fully(row, at),
        _taking_part(row, _party(_PARTY, "more.role", row, at)),
        _counts(row + ".performer_id", _PERFORMER, row, at),
        _counts(row + ".subject_id", _SUBJECT, row, at),
    )


# What amends a fact that one sees is seen with it, or the fact would seem to stand.
_AMENDING = (
    "(t.amends_id IS NOT NULL AND EXISTS (SELECT 1 FROM {main}records_fact amended "
    f"WHERE amended.sequence = t.amends_id AND {_either(_opening('amended', 't'))}))"
)
# The ways in which a row opens at all, and those in which in full, where they are many.
WAYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "records_fact": ((*_opening("t", "t"), _AMENDING), _fully("t")),
}
_IN_SCOPE = _about("t")
_KNOWN_PLACE = _about("t", f" OR {_public('its')}")

_NEAR_PLACE = _about(
    "t",
    f" OR (its.type IN {_LEVELS} AND {_SOMEBODY} AND (its.type = 'county' "
    "OR its.township IN (SELECT town.id FROM {scope}guard_town town)))",
)

# Every protected table with the rows, called t, that a reader may see.
PROTECTED: dict[str, str] = {
    "records_subject": (
        f"({_inside('t')} OR {_public('t')} OR {_near_project('t')} OR {_official('t')})"
    ),
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
    "records_fact": _either(WAYS["records_fact"][0]),
    # All of what opens in full, of a foreign fact those whom one may see in it.
    "records_participant": (
        "EXISTS (SELECT 1 FROM {main}records_fact seen WHERE seen.sequence = t.fact_id "
        f"AND ({_either(_fully('seen'))} "
        f"OR {_party('t.participant_id', 't.role', 'seen', 'seen')}))"
    ),
    # A key opens what somebody else may see: no request reads one, whoever asks.
    "records_subjectkey": "false",
    "records_checkpoint": "(SELECT auditor FROM {scope}guard_scope)",
    # Plans of pairs are the county's business.
    "records_pairingplan": "(SELECT county FROM {scope}guard_scope)",
    "records_apitoken": (
        "EXISTS (SELECT 1 FROM {main}records_account mine "
        f"WHERE mine.id = t.account_id AND mine.person_id = {_ME})"
    ),
}

# What of a row is blank unless it opens in full.
BLANK: dict[str, tuple[str, dict[str, str]]] = {
    "records_fact": (_either(WAYS["records_fact"][1]), {"values": "'{}'", "reason": "''"}),
}

# The others, with the reason why a request may read and write them.
OPEN: dict[str, str] = {
    "records_meta": "day, county and options; the ledger's key in it is wrapped",
    "records_account": "signing in comes before anybody is known; records/accounts.py limits it",
    "records_signintry": "keyed digests only",
    "records_accountevent": "written before anybody is known; records/accounts.py limits it",
}


def columns(table: str) -> str:
    """The columns of a table's view; some are blank in rows that do not open in full."""
    if table not in BLANK:
        return "t.*"
    full, blank = BLANK[table]
    names = (field.column for field in _MODELS[table]._meta.concrete_fields)
    return ", ".join(
        f'CASE WHEN {full} THEN t."{name}" ELSE {blank[name].replace("{}", "{{}}")} END AS "{name}"'
        if name in blank
        else f't."{name}"'
        for name in names
    )
