"""The database itself refuses to change, remove, replace or reorder what the ledger holds.

On SQLite `INSERT OR REPLACE` deletes without firing delete triggers unless the connection asks
for it, so every insert that would meet an existing key or unique column is refused as well.
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


POSTGRES = f"""
CREATE FUNCTION records_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '%: append-only', TG_TABLE_NAME; END $$;

CREATE FUNCTION records_linked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.previous_hash IS DISTINCT FROM CASE WHEN NEW.sequence = 1 THEN '{GENESIS}'
      ELSE (SELECT hash FROM records_fact WHERE sequence = NEW.sequence - 1) END THEN
    RAISE EXCEPTION 'records_fact: broken chain';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION records_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {CLOSED} THEN RAISE EXCEPTION 'records_participant: fact is closed'; END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER records_fact_linked BEFORE INSERT ON records_fact
  FOR EACH ROW EXECUTE FUNCTION records_linked();
CREATE TRIGGER records_participant_closed BEFORE INSERT ON records_participant
  FOR EACH ROW EXECUTE FUNCTION records_closed();
""" + "\n".join(
    f"""CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION records_append_only();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION records_append_only();"""
    for table in LEDGER
)


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
        schema_editor.execute(POSTGRES, params=None)
    else:
        raise NotImplementedError("the ledger is kept in SQLite or PostgreSQL")


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]
    operations = [migrations.RunPython(lay, migrations.RunPython.noop, elidable=False)]
