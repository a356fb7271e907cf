"""A small handbook that uses every shape, as files; tests change one thing in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.handbook.minimal_case import procedure_files
from tests.handbook.minimal_check import check_files
from tests.handbook.minimal_pairing import pairing_files
from tests.handbook.minimal_score import LADDER, SCORE, SOURCE

COUNTY = """id = "hexi"
title = {zh = "河西县", en = "Hexi County"}

[[roles]]
id = "helper"
title = {zh = "帮扶责任人", en = "Helper"}
subject = "household"
sees = "subject"

[[roles]]
id = "first_secretary"
title = {zh = "第一书记", en = "First secretary"}
subject = "village"
sees = "place"

[[roles]]
id = "township_officer"
title = {zh = "乡镇专干", en = "Township officer"}
subject = "township"
sees = "place"
page = "township"

[[roles]]
id = "registrar"
title = {zh = "登记员", en = "Registrar"}
subject = "county"
sees = "county"
office = true

[[statuses]]
id = "category"
title = {zh = "户类型", en = "Category"}
subject = "household"
type = "choice"
options.poor = {zh = "贫困户", en = "Poor"}
options.lifted = {zh = "脱贫户", en = "Lifted"}

[[statuses]]
id = "poor_village"
title = {zh = "贫困村", en = "Poor village"}
subject = "village"
type = "flag"

[[statuses]]
id = "level"
title = {zh = "层级", en = "Level"}
subject = "person"
type = "choice"
options.county = {zh = "县级", en = "County"}
options.section = {zh = "科级", en = "Section"}

[[separations]]
id = "entry_and_help"
title = {zh = "登记的不帮扶", en = "Who enters does not help"}
roles = ["registrar"]
against = ["helper"]
[[separations.terms]]
start = 2016-01-01
[separations.terms.source]
title = "本县办法"
quote = "登记的人不兼帮扶"
standing = "local"

[calendar]
years = [2017]
holidays = [2017-10-02, 2017-10-03]
make_up = [2017-09-30]

[[names]]
id = "body"
[[names.terms]]
start = 2014-01-01
end = 2021-01-01
zh = "扶贫办"
en = "Poverty relief office"
[[names.terms]]
start = 2021-01-01
zh = "乡村振兴局"
en = "Rural revitalisation bureau"
"""
VISIT = f"""id = "visit"
title = {{zh = "入户走访", en = "Household visit"}}
subject = "household"
evidence = "work"
performers = ["helper", "first_secretary"]
recorders = [
    {{role = "helper", scope = "subject"}},
    {{role = "township_officer", scope = "place"}},
]

[[participants]]
id = "companion"
title = {{zh = "同行", en = "Companion"}}
type = "person"

[[fields]]
id = "mode"
title = {{zh = "方式", en = "How"}}
type = "choice"
options.door = {{zh = "上门", en = "At their home"}}
options.phone = {{zh = "电话", en = "By phone"}}

[[fields]]
id = "minutes"
title = {{zh = "时长", en = "Duration"}}
type = "integer"
unit = {{zh = "分钟", en = "minutes"}}
minimum = 1
maximum = 600

[[fields]]
id = "need"
title = {{zh = "诉求", en = "Need"}}
type = "text"
header = "诉求内容"
personal = true

[[terms]]
start = 2014-01-01
{SOURCE}"""
LEAVE = f"""id = "leave"
title = {{zh = "请假", en = "Leave"}}
subject = "village"
evidence = "attendance"
span = ["from", "to"]
recorders = [{{role = "township_officer", scope = "place"}}]

[[fields]]
id = "from"
title = {{zh = "起", en = "First day"}}
type = "date"
required = true

[[fields]]
id = "to"
title = {{zh = "止", en = "Last day"}}
type = "date"
required = true

[[terms]]
start = 2014-01-01
{SOURCE}"""
DAY = f"""id = "day_in_village"
title = {{zh = "驻村日", en = "Day in the village"}}
subject = "village"
evidence = "attendance"
recorders = [{{role = "township_officer", scope = "place"}}]

[[terms]]
start = 2014-01-01
{SOURCE}"""
CLASS = f"""id = "class_session"
title = {{zh = "培训班", en = "Class"}}
subject = "unit"
evidence = "work"
recorders = [{{role = "registrar", scope = "county"}}]

[[participants]]
id = "attendee"
title = {{zh = "参训", en = "Attendee"}}
type = "person"

[[fields]]
id = "held_on"
title = {{zh = "开班日", en = "Day"}}
type = "date"

[[terms]]
start = 2014-01-01
{SOURCE}"""
PLAN = f"""id = "class_plan"
title = {{zh = "培训班预告", en = "Class announced"}}
subject = "unit"
evidence = "work"
public = true
recorders = [{{role = "township_officer", scope = "place"}}]

[[participants]]
id = "home"
title = {{zh = "户", en = "Household"}}
type = "household"

