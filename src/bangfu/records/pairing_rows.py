"""The table of proposed plans of pairs (结对方案): kept until approved, and after."""

from __future__ import annotations

from django.db import models


class PairingPlan(models.Model):
    """A proposal with its basis: rule, day, ledger's end and handbook; people decide on it.

    `state` is waiting, running, done or failed; `told` what a page says meanwhile, or why it
    failed. `gone` are persons who leave and get no household; a `patch` gives away theirs, and
    those that have nobody, and moves no other. `answer` holds numbers only (numpy, compressed):
    rows and prices. `edits` are the pairs changed by hand in order, `approved` the households for
    which the plan was carried out. Nothing here is a fact: what is approved goes into the ledger.
    """

    id = models.BigAutoField(primary_key=True)
    uid = models.CharField(max_length=36, unique=True)
    number = models.CharField(max_length=20, unique=True)
    rule = models.CharField(max_length=64)
    gone = models.JSONField(default=list)
    patch = models.BooleanField(default=False)
    made_by = models.ForeignKey("records.Subject", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    as_of = models.DateField()
    known_at = models.BigIntegerField()
    handbook = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default="waiting")
    told = models.JSONField(default=dict)
    told_at = models.DateTimeField()
    answer = models.BinaryField(null=True)
    edits = models.JSONField(default=list)
    approved = models.JSONField(default=list)

    class Meta:  # noqa: D106 -- Django's own word
        app_label = "records"

    def __str__(self) -> str:
        return f"{self.number} {self.state}"
