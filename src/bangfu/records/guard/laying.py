"""The wall on PostgreSQL as the owner of the tables lays it: functions, views and policies.

The tables' own policies let a session see all or nothing: all where it says, under a seal, that
the wall is lifted. Whoever is served reads views of the tables' names in `SERVED`, which have
their owner's rights and the reader's scope: settings of the session under a seal again. A seal
covers the settings and the session's process under a key that only the owner and the program
know (`key`), so that SQL alone, whoever wrote it, opens nothing. ADR 0018.
"""

# ruff: noqa: S608 -- names of this package
from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from bangfu.records.folder import make_key
from bangfu.records.guard import state
from bangfu.records.guard.tables import BLANK, PROTECTED, WAYS, columns

WALL, SERVED = "bangfu_wall", "bangfu_served"
ROLES = ("bangfu_ledger", "bangfu_web")
# The reader's scope: settings of the session, in the order in which the seal covers them.
SCOPE = ("county", "me", "auditor", "lows", "highs", "subjects", "places", "kinds", "parts")
LIFTED, SERVING = "lifted", "served"
MARK = "erased"  # the row of records_meta that an erasure writes
_KEY_BYTES = 32
_SETTING = "current_setting('bangfu.{}', true)"
_SAFE = "SECURITY DEFINER SET search_path = pg_catalog, pg_temp"


def lay(database: Any) -> None:
    """Lay the wall anew if it is another than this program's, by the owner of the tables.

    For anybody else, and where there are not all tables yet, nothing is done.
    """
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename = ANY(%s)",
            [list(PROTECTED)],
        )
        if cursor.fetchone() != (len(PROTECTED),):
            return
        cursor.execute(
            "SELECT pg_has_role(current_user, tableowner, 'USAGE') FROM pg_tables "
            "WHERE schemaname = 'public' AND tablename = 'records_fact'"
        )
        if cursor.fetchone() != (True,):
            return
        if laid(cursor) == digest() and _known(cursor) == _file_key(make=True):
            return
        for statement in statements():
            cursor.execute(statement)
        cursor.execute(f"DELETE FROM {WALL}.key")
        cursor.execute(f"INSERT INTO {WALL}.key VALUES (%s)", [_file_key(make=True)])
        cursor.execute(f"COMMENT ON SCHEMA {WALL} IS '{digest()}'")
        database.told = None


def take_down(database: Any) -> None:
    """Take the views away, so that a migration may alter what they show; until `lay` nothing is
    served.
    """
    with database.cursor() as cursor:
        if laid(cursor):
            cursor.execute(f"DROP SCHEMA IF EXISTS {SERVED} CASCADE")
            cursor.execute(f"COMMENT ON SCHEMA {WALL} IS NULL")
            database.told = None


def laid(cursor: Any) -> str:
    """The digest of the wall that this database has; empty if none stands."""
    cursor.execute(
        "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = %s", [WALL]
    )
    return str((cursor.fetchone() or ("",))[0] or "")


@lru_cache(maxsize=1)
def digest() -> str:
    """Of the statements, so that another version of the program knows another's wall."""
    return hashlib.sha256("\n".join(statements()).encode()).hexdigest()


def key() -> bytes:
    """The key of the seals; only the program reads its file.

    Raises `state.Closed` if it is not there.
    """
    return _file_key(make=False)


def statements() -> list[str]:
    """What lays the wall; run in one transaction."""
    return [*_beneath(), *_policies(), *_scope(), *_views(), *map(grant, ROLES)]


def grant(role: str) -> str:
    """What a role needs of the wall, if there is that role."""
    return (
        f"DO $$BEGIN IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') THEN "
        f"GRANT USAGE ON SCHEMA {WALL}, {SERVED} TO {role}; "
        f"GRANT SELECT ON ALL TABLES IN SCHEMA {SERVED} TO {role}; END IF; END$$;"
    )


