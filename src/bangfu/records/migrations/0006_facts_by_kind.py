"""An index by kind: what is public is read by kind, by everybody, wherever it happened."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0005_api_tokens")]
    operations = [
        migrations.AddIndex(
            model_name="fact",
            index=models.Index(fields=["kind"], name="fact_kind"),
        ),
    ]
