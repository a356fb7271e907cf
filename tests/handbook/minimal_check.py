"""The small handbook's check, its exemption, and its formulas."""

from __future__ import annotations


def check_files(source: str) -> dict[str, str]:
    """Their files; `source` is the document behind each term."""
    return {
        "facts/profile.toml": PROFILE + source,
        "facts/doubt_exempted.toml": EXEMPTED + source,
        "checks/large_field.toml": CHECK.replace("SOURCE", source),
        "formulas/income_line.toml": LINE + source,
        "formulas/income.toml": INCOME.replace("SOURCE", source),
    }


PROFILE = """id = "profile"
title = {zh = "基本情况", en = "Profile"}
subject = "household"
evidence = "work"
latest = true
recorders = [{role = "helper", scope = "subject"}]

[[fields]]
id = "mu"
title = {zh = "耕地面积", en = "Field"}
type = "number"
decimals = 2
unit = {zh = "亩", en = "mu"}

[[fields]]
id = "health"
title = {zh = "健康状况", en = "Health"}
type = "choice"
personal = true
options.well = {zh = "健康", en = "Well"}
options.ill = {zh = "患病", en = "Ill"}

[[fields]]
id = "phone"
title = {zh = "电话", en = "Phone"}
type = "text"
identifier = true
form = "phone"

[[fields]]
id = "wages"
title = {zh = "工资", en = "Wages"}
type = "money"
personal = true

[[fields]]
id = "costs"
title = {zh = "支出", en = "Costs"}
type = "money"
personal = true

[[terms]]
start = 2014-01-01
"""
EXEMPTED = """id = "doubt_exempted"
title = {zh = "疑点豁免", en = "Exemption from a check"}
subject = "household"
evidence = "work"
recorders = [{role = "township_officer", scope = "place"}]

[[fields]]
id = "check"
title = {zh = "疑点规则", en = "Check"}
type = "text"
required = true

[[fields]]
id = "until"
title = {zh = "期限", en = "Until"}
type = "date"
required = true

[[fields]]
id = "reason"
title = {zh = "原因", en = "Reason"}
type = "text"
required = true

[[terms]]
start = 2014-01-01
"""
CHECK = """id = "large_field"
title = {zh = "耕地面积过大", en = "Field too large"}
subject = "household"
message = {zh = "耕地 {mu} 亩，超过 {most} 亩", en = "A field of {mu} mu, above {most}"}
severity = "doubt"
mends = ["helper", "township_officer"]
exempted_by = "doubt_exempted"

[[terms]]
start = 2016-01-01
select = '''
SELECT p.subject, p.mu, param('most', as_of()) AS most
FROM latest_profile AS p
WHERE p.mu > param('most', as_of())
'''
params.most = {value = 100, unit = {zh = "亩", en = "mu"}}
SOURCE
[[cases]]
day = 2017-07-31
finds = [1]
rows.latest_profile = [{subject = 1, mu = 100.5}, {subject = 2, mu = 100}]

[[cases]]
day = 2015-12-31
finds = []
rows.latest_profile = [{subject = 1, mu = 100.5}]
"""
LINE = """id = "income_line"
title = {zh = "监测线", en = "Monitoring line"}
unit = {zh = "元", en = "yuan"}

[[terms]]
start = 2016-01-01
value = 3000
"""
INCOME = """id = "income"
title = {zh = "人均纯收入", en = "Net income a head"}
unit = {zh = "元", en = "yuan"}
subject = "household"
proposes = {fact = "visit", below = "income_line"}

[[terms]]
start = 2016-01-01
per_head = true
months = 12
SOURCE
[[terms.lines]]
id = "wages"
title = {zh = "工资性收入", en = "Wages"}
fact = "profile"
fields = ["wages"]
take = "latest"
where = "health = 'well'"

[[terms.lines]]
id = "costs"
title = {zh = "经营支出", en = "Costs"}
fact = "profile"
fields = ["costs"]
take = "latest"
minus = true
"""