def _beneath() -> Iterator[str]:
    """The key, and the two questions to it."""
    covered = ", ".join(f"current_setting('bangfu.{name}', true)" for name in SCOPE)
    yield f"DROP SCHEMA IF EXISTS {SERVED} CASCADE"
    yield f"DROP SCHEMA IF EXISTS {WALL} CASCADE"
    yield f"CREATE SCHEMA {WALL}"
    yield f"CREATE SCHEMA {SERVED}"
    yield f"CREATE TABLE {WALL}.key (secret bytea NOT NULL)"
    yield (
        f"CREATE FUNCTION {WALL}.sealed(said text) RETURNS boolean LANGUAGE sql STABLE "
        f"PARALLEL RESTRICTED {_SAFE} AS $$SELECT current_setting('bangfu.seal', true) = "
        "encode(sha256(secret || sha256(secret || convert_to(pg_backend_pid() || said, 'UTF8')))"
        f", 'hex') FROM {WALL}.key$$"
    )
    yield _question("open", LIFTED, f"'{LIFTED}'")
    yield _question("serving", SERVING, f"concat_ws(chr(10), '{SERVING}', {covered})")


def _question(name: str, wanted: str, said: str) -> str:
    """A function that is true in a session with that state under its seal, else an error."""
    return (
        f"CREATE FUNCTION {WALL}.{name}() RETURNS boolean LANGUAGE plpgsql STABLE "
        f"PARALLEL RESTRICTED {_SAFE} AS $$BEGIN "
        f"IF current_setting('bangfu.state', true) = '{wanted}' AND {WALL}.sealed({said}) THEN "
        "RETURN true; END IF; RAISE EXCEPTION 'the wall stands before this' "
        "USING ERRCODE = '42501'; END$$"
    )


def _policies() -> Iterator[str]:
    """All or nothing, for everybody but the owner; asked once a statement, not once a row."""
    once = f"(SELECT {WALL}.open())"
    for table in PROTECTED:
        yield f"ALTER TABLE public.{table} ENABLE ROW LEVEL SECURITY"
        yield f"DROP POLICY IF EXISTS wall ON public.{table}"
        yield f"CREATE POLICY wall ON public.{table} USING ({once}) WITH CHECK ({once})"
    # Erasing destroys a key and marks the mirror as older: both and no more, under the seal too.
    yield "DROP POLICY IF EXISTS destroyed ON public.records_subjectkey"
    yield (
        "CREATE POLICY destroyed ON public.records_subjectkey AS RESTRICTIVE FOR UPDATE "
        "USING (true) WITH CHECK (wrapped IS NULL)"
    )
    mark = f"CASE WHEN {once} THEN key = '{MARK}' END"  # asked first: else nothing is refused
    yield "ALTER TABLE public.records_meta ENABLE ROW LEVEL SECURITY"
    for name, what in {
        "seen": "FOR SELECT USING (true)",
        "marked": f"FOR INSERT WITH CHECK ({mark})",
        "marked_again": f"FOR UPDATE USING ({mark}) WITH CHECK ({mark})",
    }.items():
        yield f"DROP POLICY IF EXISTS {name} ON public.records_meta"
        yield f"CREATE POLICY {name} ON public.records_meta {what}"


def _scope() -> Iterator[str]:
    """The session's settings as the tables that the conditions name."""
    lows, highs = _listed("lows", "text"), _listed("highs", "text")
    subjects, places = _listed("subjects", "bigint"), _listed("places", "bigint")
    shown = {
        "scope": "SELECT current_setting('bangfu.county', true) = '1' AS county, "
        "NULLIF(current_setting('bangfu.me', true), '')::bigint AS me, "
        "current_setting('bangfu.auditor', true) = '1' AS auditor, "
        f"({lows})[1] AS low, ({highs})[1] AS high "
        "WHERE current_setting('bangfu.me', true) <> '' "
        "OR current_setting('bangfu.county', true) = '1'",
        "path": f"SELECT * FROM unnest(({lows})[2:], ({highs})[2:]) AS way (low, high)",
        "subject": f"SELECT unnest({subjects}) AS id",
        "needed": f"SELECT * FROM unnest({_listed('kinds', 'text')}, {_listed('parts', 'text')}) "
        "AS need (kind, part)",
        "town": "SELECT DISTINCT township AS id FROM public.records_subject WHERE township > 0 "
        f"AND (id = ANY ({subjects}) OR id = ANY ({places}))",
    }
    for name, select in shown.items():
        yield f"CREATE VIEW {WALL}.guard_{name} AS {select}"


