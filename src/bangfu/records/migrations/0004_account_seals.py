"""A seal for every account; those that there are already are sealed as they stand."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def seal(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    from bangfu.records.account_seals import seal_of

    for account in apps.get_model("records", "Account")._default_manager.all():
        account.seal = seal_of(account)
        account.save(update_fields=["seal"])


class Migration(migrations.Migration):
    dependencies = [("records", "0003_accounts")]
    operations = [
        migrations.AddField(
            model_name="account",
            name="seal",
            field=models.CharField(default="", max_length=64),
        ),
        migrations.RunPython(seal, migrations.RunPython.noop, elidable=False),
    ]
