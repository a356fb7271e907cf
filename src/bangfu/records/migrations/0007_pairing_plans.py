"""Proposed plans of pairs, with their basis, their edits and what of them was approved."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0006_facts_by_kind")]

    operations = [
        migrations.CreateModel(
            name="PairingPlan",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("uid", models.CharField(max_length=36, unique=True)),
                ("number", models.CharField(max_length=20, unique=True)),
                ("rule", models.CharField(max_length=64)),
                ("gone", models.JSONField(default=list)),
                ("patch", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField()),
                ("as_of", models.DateField()),
                ("known_at", models.BigIntegerField()),
                ("handbook", models.CharField(max_length=64)),
                ("state", models.CharField(default="waiting", max_length=10)),
                ("told", models.JSONField(default=dict)),
                ("told_at", models.DateTimeField()),
                ("answer", models.BinaryField(null=True)),
                ("edits", models.JSONField(default=list)),
                ("approved", models.JSONField(default=list)),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.subject",
                    ),
                ),
            ],
        ),
    ]
