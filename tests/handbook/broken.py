"""Handbooks broken in one way each, and what must be said of them: the table of cases."""

from __future__ import annotations

from typing import NamedTuple

from tests.handbook.minimal import SOURCE, VISIT


class Broken(NamedTuple):
    """`old` in `file` becomes `new`; the loader must answer `code` at `place` of that file."""

    file: str
    old: str
    new: str
    code: str
    place: str


class Written(NamedTuple):
    """A whole file that must be answered with `code` at `place`."""

    file: str
    text: str
    code: str
    place: str


COUNTY, FACT, LEAVE = "county.toml", "facts/visit.toml", "facts/leave.toml"
DUTY, DAYS = "duties/monthly_visit.toml", "duties/days_in_village.toml"
LIMIT = "duties/visit_minutes.toml"
DEADLINE, STAFFING = "deadlines/first_visit.toml", "staffing/secretary.toml"
COVERAGE, FIGURE = "coverage/class_coverage.toml", "figures/visits.toml"
SCORE, LADDER = "scores/township_work.toml", "ladders/steps.toml"

GRAMMAR = [
    Broken(DUTY, 'role = "helper"', 'role = "helper', "toml_syntax", ""),
    Broken(DUTY, 'role = "helper"\n', "", "missing", "role"),
    Broken(DUTY, 'role = "helper"', 'rolle = "helper"', "unknown_key", "rolle"),
    Broken(DUTY, 'id = "monthly_visit"', 'id = "weekly_visit"', "id_stem", "id"),
    Broken(DUTY, 'role = "helper"', 'role = "helper"\nby = "anyone"\nvia = "mate"', "field_idle",
           "by"),
    Broken(DUTY, 'id = "monthly_visit"', 'id = "MonthlyVisit"', "id_form", "id"),
    Broken(DUTY, ', en = "Monthly visit"', "", "missing", "title.en"),
    Broken(DUTY, 'zh = "每月走访"', 'zh = " "', "empty", "title.zh"),
    Broken(DUTY, '{zh = "每月走访", en = "Monthly visit"}', '"每月走访"', "type", "title"),
    Broken(DUTY, 'unit = {zh = "次", en = "visits"}\n', "", "missing", "unit"),
    Broken(DUTY, "start = 2016-01-01", 'start = "2016-01-01"', "quoted_day", "terms[1].start"),
    Broken(DUTY, "start = 2016-01-01", "start = 2016-01-01T08:00:00", "type", "terms[1].start"),
    Broken(DUTY, "start = 2016-01-01", "start = 1066-10-14", "range", "terms[1].start"),
    Broken(DUTY, "end = 2021-01-01", "end = 2016-01-01", "term_order", "terms[1].end"),
    Broken(DUTY, "end = 2021-01-01", "end = 2022-01-01", "terms_overlap", "terms[2].start"),
    Broken(DUTY, "end = 2021-01-01\n", "", "terms_overlap", "terms[2].start"),
    Broken(DUTY, SOURCE, "", "missing", "terms[1].source"),
    Broken(DUTY, 'quote = "按办法办"\n', "", "missing", "terms[1].source.quote"),
    Broken(DUTY, 'standing = "local"', 'standing = "locl"', "choice", "terms[1].source.standing"),
    Broken(DUTY, "按办法办", "按办法办\\u0000", "control", "terms[1].source.quote"),
    Broken(DUTY, "按办法办", "按" * 2001, "long", "terms[1].source.quote"),
    Broken(DUTY, 'every = "month"', 'every = "monthly"', "choice", "terms[1].every"),
    Broken(DUTY, "at_least = 1", 'at_least = "one"', "type", "terms[1].at_least"),
    Broken(DUTY, "at_least = 1", "at_least = true", "type", "terms[1].at_least"),
    Broken(DUTY, "at_least = 1", "at_least = 0", "range", "terms[1].at_least"),
    Broken(DUTY, "at_least = 1", "at_least = 1\nat_most = 2", "one_of", "terms[1].at_least"),
    Broken(DUTY, "at_least = 1\n", "", "one_of", "terms[1].at_least"),
    Broken(DUTY, "grace = 5", "grace = 29", "grace_long", "terms[1].grace"),
    Broken(DUTY, "grace = 5", "grace = -1", "range", "terms[1].grace"),
    Broken(DUTY, 'fact = "visit"', 'fact = "visit"\nany_of = ["leave"]', "one_of", "fact"),
    Broken(DUTY, 'fact = "visit"', "any_of = []", "empty", "any_of"),
    Broken(DUTY, 'excused_by = ["leave"]', 'excused_by = "leave"', "type", "terms[1].excused_by"),
    Broken(DAYS, 'measure = "days"', 'measure = "sum"', "field_needed", "terms[1].field"),
    Broken(DAYS, 'measure = "days"', 'field = "from"', "field_idle", "terms[1].field"),
    Broken(LIMIT, "at_most = 2000", "at_most = 2000\ngrace = 2", "field_idle", "terms[1].grace"),
    Broken(LIMIT, '["visit"]', '["visit", "visit"]', "duplicate", "any_of"),
    Broken(FACT, 'scope = "subject"', 'scope = "village"', "choice", "recorders[1].scope"),
    Broken(FACT, 'scope = "place"', 'scope = "self"', "scope_self", "recorders[2].scope"),
    Broken(LEAVE, 'recorders = [{role = "township_officer", scope = "place"}]\n', "",
           "recorders_missing", "recorders"),
    Broken(FACT, 'unit = {zh = "分钟", en = "minutes"}\n', "", "unit_missing", "fields[2].unit"),
    Broken(FACT, "minimum = 1\n", "minimum = 900\n", "bounds", "fields[2].minimum"),
    Broken(FACT, "minimum = 1\n", "minimum = nan\n", "range", "fields[2].minimum"),
    Broken(FACT, "maximum = 600", "decimals = 2", "key_unwanted", "fields[2].decimals"),
    Broken(FACT, 'options.door = {zh = "上门", en = "At their home"}\n'
           'options.phone = {zh = "电话", en = "By phone"}\n', "",
           "options_missing", "fields[1].options"),
    Broken(FACT, 'en = "By phone"', 'en = "At their home"', "options_alike", "fields[1].options"),
    Broken(FACT, 'type = "choice"\noptions.door = {zh = "上门"',
           'type = "choices"\noptions.door = {zh = "上门、进屋"', "option_separator",
           "fields[1].options"),
    Broken(FACT, 'id = "minutes"', 'id = "mode"', "duplicate", "fields"),
    Broken(FACT, 'id = "minutes"', 'id = "subject"', "field_name", "fields[2].id"),
    Broken(FACT, 'type = "integer"', 'type = "reference"', "missing", "fields[2].to"),
    Broken(FACT, "personal = true", 'personal = true\nparty = "companion"', "party",
           "fields[3].party"),
    Broken(FACT, 'subject = "household"', 'subject = "village"', "party", "fields[3].party"),
    Broken(FACT, 'subject = "household"', 'subject = "household"\nmany_subjects = true',
           "party_many", "fields[3].party"),
    Broken(FACT, "minimum = 1", 'party = "companion"', "party_idle", "fields[2].party"),
    Broken(LEAVE, 'span = ["from", "to"]', 'span = ["from", "until"]', "span_fields", "span"),
    Broken(LEAVE, 'span = ["from", "to"]', 'span = ["from"]', "span_fields", "span"),
    Broken(LEAVE, "required = true", "required = false", "span_fields", "span"),
    Broken(FACT, 'evidence = "work"', 'evidence = "work"\nmessage = {zh = "{need!r}", en = "x"}',
           "message_field", "message.zh"),
    Broken(FACT, 'subject = "household"', 'subject = "household"\nmessage = {zh = "{", en = "x"}',
           "message_field", "message.zh"),
    Broken(COVERAGE, '{level = "levels", "assignments:helper" = "home"'
           ', township = "town"}', '"levels"', "announced_for", "announced.for"),
    Broken(FACT, 'subject = "household"', 'subject = "household"\npublic = true',
           "public_personal", "public"),
    Broken(STAFFING, "at_most = 1", "at_most = 0", "bounds", "terms[1].at_least"),
    Broken(FIGURE, 'since = "year"', 'since = "last year"', "choice", "terms[1].since"),
    Broken(FIGURE, 'id = "long"', 'id = "Long"', "id_form", "terms[1].parts[1].id"),
    Broken(FIGURE, ', en = "Longer than an hour"', "", "missing", "terms[1].parts[1].title.en"),
    Broken(FIGURE, 'title = {zh = "超过一小时", en = "Longer than an hour"}\n', "", "missing",
           "terms[1].parts[1].title"),
    Broken(FIGURE, 'where = "minutes > 60"', "", "missing", "terms[1].parts[1].where"),
    Broken(SCORE, "weight = 60", "weight = -1", "range", "terms[1].indicators[1].weight"),
    Broken(SCORE, "weight = 60", "weight = inf", "range", "terms[1].indicators[1].weight"),
    Broken(SCORE, "weight = 60\n", "", "field_needed", "terms[1].indicators[1].weight"),
    Broken(SCORE, "points = 2", "points = 2\nweight = 3", "field_idle",
           "terms[1].indicators[2].weight"),
    Broken(SCORE, 'duty = "monthly_visit"\n', "", "one_of", "terms[1].indicators[1].duty"),
    Broken(SCORE, "cap = 10", "cap = 10\nfloor = 20", "bounds", "terms[1].indicators[2].floor"),
    Broken(SCORE, 'id = "classes"', 'id = "visits"', "duplicate", "terms[1].indicators"),
    Broken(LADDER, 'rung = "statement"\n', "", "field_needed", "terms[1].rungs[2].rung"),
    Broken(LADDER, 'rung = "statement"', 'rung = "interview"', "rung_order",
           "terms[1].rungs[2].rung"),
    Broken(LADDER, 'rung = "statement"', 'rung = "admonition"', "rung_order",
           "terms[1].rungs[2].rung"),
    Broken(LADDER, "reply_days = 5", "reply_days = 0", "range", "terms[1].rungs[1].reply_days"),
    Broken(LADDER, 'when = "bottom"', 'when = "bottom"\nduty = "monthly_visit"', "field_idle",
           "terms[1].rungs[1].duty"),
    Broken(COUNTY, 'id = "registrar"', 'id = "helper"', "duplicate", "roles[4].id"),
    Broken(COUNTY, 'sees = "county"', 'sees = "all"', "choice", "roles[4].sees"),
    Broken(COUNTY, 'id = "poor_village"', 'id = "table"', "reserved_name", "statuses[2].id"),
    Broken(COUNTY, 'id = "poor_village"', 'id = "since"', "reserved_name", "statuses[2].id"),
    Broken(COUNTY, "2017-10-03", "2018-10-03", "calendar_year", "calendar.holidays"),
    Broken(COUNTY, "2017-10-03", "2017-09-30", "calendar_clash", "calendar.make_up"),
    Broken(COUNTY, "make_up = [2017-09-30]", "make_up = [2017-09-29]", "calendar_weekday",
           "calendar.make_up"),
    Broken(COUNTY, "2017-10-03", "2017-10-02", "duplicate", "calendar.holidays"),
    Broken(COUNTY, "years = [2017]", 'years = ["2017"]', "type", "calendar.years"),
    Broken(COUNTY, "start = 2021-01-01", "start = 2020-01-01", "terms_overlap",
           "names[1].terms[2].start"),
    Broken(COUNTY, 'against = ["helper"]\n', "", "separation_alone", "separations[1].roles"),
    Broken(COUNTY, 'roles = ["registrar"]\n', "", "separation_alone", "separations[1].roles"),
    Broken(COUNTY, 'against = ["helper"]', 'against = ["registrar"]', "separation_self",
           "separations[1].against"),
    Broken(COUNTY, "登记的人不兼帮扶", " ", "empty", "separations[1].terms[1].source.quote"),
    Broken(COUNTY, 'id = "body"', 'id = "body"\nsorce = 1', "unknown_key", "names[1].sorce"),
]  # fmt: skip
BETWEEN_RULES = [
    Broken(DUTY, 'role = "helper"', 'role = "helpr"', "unknown_reference", "role"),
    Broken(DUTY, 'fact = "visit"', 'fact = "visti"', "unknown_reference", "fact"),
    Broken(DUTY, 'role = "helper"', 'role = "helper"\nvia = "mate"', "unknown_reference", "via"),
    Broken(COUNTY, 'against = ["helper"]', 'against = ["helpers"]', "unknown_reference",
           "separations[1].against"),
    Broken(DUTY, '["leave"]', '["visit"]', "span_missing", "terms[1].excused_by"),
    Broken(FACT, '["helper", "first_secretary"]', '["helper", "second_secretary"]',
           "unknown_reference", "performers"),
    Broken(FACT, 'role = "township_officer"', 'role = "officer"', "unknown_reference",
           "recorders[2].role"),
    Broken(LIMIT, 'field = "minutes"', 'field = "minute_count"', "unknown_reference",
           "terms[1].field"),
    Broken(LIMIT, 'field = "minutes"', 'field = "mode"', "measured_field", "terms[1].field"),
    Broken(DEADLINE, 'after = "registry.household"', 'after = "registry.house"',
           "unknown_reference", "after"),
    Broken(DEADLINE, 'after = "registry.household"', 'after = "class_session"', "type_mismatch",
           "fact"),
    Broken(DEADLINE, 'after = "registry.household"',
           'after = "registry.household"\nafter_field = "number"', "date_field", "after_field"),
    Broken(DEADLINE, '["leave"]', '["visit"]', "span_missing", "terms[1].pause"),
    Broken(STAFFING, 'role = "first_secretary"', 'role = "secretary"', "unknown_reference", "role"),
    Broken(COVERAGE, 'via = "attendee"', 'via = "pupil"', "unknown_reference", "via"),
    Broken(COVERAGE, 'via = "attendee"\n', "", "type_mismatch", "fact"),
    Broken(COVERAGE, 'fact = "class_plan"', 'fact = "plan"', "unknown_reference",
           "announced.fact"),
    Broken(COVERAGE, 'day = "class_on"', 'day = "levels"', "announced_day", "announced.day"),
    Broken(COVERAGE, 'level = "levels"', 'level = "class_on"', "announced_limit",
           "announced.for"),
    Broken(COVERAGE, '= "home"', '= "town"', "announced_limit", "announced.for"),
    Broken(COVERAGE, 'township = "town"', 'township = "home"', "announced_limit",
           "announced.for"),
    Broken(COVERAGE, '{level = "levels",', '{rank = "levels",', "unknown_reference",
           "announced.for.by"),
    Broken(COVERAGE, 'via = "attendee"', 'via = "attendee"\neach = "held_on"', "each_field",
           "each"),
    Broken(COVERAGE, 'by = ["level"', 'by = ["category"', "type_mismatch", "by"),
    Broken(COVERAGE, 'by = ["level"', 'by = ["rank"', "unknown_reference", "by"),
    Broken(COVERAGE, '"assignments:helper"', '"assignments:pupil"', "unknown_reference", "by"),
    Broken(FIGURE, 'of = "facts:visit"', 'of = "visit"', "figure_of", "of"),
    Broken(FIGURE, 'of = "facts:visit"', 'of = "facts:visits"', "unknown_reference", "of"),
    Broken(FIGURE, 'of = "facts:visit"', 'of = "subjects:household"', "figure_measure", "measure"),
    Broken(FIGURE, 'measure = "sum"', 'measure = "share"', "field_idle", "field"),
    Broken(FIGURE, 'field = "minutes"', 'field = "mode"', "measured_field", "field"),
    Broken(FIGURE, 'field = "minutes"\n', "", "field_needed", "field"),
    Broken(FIGURE, 'performed_by = "first_secretary"', 'performed_by = "second"',
           "unknown_reference", "performed_by"),
    Broken(SCORE, 'duty = "monthly_visit"', 'duty = "weekly_visit"', "unknown_reference",
           "terms[1].indicators[1].duty"),
    Broken(LADDER, 'score = "township_work"\n', "", "field_needed", "terms[1].rungs[1].when"),
    Broken(LADDER, 'score = "township_work"', 'score = "work"', "unknown_reference", "score"),
    Broken(LADDER, 'duty = "visit_minutes"', 'duty = "monthly_visit"', "at_most_needed",
           "terms[1].rungs[3].duty"),
    Broken(LADDER, 'to = "helper"', 'to = "nobody"', "unknown_reference", "terms[1].rungs[3].to"),
]  # fmt: skip
CONDITIONS = [
    Broken(DUTY, "mode = 'door'", "mode = 'window'", "condition_option", "filters"),
    Broken(DUTY, "mode = 'door'", "need = 'grain'", "condition_personal", "filters"),
    Broken(DUTY, "mode = 'door'", "weather = 'fine'", "condition_column", "filters"),
    Broken(DUTY, "mode = 'door'", "read_csv('x') = 1", "condition_function", "filters"),
    Broken(DUTY, "category IN ('poor', 'lifted')", "category = '贫困户'", "condition_option",
           "terms[1].where"),
    Broken(DUTY, "category IN ('poor', 'lifted')", "since > '2017-01-01'", "condition_type",
           "terms[1].where"),
    Broken(STAFFING, "level = 'section'", "category = 'poor'", "condition_column",
           "terms[1].requires"),
    Broken(FIGURE, "FROM household AS h", "FROM 'people.csv' AS h", "condition_view",
           "terms[1].where"),
    Broken(FIGURE, "fact_visit.subject", "subject; DROP TABLE fact", "condition_statements",
           "terms[1].where"),
    Broken(FIGURE, "minutes > 60", "minutes > 60 -- long", "condition_comment",
           "terms[1].parts[1].where"),
    Broken(COVERAGE, "level IN ('county', 'section')", "count(*) > 1", "condition_aggregate",
           "where"),
]  # fmt: skip
LAW = [
    Broken(SCORE, 'level = "township"', 'level = "township"\nshown_to = "phone"', "law_phone",
           "terms[1]"),
]  # fmt: skip
# The rule that is built on a forbidden kind is answered, not the kind's file.
LAW_BY_USE = [
    (FACT, "location", FACT, "evidence", "law_location"),
    (FACT, "media", DUTY, "fact", "law_evidence"),
    (FACT, "online", DUTY, "fact", "law_evidence"),
    (FACT, "media", DEADLINE, "fact", "law_evidence"),
    (FACT, "media", SCORE, "terms[1].indicators[1]", "law_evidence"),
    (FACT, "online", SCORE, "terms[1].indicators[1]", "law_online"),
    (FACT, "media", LADDER, "terms[1].rungs[3]", "law_evidence"),
    ("facts/class_session.toml", "media", COVERAGE, "fact", "law_evidence"),
    ("facts/class_session.toml", "online", SCORE, "terms[1].indicators[2]", "law_online"),
    (LEAVE, "online", DUTY, "terms[1].excused_by", "law_evidence"),
    (LEAVE, "online", DEADLINE, "terms[1].pause", "law_evidence"),
]
WHOLE = [
    Written("procedures/recall.toml", 'id = "recall"', "shape_unsupported", ""),
    Written("checks/doubt.toml", 'id = "doubt"', "shape_unsupported", ""),
    Written("formulas/income.toml", 'id = "income"', "shape_unsupported", ""),
    Written("dutys/extra.toml", 'id = "extra"', "file_place", ""),
    Written("extra.toml", 'id = "extra"', "file_place", ""),
    Written("duties/old/extra.toml", 'id = "extra"', "file_place", ""),
    Written("duties/monthly_visit.toml.orig", "<<<<<<<", "file_place", ""),
    Written("facts/void.toml", VISIT.replace('id = "visit"', 'id = "void"'), "builtin", "id"),
]  # fmt: skip
