"""The application that owns every table."""

from django.apps import AppConfig


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
