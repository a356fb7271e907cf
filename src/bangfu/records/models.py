"""The tables: the ledger, the registry as it stands, keys, checkpoints and accounts.

Only `records_fact`, `records_participant` and `records_checkpoint` are written for ever; the
second migration makes the database itself refuse to change them. All the rest is a projection
that the ledger's registry facts give again, but for accounts, keys and the options.

A subject's key is the sequence of its founding fact, its uid that fact's uid. Where a column
is called `recorded_seq`, the row is one version of what was known: it counts for a reader who
knows the ledger up to S if `recorded_seq <= S` and (`retired_seq` is null or `> S`).
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models, transaction
from django.db.models import Q

# A participant's key is its fact's sequence times this, plus its place in the list, so that a
# fact's participants lie together and need no index of their own.
PARTICIPANTS_A_FACT = 10_000


class Subject(models.Model):
    """Whatever a fact can be about (主体): place, household, person, unit, branch, project.

    `path` names the places around it by their numbers, itself included for a place:
    "/1/17/203/"; empty where it has no place. `name` is the searchable one that erasure blanks.
    `fact` is the standing fact that says all this, `since` the founding fact's day.
    """

    id = models.BigAutoField(primary_key=True)
    uid = models.CharField(max_length=36)
    type = models.CharField(max_length=10)
    name = models.CharField(max_length=200, blank=True)
    path = models.CharField(max_length=200, blank=True, db_index=True)
    village = models.BigIntegerField(default=0)
    township = models.BigIntegerField(default=0)
    since = models.DateField()
    fact = models.BigIntegerField()
    recorded_seq = models.BigIntegerField(db_index=True)
    voided_seq = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["uid"], name="subject_uid")]
        indexes = [
            models.Index(fields=["name"], name="subject_name"),
            models.Index(
                fields=["voided_seq"], condition=Q(voided_seq__isnull=False), name="subject_voided"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.uid}"


class SubjectPast(models.Model):
    """Where a subject was said to lie before a correction; nothing here names a person."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="past")
    path = models.CharField(max_length=200, blank=True)
    village = models.BigIntegerField(default=0)
    township = models.BigIntegerField(default=0)
    since = models.DateField()
    fact = models.BigIntegerField()
    recorded_seq = models.BigIntegerField()
    retired_seq = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return f"{self.subject_id} until {self.retired_seq}"


class Detail(models.Model):
    """What one type of subject has besides its name and place."""

    subject = models.OneToOneField(
        Subject, models.CASCADE, primary_key=True, related_name="%(class)s"
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.subject_id}"


class Place(Detail):
    """A county, township, village or group (行政区划); coordinates are WGS 84 degrees."""

    parent = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="+", db_index=False)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)


class Unit(Detail):
    """A work unit (单位)."""

    place = models.ForeignKey(Subject, models.PROTECT, related_name="+", db_index=False)


class Branch(Detail):
    """A party branch (党支部)."""

    place = models.ForeignKey(Subject, models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="+", db_index=False)


class Person(Detail):
    """A person (人员); id number and phone stay sealed in the fact, only a keyed digest is here."""

    sex = models.CharField(max_length=6, blank=True)
    birth = models.DateField(null=True)
    unit = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="+")
    id_digest = models.CharField(max_length=64, blank=True, db_index=True)


class Household(Detail):
    """A farming household (农户)."""

    number = models.CharField(max_length=200, blank=True)


class Project(Detail):
    """A project (项目)."""

    place = models.ForeignKey(Subject, models.PROTECT, related_name="+", db_index=False)


class Version(models.Model):
    """One version of one line of the registry; `fact` says it, `root` is the line's first fact."""

    fact = models.BigIntegerField()
    root = models.BigIntegerField(db_index=True)
    recorded_seq = models.BigIntegerField(db_index=True)
    retired_seq = models.BigIntegerField(null=True)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["fact", "recorded_seq"], name="%(class)s_version")
        ]
        indexes = [
            models.Index(
                fields=["retired_seq"],
                condition=Q(retired_seq__isnull=False),
                name="%(class)s_retired",
            )
        ]

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.fact} from {self.recorded_seq}"


class PlaceName(Version):
    """A place's name and code from `start` up to `end` (名称与代码)."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="place_names")
    name = models.CharField(max_length=200)
    code = models.CharField(max_length=200, db_index=True)
    start = models.DateField()
    end = models.DateField(null=True)


class PlaceAlias(Version):
    """Another name that a place is known by (别名)."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="place_aliases")
    name = models.CharField(max_length=200, db_index=True)
    start = models.DateField()


class Membership(Version):
    """A person in a household (家庭成员) from `start` up to `end`."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="members")
    person = models.ForeignKey(Subject, models.CASCADE, related_name="memberships")
    relation = models.CharField(max_length=200)
    start = models.DateField()
    end = models.DateField(null=True)
    ended_by = models.BigIntegerField(null=True)


class Assignment(Version):
    """A person answers for a subject in a role (责任) from `start` up to `end`."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="holders")
    person = models.ForeignKey(Subject, models.CASCADE, related_name="posts")
    role = models.CharField(max_length=64)
    basis = models.TextField(blank=True)
    start = models.DateField()
    end = models.DateField(null=True)
    ended_by = models.BigIntegerField(null=True)


