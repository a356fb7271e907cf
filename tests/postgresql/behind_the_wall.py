"""Run as a program by the server's role: what somebody who is served gets by SQL of his own.

Prints as JSON each attempt's answer, once served and once lifted.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

WIDENED = "SELECT set_config('bangfu.county', '1', false)"
NAMES = "SELECT name FROM {}records_subject WHERE type = 'household' ORDER BY id"
# Each is statements, the last of which would show or change what is not his.
ATTEMPTS: dict[str, tuple[str, ...]] = {
    "names": (NAMES.format(""),),
    "the table": (NAMES.format("public."),),
    "the session's own role": ("RESET ROLE", NAMES.format("public.")),
    "its own path": ("SET search_path = public", NAMES.format("")),
    "without the policies": ("SET row_security = off", NAMES.format("public.")),
    "a wider scope": (WIDENED, NAMES.format("")),
    "a wider scope by table": (WIDENED, NAMES.format("public.")),
    "another place": ("SELECT set_config('bangfu.lows', '{/}', false)", NAMES.format("")),
    "said to be lifted": (
        "SELECT set_config('bangfu.state', 'lifted', false)", NAMES.format("public."),
    ),
    "an earlier seal": (
        "SELECT set_config('bangfu.state', 'lifted', false), "
        "set_config('bangfu.seal', '{earlier}', false)", NAMES.format("public."),
    ),
    "another session's seal": (
        "SELECT set_config('bangfu.state', 'lifted', false), "
        "set_config('bangfu.seal', '{other}', false)", NAMES.format("public."),
    ),
    "the key": ("SELECT secret FROM bangfu_wall.key",),
    "the scope's views": ("SELECT * FROM bangfu_wall.guard_town",),
    "another view": (
        "CREATE OR REPLACE VIEW bangfu_served.records_subject AS SELECT * FROM "
        "public.records_subject", NAMES.format(""),
    ),
    "another function": (
        "CREATE OR REPLACE FUNCTION bangfu_wall.open() RETURNS boolean LANGUAGE sql AS "
        "'SELECT true'", NAMES.format("public."),
    ),
    "no policy": ("ALTER TABLE public.records_subject DISABLE ROW LEVEL SECURITY",
                  NAMES.format("public.")),
    "a table in front": (
        "CREATE TEMP TABLE records_subject (id bigint)", NAMES.format("public."),
    ),
    "an error that tells": (
        "SELECT 1 FROM records_subject WHERE name <> '' AND CAST(name AS integer) = 1",
    ),
    "a copy": ("COPY public.records_subject TO STDOUT",),
    "keys": ("SELECT wrapped FROM records_subjectkey",),
    "a changed row": ("UPDATE records_subject SET name = 'x' RETURNING name",),
    "a changed row of the table": ("UPDATE public.records_subject SET name = 'x' RETURNING name",),
    "a row more": (
        "INSERT INTO public.records_status (fact, root, recorded_seq, status, value, start, "
        "subject_id) SELECT 9999, 9999, 9999, 'category', 'lifted', '2017-07-31', 1 RETURNING 1",
    ),
    "another key": ("UPDATE public.records_subjectkey SET wrapped = 'x' RETURNING 1",),
    "another day": (
        "UPDATE public.records_meta SET value = 'x' WHERE key = 'as_of' RETURNING value",
    ),
    "the ledger changed": ("UPDATE public.records_fact SET kind = 'x' RETURNING kind",),
    "the ledger removed": ("DELETE FROM public.records_fact RETURNING kind",),
    "the ledger emptied": ("TRUNCATE public.records_fact CASCADE",),
}  # fmt: skip


def attempt(statements: tuple[str, ...], **known: str) -> Any:
    """What the last of them answers, all taken back afterwards."""
    from django.db import DatabaseError, connection, transaction

    try:
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(
                    statement.replace("{earlier}", known["earlier"]).replace(
                        "{other}", known["other"]
                    )
                )
            rows = cursor.fetchall() if cursor.description else []
            transaction.set_rollback(True)
            return [[str(value) for value in row] for row in rows]
    except DatabaseError as problem:
        return f"{type(problem).__name__}: {problem}"


def main(arguments: list[str]) -> None:
    """Try everything as the helper."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bangfu.settings")
    import django

    django.setup()
    from django.db import connection

    from bangfu.records.guard import closed_by_default, guarded, lifted
    from bangfu.records.handbooks import use_handbook
    from tests.cast import Cast
    from tests.records.rulebook import RULEBOOK

    with use_handbook(RULEBOOK):
        policy = Cast().policy(arguments[0])
        closed_by_default()
        with guarded(policy):
            with lifted(), connection.cursor() as cursor:
                cursor.execute("SELECT current_setting('bangfu.seal'), current_user")
                earlier, user = cursor.fetchone()
            known = {"earlier": earlier, "other": arguments[1]}
            served = {name: attempt(words, **known) for name, words in ATTEMPTS.items()}
            with lifted():
                free = {name: attempt(words, **known) for name, words in ATTEMPTS.items()}
    told = {"user": user, "seal": earlier, "served": served, "lifted": free}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1:])
