"""The procedure of the small handbook, with its facts, as files."""

from __future__ import annotations

CASE = """
[[fields]]
id = "case"
title = {zh = "办件", en = "Case"}
type = "reference"
to = "alarm"
required = true
"""


def _about_village(name: str, zh: str, en: str, fields: str = "") -> str:
    """A kind of fact about a village that the township enters."""
    return f"""id = "{name}"
title = {{zh = "{zh}", en = "{en}"}}
subject = "village"
evidence = "work"
recorders = [{{role = "township_officer", scope = "place"}}]
{fields}
"""


ALARM = _about_village(
    "alarm", "警报", "Alarm",
    """
[[fields]]
id = "grave"
title = {zh = "严重", en = "Grave"}
type = "boolean"
""",
)  # fmt: skip
CHECK_UP = _about_village(
    "check_up", "核查", "Check",
    CASE
    + """
[[fields]]
id = "minutes_of"
title = {zh = "记录编号", en = "Number of the minutes"}
type = "text"
""",
)  # fmt: skip
RULING = _about_village(
    "ruling", "处理", "Ruling",
    CASE
    + """
[[fields]]
id = "result"
title = {zh = "结果", en = "Result"}
type = "choice"
required = true
options.upheld = {zh = "属实", en = "True"}
options.dismissed = {zh = "不实", en = "Not true"}
options.again = {zh = "再查", en = "Look again"}
""",
)  # fmt: skip
OBJECTION = _about_village("objection", "异议", "Objection", CASE)
SETTLED = _about_village("settled", "异议处理", "Objection settled", CASE)
PROCEDURE = """id = "alarm_case"
title = {zh = "警报处理", en = "An alarm looked into"}
subject = "village"
opens = "alarm"

[[terms]]
start = 2016-01-01
within = {days = 30}
pause = {fact = "objection", until = "settled"}

[[terms.steps]]
id = "look"
title = {zh = "查看", en = "Look"}
fact = "check_up"
by = ["township_officer"]
within = {days = 5}
needs = ["minutes_of"]

[[terms.steps]]
id = "look_again"
title = {zh = "复查", en = "Second look"}
fact = "check_up"
by = ["township_officer", "registrar"]
when = "grave = TRUE"

[[terms.steps]]
id = "rule"
title = {zh = "处理", en = "Rule"}
fact = "ruling"
by = ["registrar"]
not_before = {days = 3, after = "look"}
within = {working_days = 5, after = "look"}
outcome = "result"
outcomes.dismissed = {closes = true}
outcomes.again = {back_to = "look"}

[[terms.steps]]
id = "mend"
title = {zh = "整改", en = "Mend"}
fact = "check_up"
by = ["township_officer"]
within = {days = 9}
lapses = true
"""


def procedure_files(source: str) -> dict[str, str]:
    """The files by name, each term with that source."""
    kinds = {
        "alarm": ALARM, "check_up": CHECK_UP, "ruling": RULING, "objection": OBJECTION,
        "settled": SETTLED,
    }  # fmt: skip
    ever = f"\n[[terms]]\nstart = 2014-01-01\n{source}"
    files = {f"facts/{name}.toml": text + ever for name, text in kinds.items()}
    first = "[[terms.steps]]"
    before, steps = PROCEDURE.split(first, 1)
    files["procedures/alarm_case.toml"] = f"{before}{source}\n{first}{steps}"
    return files