def _listed(name: str, kind: str) -> str:
    return f"COALESCE(NULLIF({_SETTING.format(name)}, ''), '{{}}')::{kind}[]"


def _views() -> Iterator[str]:
    schemas = {"main": "public.", "scope": f"{WALL}."}
    for table, condition in PROTECTED.items():
        seen = condition.format(**schemas)
        shown = columns(table).format(**schemas)
        if table in WAYS:
            county = f"(SELECT county FROM {WALL}.guard_scope)"
            for name, ways in zip(("opens", "opens_full"), WAYS[table], strict=True):
                yield _asked_by_row(table, name, [way.format(**schemas) for way in ways])
            full = BLANK[table][0].format(**schemas)
            seen = f"({county} OR {WALL}.opens(t))"
            shown = shown.replace(full, f"{county} OR {WALL}.opens_full(t)")
        yield (
            f"CREATE VIEW {SERVED}.{table} WITH (security_barrier) AS SELECT {shown} "
            f"FROM public.{table} t WHERE (SELECT {WALL}.serving()) AND {seen}"
        )


def _asked_by_row(table: str, name: str, ways: Iterable[str]) -> str:
    """Many ways as a function that tries one after the other: a session plans each once, while a
    view of them all is planned for each statement, 10 ms each time.
    """
    steps = " ".join(f"IF {_said_once(way)} THEN RETURN true; END IF;" for way in ways)
    return (
        f"CREATE FUNCTION {WALL}.{name}(t public.{table}) RETURNS boolean LANGUAGE plpgsql "
        f"STABLE PARALLEL RESTRICTED COST 1000 {_SAFE} "
        "SET plan_cache_mode = force_generic_plan SET jit = off AS $$DECLARE "
        f"my_number bigint := NULLIF({_SETTING.format('me')}, '')::bigint; "
        f"lows text[] := {_listed('lows', 'text')}; highs text[] := {_listed('highs', 'text')}; "
        f"subjects bigint[] := {_listed('subjects', 'bigint')}; "
        "first_low text := lows[1]; first_high text := highs[1]; "
        "further boolean := cardinality(lows) > 1; "
        f"BEGIN {steps} RETURN false; END$$"
    )


def _said_once(way: str) -> str:
    """A condition with the scope in variables; whoever sees the county is not asked by row."""
    scope = f"FROM {WALL}.guard_scope)"
    for column, variable in (
        ("county", "false"), ("me", "my_number"), ("low", "first_low"), ("high", "first_high"),
    ):  # fmt: skip
        way = way.replace(f"(SELECT {column} {scope}", variable)
    way = way.replace(f"IN (SELECT one.id FROM {WALL}.guard_subject one)", "= ANY (subjects)")
    path = f"EXISTS (SELECT 1 FROM {WALL}.guard_path way"
    return way.replace(path, f"further AND {path}")


def _known(cursor: Any) -> bytes:
    cursor.execute(f"SELECT secret FROM {WALL}.key")
    return bytes((cursor.fetchone() or (b"",))[0])


def _file_key(*, make: bool) -> bytes:
    """The key's file; made where there is none, by one of several processes."""
    file = Path(settings.BANGFU_WALL_KEY_FILE)
    with state.without():
        if make:
            make_key(file, secrets.token_hex(_KEY_BYTES).encode("ascii"))
        return _read(file)


@lru_cache(maxsize=4)
def _read(file: Path) -> bytes:
    try:
        return bytes.fromhex(file.read_text("ascii"))
    except (OSError, ValueError) as problem:
        raise state.Closed(
            f"the wall's key ({file.name}) is not to be had: have the owner of the tables run "
            "`bangfu database migrate` over this data folder"
        ) from problem