class Status(Version):
    """A dated attribute of a subject (状态); an empty `value` ends the one before."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="statuses")
    status = models.CharField(max_length=64)
    value = models.CharField(max_length=200, blank=True)
    start = models.DateField()
    end = models.DateField(null=True)


class Fact(models.Model):
    """One line of the ledger (台账): written once, linked to the line before, never changed.

    Texts are kept exactly as they are hashed: `occurred_on` as 2017-07-31, `recorded_at` in UTC
    as 2017-07-31T08:00:00Z, `values` as canonical JSON with personal values sealed. A null
    `performer` or `recorder` is the founder, who wrote before there was anybody. `digest` is the
    keyed digest that tells a repeated uid from another body under the same uid.
    """

    sequence = models.BigAutoField(primary_key=True)
    uid = models.CharField(max_length=36)
    kind = models.CharField(max_length=64)
    occurred_on = models.CharField(max_length=10)
    minute = models.SmallIntegerField(null=True)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+", db_index=False)
    performer = models.ForeignKey(
        Subject, models.PROTECT, null=True, related_name="+", db_index=False
    )
    recorder = models.ForeignKey(
        Subject, models.PROTECT, null=True, related_name="+", db_index=False
    )
    recorded_at = models.CharField(max_length=20)
    amends = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="amended_by", db_index=False
    )
    values = models.TextField()
    reason = models.TextField(blank=True)
    digest = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["uid"], name="fact_uid"),
            # One standing correction per fact: the next one amends the correction.
            models.UniqueConstraint(
                fields=["amends"], condition=Q(amends__isnull=False), name="fact_amends"
            ),
        ]
        indexes = [
            models.Index(fields=["subject", "kind"], name="fact_subject"),
            models.Index(fields=["performer", "kind"], name="fact_performer"),
            # What is public is read by its kind: a few notices among all that was ever recorded.
            models.Index(fields=["kind"], name="fact_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.kind} {self.uid}"


class Participant(models.Model):
    """Who else a fact is about (参与人); role "subject" holds the further subjects of a sheet."""

    id = models.BigAutoField(primary_key=True)
    # Written before its fact, which from then on is closed: see the second migration. A
    # constraint would make SQLite search all participants at every fact.
    fact = models.ForeignKey(
        Fact, models.PROTECT, related_name="participants", db_index=False, db_constraint=False
    )
    role = models.CharField(max_length=64)
    participant = models.ForeignKey(Subject, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["participant", "role"], name="participant_role")]

    def __str__(self) -> str:
        return f"{self.fact_id} {self.role} {self.participant_id}"


class SubjectKey(models.Model):
    """The key that a party's values are sealed under, wrapped; null once it is destroyed."""

    subject = models.OneToOneField(Subject, models.CASCADE, primary_key=True, related_name="key")
    wrapped = models.BinaryField(null=True)

    def __str__(self) -> str:
        return f"key of {self.subject_id}"


class Checkpoint(models.Model):
    """The chain's head at one moment (存证点); the same line is kept outside the database."""

    sequence = models.BigAutoField(primary_key=True)
    count = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    at = models.CharField(max_length=20)

    def __str__(self) -> str:
        return f"{self.sequence} {self.hash}"


class Meta(models.Model):
    """What holds for the whole database: county, as-of day, options, format, the ledger's key."""

    key = models.CharField(max_length=40, primary_key=True)
    value = models.TextField()

    def __str__(self) -> str:
        return self.key


class Account(AbstractBaseUser):
    """Who can sign in (账号); what they may see follows from the person's posts, not from here."""

    username = models.CharField(max_length=150, unique=True)
    person = models.ForeignKey(
        Subject, models.PROTECT, null=True, blank=True, related_name="accounts"
    )
    language = models.CharField(max_length=10, default="zh")
    large = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    # A password that somebody else has seen: it opens nothing but the page that changes it.
    must_change = models.BooleanField(default=False)
    # The key of the second factor, wrapped by the vault; it counts from `second_since` on.
    second_key = models.BinaryField(null=True)
    second_since = models.DateTimeField(null=True)
    second_step = models.BigIntegerField(default=0)
    recovery = models.JSONField(default=list)

    # The keyed digest of all that decides who signs in; `save` keeps it, `verify` compares it.
    seal = models.CharField(max_length=64, default="")

    USERNAME_FIELD = "username"

    objects = BaseUserManager["Account"]()

    def save(self, **options: Any) -> None:
        """Write the row and its seal, which account_seals adds, both or neither."""
        with transaction.atomic():
            super().save(**options)

    def __str__(self) -> str:
        return self.username


class SignInTry(models.Model):
    """How often signing in went wrong under one keyed digest of a name or an address (登录尝试)."""

    key = models.CharField(max_length=64, primary_key=True)
    wrong = models.IntegerField(default=0)
    until = models.DateTimeField(null=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.wrong} until {self.until}"


class AccountEvent(models.Model):
    """What was done to an account, and by whom (账号日志); `by` null is the machine's operator."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    what = models.CharField(max_length=20)
    account = models.ForeignKey(Account, models.CASCADE, related_name="events")
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.at} {self.what} {self.account_id}"


class ApiToken(models.Model):
    """A secret by which a program asks in an account's name (接口令牌); kept is its digest."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, models.CASCADE, related_name="tokens")
    title = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    # The keyed digest of the account's password as it was when this was made.
    bound = models.CharField(max_length=64)
    scope = models.JSONField(default=list)
    last_day = models.DateField()
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    used_on = models.DateField(null=True)
    # The keyed digest of all of it but the day it was last used.
    seal = models.CharField(max_length=64, default="")

    def __str__(self) -> str:
        return f"{self.pk} of {self.account_id}"


# Its module is its own, since plans are no part of the ledger or the registry.
from bangfu.records.pairing_rows import PairingPlan  # noqa: E402, F401
