"""The application that owns every table."""

from django.apps import AppConfig
from django.db import connections, transaction
from django.db.migrations import Migration
from django.db.models.signals import post_migrate, pre_migrate


class RecordsConfig(AppConfig):
    """Ledger, registry and accounts (台账、登记、账号)."""

    name = "bangfu.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Keep the accounts' seals from the first write on, and note each file that is opened."""
        from bangfu.records import account_seals, presence

        account_seals.keep()
        presence.watch()
        # A migration may alter what the wall's views show: they are laid again after it.
        pre_migrate.connect(_take_down, sender=self, dispatch_uid="bangfu.records.wall")
        post_migrate.connect(_lay, sender=self, dispatch_uid="bangfu.records.wall")


def _take_down(using: str, plan: list[tuple[Migration, bool]], **_rest: object) -> None:
    from bangfu.records.guard import laying

    database = connections[using]
    if plan and database.vendor == "postgresql":
        laying.take_down(database)


def _lay(using: str, **_rest: object) -> None:
    from bangfu.records.guard import laying

    database = connections[using]
    if database.vendor == "postgresql":
        with transaction.atomic(using=using):
            laying.lay(database)
