"""The wall on PostgreSQL from the program's side: each statement finds the session told.

Before a statement the session is told, under a seal, whom it serves or that the wall is lifted,
if it was last told something else. Served, a name means the view in `laying.SERVED`; lifted, the
table, whose policy asks for the seal. Who would pass the policies, as a superuser or the tables'
owner does, takes on the server's role besides.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Any

from django.db import DatabaseError

from bangfu.core.rules import Handbook
from bangfu.records.guard import laying, state
from bangfu.records.handbooks import handbook
from bangfu.records.visible import needs

WEB = "bangfu_web"
_PUBLIC, _OWN = "public, pg_temp", '"$user", public'
_REFUSED = "42501"  # insufficient_privilege
# They look at no table; what was said since a savepoint is taken back with it.
_POINTS = ("SAVEPOINT", "RELEASE", "ROLLBACK")
_KEPT = "told"
Settings = dict[str, str]


class Session:
    """What is known of one connection."""

    def __init__(self, raw: Any) -> None:
        row = raw.execute(
            "SELECT (SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace "
            "WHERE nspname = %s), rolsuper OR rolbypassrls OR COALESCE((SELECT "
            "pg_has_role(session_user, tableowner, 'USAGE') FROM pg_tables "
            "WHERE schemaname = 'public' AND tablename = 'records_fact'), false) "
            "FROM pg_roles WHERE rolname = session_user",
            [laying.WALL],
        ).fetchone()
        self.raw = raw
        self.laid: bool = row[0] == laying.digest()
        self.above: bool = row[1]
        self.said: object = None  # DOWN, LIFTED or the reader whom it serves
        self.scope: tuple[state.Reader | None, Handbook, Settings] | None = None


def watch(  # noqa: PLR0917 -- as Django gives them
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Tell the session what holds, then run the statement; say clearly what was refused."""
    database = context["connection"]
    if sql.startswith(_POINTS):
        if sql.startswith("ROLLBACK"):
            database.told = None
        return execute(sql, params, many, context)
    _tell(database)
    try:
        return execute(sql, params, many, context)
    except DatabaseError as problem:
        if getattr(problem.__cause__, "sqlstate", "") == _REFUSED and state.raised():
            raise state.Closed(
                f"the wall refused a statement ({problem}): read through records.queries, "
                "write through records.actions"
            ) from problem
        raise


def _tell(database: Any) -> None:
    raw = database.connection
    # In a transaction that has failed nothing is heard, and nothing is answered.
    if raw.info.transaction_status == raw.info.transaction_status.INERROR:
        return
    session: Session | None = getattr(database, _KEPT, None)
    if session is None or session.raw is not raw:
        session = Session(raw)
        setattr(database, _KEPT, session)
    now = state.held()
    wanted: object = now if now is state.DOWN else (laying.LIFTED if now.lifted else now.reader)
    if session.said is wanted and session.said is not None:
        return
    if now is state.DOWN:
        said = _down(session)
    elif not session.laid:
        raise state.Closed(
            "no wall of this program's stands before the tables: have their owner run "
            "`bangfu database migrate`"
        )
    elif now.lifted:
        said = _lifted(session)
    else:
        said = _serving(session, now.reader)
    session.said = None
    if said:
        calls = ", ".join("set_config(%s, %s, false)" for _ in said)
        raw.execute(f"SELECT {calls}", [word for pair in said.items() for word in pair])
    session.said = wanted


def _down(session: Session) -> Settings:
    """Commands and imports: the signed-in role with its own rights, nothing before the tables."""
    if not session.laid:
        return {}
    if session.above:
        return {"role": "none", "search_path": _OWN, "bangfu.state": "", "bangfu.seal": ""}
    return _lifted(session)


def _lifted(session: Session) -> Settings:
    return {
        **({"role": WEB} if session.above else {}),
        "search_path": _PUBLIC,
        "bangfu.state": laying.LIFTED,
        "bangfu.seal": _seal(session, laying.LIFTED),
    }


def _serving(session: Session, reader: state.Reader | None) -> Settings:
    rules = handbook()
    if session.scope is None or session.scope[0] is not reader or session.scope[1] is not rules:
        session.scope = (reader, rules, _scope(reader, rules))
    scope = session.scope[2]
    return {
        **({"role": WEB} if session.above else {}),
        "search_path": f"{laying.SERVED}, {_PUBLIC}",
        "bangfu.state": laying.SERVING,
        **{f"bangfu.{name}": value for name, value in scope.items()},
        "bangfu.seal": _seal(session, "\n".join((laying.SERVING, *scope.values()))),
    }


def _scope(reader: state.Reader | None, rules: Handbook) -> Settings:
    """The scope as settings, in the order of `laying.SCOPE`; nobody's is empty."""
    scope = dict.fromkeys(laying.SCOPE, "")
    if reader is None or (reader.person is None and not reader.scope.county):
        return scope
    bounds = reader.scope
    scope["county"] = "1" if bounds.county else "0"
    scope["me"] = "" if reader.person is None else str(reader.person)
    scope["auditor"] = "1" if reader.auditor else "0"
    if bounds.county:
        return scope
    wanted = sorted(needs(rules).pairs)
    scope["lows"] = _array(bounds.paths)
    # "0" is the character after "/".
    scope["highs"] = _array(path[:-1] + "0" for path in bounds.paths)
    scope["subjects"] = _array(map(str, sorted(bounds.subjects)))
    # The townships that the places of the scope lie in: of "/1/17/203/" that of 203.
    scope["places"] = _array(path.strip("/").rpartition("/")[2] for path in bounds.paths)
    scope["kinds"] = _array(kind for kind, _ in wanted)
    scope["parts"] = _array(part for _, part in wanted)
    return scope


def _array(words: Iterable[str]) -> str:
    return "{" + ",".join(f'"{word}"' for word in words) + "}"


def _seal(session: Session, said: str) -> str:
    """What proves to `laying.sealed` that the program said it, to this session."""
    key = laying.key()
    inner = hashlib.sha256(key + f"{session.raw.info.backend_pid}{said}".encode()).digest()
    return hashlib.sha256(key + inner).hexdigest()
