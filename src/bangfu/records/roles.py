"""The roles of a PostgreSQL database: who may do what to which table, as a script to run there.

The owner makes the tables and runs migrations; nothing else ought to sign in as he. `LEDGER` is
for imports and checks, `WEB` for the server of pages. Neither owns anything, so that neither can
alter a table, take off a trigger, or empty what it may only add to.
"""

# ruff: noqa: S608 -- names of this module's own
from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps

from bangfu.records.guard import laying
from bangfu.records.guard.tables import OPEN, PROTECTED

LEDGER, WEB = laying.ROLES
_ADDED_TO = ("records_fact", "records_participant", "records_checkpoint", "records_subjectkey")
# What only the pages write; the county's making, in records_meta, is the owner's.
_PAGES = {
    "records_account": "INSERT, UPDATE",
    "records_accountevent": "INSERT",
    "records_apitoken": "INSERT, UPDATE",
    "records_pairingplan": "INSERT, UPDATE",
    "records_signintry": "INSERT, UPDATE, DELETE",
    "django_session": "INSERT, UPDATE, DELETE",
}
_CHANGED = tuple(table for table in PROTECTED if table not in {*_ADDED_TO, *_PAGES})
_READ_BY_PAGES = ("django_migrations", "django_content_type", "auth_permission")


def script() -> str:
    """SQL that makes the two roles and gives them what they need, in one transaction.

    The owner of the tables runs it after every migration; running it again changes nothing. An
    owner who may not make roles has them made beforehand.
    """
    return "\n".join(["BEGIN;", *_statements(), "COMMIT;", ""])


def _statements() -> Iterator[str]:
    for role in (LEDGER, WEB):
        yield (
            f"DO $$BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') "
            f"THEN CREATE ROLE {role} NOLOGIN; END IF; END$$;"
        )
        yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};"
        yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role};"
        yield f"GRANT USAGE ON SCHEMA public TO {role};"
        yield f"GRANT SELECT ON {', '.join((*PROTECTED, *OPEN))} TO {role};"
        yield f"GRANT INSERT ON {', '.join(_ADDED_TO)} TO {role};"
        yield f"GRANT INSERT, UPDATE ON {', '.join(_CHANGED)} TO {role};"
        yield laying.grant(role)
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC;"
    # A table of one's own in front of another's is read in its place.
    yield (
        "DO $$BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', "
        "current_database()); END$$;"
    )
    for table, rights in _PAGES.items():
        yield f"GRANT SELECT, {rights} ON {table} TO {WEB};"
    # Erasing, as far as the wall's policies let it.
    yield f"GRANT UPDATE (wrapped) ON records_subjectkey TO {WEB};"
    yield f"GRANT INSERT, UPDATE ON records_meta TO {WEB};"
    yield f"GRANT SELECT ON {', '.join((*_READ_BY_PAGES, *_groups()))} TO {WEB};"


def _groups() -> list[str]:
    """Django's tables of groups, which stay empty."""
    return [
        model._meta.db_table
        for model in apps.get_app_config("auth").get_models()
        if model._meta.db_table not in _READ_BY_PAGES and not model._meta.swapped
    ]
