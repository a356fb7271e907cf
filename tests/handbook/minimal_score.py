"""The score and the ladder of the small handbook, as files; and the source of all its terms."""

from __future__ import annotations

SOURCE = """[terms.source]
title = "本县办法"
quote = "按办法办"
standing = "local"
"""
SCORE = f"""id = "township_work"
title = {{zh = "乡镇工作", en = "Work of a township"}}
level = "township"

[[terms]]
start = 2016-01-01
every = "quarter"
{SOURCE}
[[terms.indicators]]
id = "visits"
title = {{zh = "走访", en = "Visits"}}
duty = "monthly_visit"
weight = 60

[[terms.indicators]]
id = "classes"
title = {{zh = "培训", en = "Classes"}}
fact = "class_session"
points = 2
cap = 10
"""
LADDER = f"""id = "steps"
title = {{zh = "问责建议", en = "Steps"}}
score = "township_work"

[[terms]]
start = 2016-01-01
{SOURCE}
[[terms.rungs]]
id = "statement"
title = {{zh = "表态发言", en = "Statement"}}
when = "bottom"
number = 3
to = "township_officer"
reply_days = 5

[[terms.rungs]]
id = "interview"
title = {{zh = "约谈", en = "Interview"}}
when = "repeats"
rung = "statement"
number = 2
to = "township_officer"
reply_days = 5

[[terms.rungs]]
id = "too_long"
title = {{zh = "提醒", en = "Reminder"}}
when = "over"
duty = "visit_minutes"
number = 1
to = "helper"
reply_days = 5
"""
