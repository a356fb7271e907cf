"""What a careless developer might write: each function is a leak, unless a guard stops it.

The reader is the officer of the western township; 谷大有's household lies in the east, which he
must not see. Each returns what a page would show; `@planted(guard)` says which guard stops it.
"""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Q

from bangfu.core.text import Refused
from bangfu.records import actions, queries
from bangfu.records.access import founder
from bangfu.records.models import (
    Account,
    ApiToken,
    Assignment,
    Checkpoint,
    Fact,
    Membership,
    Participant,
    Person,
    Status,
    Subject,
    SubjectKey,
)
from bangfu.records.sealing import vault
from tests.cast import NOW, TODAY, Cast, uid

View = Callable[[Cast], object]


class Planted(NamedTuple):
    """A leak, and the guard that has to stop it: the wall, the cache's keys, or what a draft may
    refer to.
    """

    view: View
    guard: str


LEAKS: dict[str, Planted] = {}


def planted(guard: str = "wall") -> Callable[[View], View]:
    def keep(view: View) -> View:
        LEAKS[view.__name__] = Planted(view, guard)
        return view

    return keep


def tables() -> str:
    """The schema in which the tables themselves are."""
    return "main" if connection.vendor == "sqlite" else "public"


def sql(text: str, *parameters: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)
        return list(cursor.fetchall())


# Rows that are not his.


@planted()
def a_list_of_all(cast: Cast) -> object:
    return list(Subject.objects.filter(type="household").order_by("id").values_list("name"))


@planted()
def a_page_by_uid_alone(cast: Cast) -> object:
    return Subject.objects.get(uid=uid("household")).name


@planted()
def a_foreign_key_followed(cast: Cast) -> object:
    return [line.person.name for line in Membership.objects.order_by("id")]


@planted()
def a_foreign_key_followed_backwards(cast: Cast) -> object:
    village = Subject.objects.get(uid=uid("stone bridge"))
    return [post.person.name for post in village.holders.all()] + [
        fact.values for fact in Fact.objects.filter(subject__village=village.id)
    ]


@planted()
def select_related(cast: Cast) -> object:
    return [row.subject.name for row in Person.objects.select_related("subject").order_by("pk")]


@planted()
def values_over_a_join(cast: Cast) -> object:
    return list(Membership.objects.order_by("id").values_list("person__name", "subject__name"))


@planted()
def prefetched(cast: Cast) -> object:
    places = Subject.objects.filter(type="household").prefetch_related("members__person")
    return [[line.person.name for line in place.members.all()] for place in places.order_by("id")]


@planted()
def participants_of_a_meeting(cast: Cast) -> object:
    rows = Participant.objects.filter(role="attendee").order_by("id")
    return list(rows.values_list("participant__name", flat=True))


@planted()
def who_did_it(cast: Cast) -> object:
    return list(Fact.objects.filter(kind="household_visit").values_list("performer__uid"))


@planted()
def a_search_for_participants(cast: Cast) -> object:
    people = Subject.objects.filter(type="person", name__contains="大")
    return list(people.order_by("id").values_list("name"))


@planted()
def an_export(cast: Cast) -> object:
    sheet = io.StringIO()
    rows = Fact.objects.order_by("sequence").values_list("kind", "subject__uid", "values")
    csv.writer(sheet).writerows(rows)
    return sheet.getvalue()


@planted()
def checkpoints_for_everybody(cast: Cast) -> object:
    return list(Checkpoint.objects.values_list("hash"))


# Counts, order and yes or no, which name nobody.


@planted()
def a_count(cast: Cast) -> object:
    return Fact.objects.count(), Subject.objects.filter(type="household").count()


@planted()
def a_count_over_a_join(cast: Cast) -> object:
    places = Subject.objects.filter(type="village").annotate(
        n=Count("holders"), s=Count("statuses")
    )
    facts = Fact.objects.values_list("subject__township").annotate(n=Count("sequence"))
    return list(places.order_by("id").values_list("n", "s")), sorted(facts)


@planted()
def a_filter_on_hidden_rows(cast: Cast) -> object:
    poor = Status.objects.filter(value="lifted").values("subject__village")
    return list(Subject.objects.filter(id__in=poor).order_by("id").values_list("name", flat=True))


@planted()
def a_sort_by_hidden_rows(cast: Cast) -> object:
    visits = Count("memberships", filter=Q(memberships__retired_seq=None))
    towns = Subject.objects.filter(type="township")
    counted = [
        (Subject.objects.filter(type="household", township=town.id).aggregate(n=Count("id")), town)
        for town in towns
    ]
    ordered = sorted(counted, key=lambda pair: -pair[0]["n"])
    most = Subject.objects.filter(type="person").annotate(n=visits).order_by("-n", "-id")
    return [town.name for _, town in ordered], most.values_list("name", flat=True)[0]


@planted()
def whether_an_id_number_is_known(cast: Cast) -> object:
    return Person.objects.filter(id_digest=vault().lookup("41990019700101003X")).exists()


@planted()
def whether_a_uid_is_taken(cast: Cast) -> object:
    day = TODAY
    try:
        with transaction.atomic():
            Subject.objects.create(id=999_999, uid=uid("canary"), type="household", since=day,
                                   fact=1, recorded_seq=1)  # fmt: skip
    except IntegrityError:
        return "taken"
    return "free"


@planted()
def an_error_that_names_a_foreign_record(cast: Cast) -> object:
    same = Subject.objects.filter(household__number="001").first()
    return f"编号 001 已有：{same.name}" if same else "编号可用"