[[participants]]
id = "town"
title = {{zh = "乡镇", en = "Township"}}
type = "township"

[[fields]]
id = "class_on"
title = {{zh = "开班日", en = "Day"}}
type = "date"
required = true

[[fields]]
id = "levels"
title = {{zh = "对象", en = "For whom"}}
type = "choices"
options.county = {{zh = "县级", en = "County"}}

[[terms]]
start = 2014-01-01
{SOURCE}"""
MONTHLY = f"""id = "monthly_visit"
title = {{zh = "每月走访", en = "Monthly visit"}}
role = "helper"
fact = "visit"
unit = {{zh = "次", en = "visits"}}
filters = "mode = 'door'"

[[terms]]
start = 2016-01-01
end = 2021-01-01
every = "month"
at_least = 1
where = "category IN ('poor', 'lifted')"
excused_by = ["leave"]
grace = 5
{SOURCE}
[[terms]]
start = 2021-01-01
every = "quarter"
at_least = 1
{SOURCE}"""
DAYS = f"""id = "days_in_village"
title = {{zh = "驻村天数", en = "Days in the village"}}
role = "first_secretary"
fact = "day_in_village"
unit = {{zh = "天", en = "days"}}
per = "holder"

[[terms]]
start = 2016-01-01
every = "month"
at_least = 20
measure = "days"
{SOURCE}"""
LIMIT = f"""id = "visit_minutes"
title = {{zh = "走访不过夜", en = "No endless visits"}}
role = "helper"
any_of = ["visit"]
unit = {{zh = "分钟", en = "minutes"}}

[[terms]]
start = 2016-01-01
every = "week"
at_most = 2000
measure = "sum"
field = "minutes"
{SOURCE}"""
DEADLINE = f"""id = "first_visit"
title = {{zh = "结对后走访", en = "First visit"}}
role = "helper"
after = "registry.household"
fact = "visit"

[[terms]]
start = 2016-01-01
within = 10
unit = "working_days"
grace = 3
pause = ["leave"]
{SOURCE}"""
STAFFING = f"""id = "secretary"
title = {{zh = "贫困村派第一书记", en = "A first secretary for each poor village"}}
role = "first_secretary"

[[terms]]
start = 2016-01-01
at_least = 1
at_most = 1
where = "poor_village = 'yes'"
requires = "level = 'section'"
cap = 1
vacant_for = 30
{SOURCE}"""
COVERAGE = f"""id = "class_coverage"
title = {{zh = "培训覆盖面", en = "Coverage"}}
population = "person"
where = "level IN ('county', 'section')"
fact = "class_session"
via = "attendee"
by = ["level", "assignments:helper", "township"]

[announced]
fact = "class_plan"
day = "class_on"
for = {{level = "levels", "assignments:helper" = "home", township = "town"}}

[[terms]]
start = 2014-01-01
every = "year"
{SOURCE}"""
FIGURE = f"""id = "visits"
title = {{zh = "走访", en = "Visits"}}
of = "facts:visit"
measure = "sum"
field = "minutes"
performed_by = "first_secretary"
unit = {{zh = "分钟", en = "minutes"}}

[[terms]]
start = 2014-01-01
where = "mode = 'door' AND EXISTS (SELECT 1 FROM household AS h WHERE h.id = fact_visit.subject)"
since = "year"
{SOURCE}
[[terms.parts]]
id = "long"
title = {{zh = "超过一小时", en = "Longer than an hour"}}
where = "minutes > 60"
"""
FILES: Mapping[str, str] = {
    "county.toml": COUNTY,
    "facts/visit.toml": VISIT,
    "facts/leave.toml": LEAVE,
    "facts/day_in_village.toml": DAY,
    "facts/class_session.toml": CLASS,
    "facts/class_plan.toml": PLAN,
    "duties/monthly_visit.toml": MONTHLY,
    "duties/days_in_village.toml": DAYS,
    "duties/visit_minutes.toml": LIMIT,
    "deadlines/first_visit.toml": DEADLINE,
    "staffing/secretary.toml": STAFFING,
    "coverage/class_coverage.toml": COVERAGE,
    "figures/visits.toml": FIGURE,
    "scores/township_work.toml": SCORE,
    "ladders/steps.toml": LADDER,
    **procedure_files(SOURCE),
    **check_files(SOURCE),
    **pairing_files(SOURCE),
}


def write(folder: Path, files: Mapping[str, str | None] | None = None) -> Path:
    """The small handbook in `folder`, with `files` in place of its own or besides (None: out)."""
    for name, text in {**FILES, **(files or {})}.items():
        if text is None:
            continue
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def changed(name: str, old: str, new: str) -> dict[str, str | None]:
    """One file of the small handbook with `old`, which it holds, turned into `new`."""
    assert old in FILES[name], f"{name} does not hold {old!r}"
    return {name: FILES[name].replace(old, new, 1)}
