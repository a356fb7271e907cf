"""The database itself refuses to change, remove, replace or reorder what the ledger holds.

On SQLite `INSERT OR REPLACE` deletes without firing delete triggers unless the connection asks
for it, so every insert that would meet an existing key or unique column is refused as well, and
on PostgreSQL likewise: there TRUNCATE is refused too, and triggers fire for replicas as well.
Participants are written before their fact: a fact that stands takes no more of them.
A later migration that alters one of these tables must lay the triggers again, since Django
rebuilds tables on SQLite.
"""

from collections.abc import Iterator

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

LEDGER = ("records_fact", "records_participant", "records_checkpoint")
KEYS = {
    "records_fact": "sequence = NEW.sequence OR uid = NEW.uid OR amends_id = NEW.amends_id",
    "records_participant": "id = NEW.id",
    "records_checkpoint": "sequence = NEW.sequence",
}
GENESIS = "0" * 64
UNLINKED = f"""NEW.previous_hash IS NOT CASE WHEN NEW.sequence = 1 THEN '{GENESIS}'
    ELSE (SELECT hash FROM records_fact WHERE sequence = NEW.sequence - 1) END"""
CLOSED = "EXISTS (SELECT 1 FROM records_fact WHERE sequence = NEW.fact_id)"


def sqlite_triggers() -> Iterator[tuple[str, str, str, str, str]]:
    for table in LEDGER:
        for verb in ("UPDATE", "DELETE"):
            yield f"{table}_no_{verb.lower()}", table, verb, "1", "append-only"
        exists = " OR ".join(
            f"EXISTS (SELECT 1 FROM {table} WHERE {key})" for key in KEYS[table].split(" OR ")
        )
        yield f"{table}_no_replace", table, "INSERT", exists, "exists already"
    yield "records_fact_linked", "records_fact", "INSERT", UNLINKED, "broken chain"
    yield "records_participant_closed", "records_participant", "INSERT", CLOSED, "fact is closed"


def postgres_functions() -> dict[str, str]:
    """The body of each trigger's function, by the function's name."""

    def refuse(what: str, when: str = "") -> str:
        said = f"RAISE EXCEPTION '%: {what}', TG_TABLE_NAME USING ERRCODE = '23000';"
        return (
            f"BEGIN IF ({when}) THEN {said} END IF; RETURN NEW; END"
            if when
            else f"BEGIN {said} END"
        )

    exist = {
        table: " OR ".join(
            f"EXISTS (SELECT 1 FROM {table} WHERE {key})" for key in KEYS[table].split(" OR ")
        )
        for table in LEDGER
    }
    unlinked = UNLINKED.replace("IS NOT CASE", "IS DISTINCT FROM CASE")
    return {
        "records_append_only": refuse("append-only"),
        **{f"{table}_exists": refuse("exists already", exist[table]) for table in LEDGER},
        "records_fact_unlinked": refuse("broken chain", unlinked),
        "records_participant_late": refuse("fact is closed", CLOSED),
    }


def postgres_triggers() -> dict[str, str]:
    """The statement that makes each trigger, by its name, as PostgreSQL says it itself."""

    def statement(name: str, table: str, when: str, function: str) -> str:
        return f"CREATE TRIGGER {name} BEFORE {when} EXECUTE FUNCTION {function}()".replace(
            " ON ", f" ON {table} "
        )

    row = "ON FOR EACH ROW"
    made = [
        ("records_fact_linked", "records_fact", f"INSERT {row}", "records_fact_unlinked"),
        ("records_participant_closed", "records_participant", f"INSERT {row}",
         "records_participant_late"),
    ]  # fmt: skip
    for table in LEDGER:
        made += [
            (f"{table}_no_change", table, f"DELETE OR UPDATE {row}", "records_append_only"),
            (f"{table}_no_replace", table, f"INSERT {row}", f"{table}_exists"),
            (f"{table}_no_truncate", table, "TRUNCATE ON FOR EACH STATEMENT",
             "records_append_only"),
        ]  # fmt: skip
    return {name: statement(name, table, when, function) for name, table, when, function in made}


def postgres_statements() -> Iterator[str]:
    """Functions and triggers; these fire for whoever calls himself a replica too."""
    for name, body in postgres_functions().items():
        yield f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"
    for name, statement in postgres_triggers().items():
        yield statement
        table = statement.split(" ON ")[1].split(" ")[0]
        yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}"


def sqlite_statements() -> dict[str, str]:
    """The statement that makes each trigger, by its name; SQLite keeps them word for word."""
    return {
        name: f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, '{table}: {what}'); END"
        for name, table, verb, when, what in sqlite_triggers()
    }


def lay(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for statement in sqlite_statements().values():
            schema_editor.execute(statement, params=None)
    elif schema_editor.connection.vendor == "postgresql":
        for statement in postgres_statements():
            schema_editor.execute(statement, params=None)
    else:
        raise NotImplementedError("the ledger is kept in SQLite or PostgreSQL")


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]
    operations = [migrations.RunPython(lay, migrations.RunPython.noop, elidable=False)]