@planted()
def the_ledgers_length(cast: Cast) -> object:
    if connection.vendor == "sqlite":
        return sql("SELECT seq FROM sqlite_sequence WHERE name = 'records_fact'")
    return sql("SELECT last_value FROM records_assignment_id_seq")


# Round the ORM.


@planted()
def raw_sql(cast: Cast) -> object:
    return sql("SELECT name FROM records_subject WHERE type = 'household' ORDER BY id")


@planted()
def raw_sql_that_names_the_schema(cast: Cast) -> object:
    return sql(f"SELECT name FROM {tables()}.records_subject WHERE type = 'household' ORDER BY id")


@planted()
def a_count_that_reads_no_column(cast: Cast) -> object:
    return sql(f"SELECT COUNT(*) FROM {tables()}.records_fact")


@planted()
def a_subquery_named_like_the_table(cast: Cast) -> object:
    return sql(
        f"WITH records_subject AS (SELECT * FROM {tables()}.records_subject) "
        "SELECT name FROM records_subject WHERE type = 'household' ORDER BY id"
    )


@planted()
def the_scope_widened(cast: Cast) -> object:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT set_config('bangfu.county', '1', false)")
            return sql("SELECT name FROM records_subject WHERE type = 'household' ORDER BY id")
        cursor.execute("CREATE TEMP TABLE IF NOT EXISTS guard_scope (a, b, c, d, e)")
        cursor.execute("INSERT INTO temp.guard_scope VALUES (1, 1, 1, NULL, NULL)")
    return sql("SELECT name FROM records_subject WHERE type = 'household' ORDER BY id")


@planted()
def keys_read_and_values_opened(cast: Cast) -> object:
    return list(SubjectKey.objects.order_by("pk").values_list("subject__uid", "wrapped"))


# With somebody else's rights.


@planted()
def a_figure_over_the_whole_county(cast: Cast) -> object:
    return queries.figure(founder(TODAY), "visits", as_of=TODAY).value


@planted()
def a_trace_with_the_countys_rights(cast: Cast) -> object:
    return queries.trace(founder(TODAY), "figure:visits", as_of=TODAY).facts()


@planted()
def facts_with_the_countys_rights(cast: Cast) -> object:
    return [fact.uid for fact in queries.facts(founder(TODAY), range(1, 200))]


@planted()
def a_fact_written_in_anothers_name(cast: Cast) -> object:
    helper = replace(founder(TODAY), person_uid=uid("helper"), founder=False)
    return actions.record([cast.draft(name="forged")], by=helper, now=NOW)[0].uid


# Writes past the ledger.


@planted()
def a_row_written_about_a_foreign_subject(cast: Cast) -> object:
    household = sql("SELECT id FROM records_subject WHERE uid = %s", uid("household"))
    Status.objects.create(subject_id=household[0][0] if household else 26, status="category",
                          value="lifted", start=TODAY, fact=9999, root=9999,
                          recorded_seq=9999)  # fmt: skip
    return "written"


@planted()
def a_row_changed(cast: Cast) -> object:
    return Subject.objects.filter(uid=uid("household")).update(name="改名")


@planted()
def a_post_given_to_oneself(cast: Cast) -> object:
    me = cast.policy("west officer").person
    return Assignment.objects.filter(role="registrar").update(person_id=me)


@planted()
def raw_insert(cast: Cast) -> object:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {tables()}.records_status (fact, root, recorded_seq, status, value, "
            "start, subject_id) SELECT 9999, 9999, 9999, 'category', 'lifted', '2017-07-31', "
            "MAX(id) FROM records_subject"
        )
        return cursor.rowcount


# Programs in somebody's name.


@planted()
def everybodys_tokens(cast: Cast) -> object:
    return list(ApiToken.objects.order_by("id").values_list("title", "account__username", "scope"))


@planted()
def the_tokens_of_an_account_by_its_number(cast: Cast) -> object:
    return [one.title for account in Account.objects.order_by("id") for one in account.tokens.all()]


@planted()
def a_token_counted_in_sql(cast: Cast) -> object:
    return sql("SELECT title FROM records_apitoken WHERE ended_at IS NULL")


@planted()
def a_token_given_more(cast: Cast) -> object:
    return ApiToken.objects.update(scope=["read:figures"])


# Kept from one reader to the next, and lying about.


@planted("cache")
def a_cached_list(cast: Cast) -> object:
    return cache.get("households")


@planted()
def a_file_by_its_path(cast: Cast) -> object:
    return (Path(settings.BANGFU_DATA) / "mirror" / "households.csv").read_text("utf-8")


@planted()
def a_database_of_ones_own(cast: Cast) -> object:
    with sqlite3.connect(Path(settings.BANGFU_DATA) / "copy.sqlite3") as database:
        return database.execute("SELECT name FROM households").fetchall()


# What a draft names, to see whether it is there.


def tried(cast: Cast, referred: str) -> str:
    """How a post is answered that is said to stand in for another."""
    draft = cast.draft(
        "registry.assignment", subject="reed pond", by="west officer",
        values={"role": "village_lead", "stands_in_for": uid(referred)},
        participants=(("holder", uid("outsider")),),
    )  # fmt: skip
    try:
        actions.record([draft], by=cast.policy("west officer"), now=NOW)
    except Refused as refused:
        return refused.text.zh
    return "stored"


@planted("references")
def a_post_elsewhere_is_referred_to(cast: Cast) -> object:
    return tried(cast, "canary's helper")


@planted("references")
def another_fact_elsewhere_is_referred_to(cast: Cast) -> object:
    return tried(cast, "another lead")
