"""The engine's peer: the same answer in DuckDB SQL, written as well as we know how.

Why it is a fair one: it reads the same Arrow tables, with start-up left out; facts meet periods
by an equi-join over a map of days (five times faster than a range join), posts meet periods in
one product, each duty is one statement, evidence is gathered by `list`, unsorted. It may assume
what this data has, where the grid may not: posts of a role never overlap, one term a rule, no
leave and no conditions. Its plan for the largest duty is printed with `--plan`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
from bench.county_year.data import AS_OF, YEAR

from bangfu.core.periods import day_number, periods
from bangfu.core.rules import Duty, Handbook

if TYPE_CHECKING:
    from bangfu.engine.tables import Tables

Answer = dict[str, tuple[float, ...]]
TODAY = day_number(AS_OF)

_OWED = """
WITH held AS (
    SELECT a.subject, p.first, p.last, p.size, p.month,
        sum(least(a.until, p.last + 1) - greatest(a.since, p.first))::BIGINT AS covered,
        arg_max(a.person, a.since) AS person
    FROM post_{rule} a JOIN period_{rule} p ON a.since <= p.last AND a.until > p.first
    GROUP BY ALL
), owed AS (
    SELECT *, (2 * {at_least} * covered + size) // (2 * size) AS need FROM held WHERE need > 0
), done AS (
    SELECT f.subject, m.first,
        {count} FILTER (WHERE NOT m.late) AS on_time,
        {count} FILTER (WHERE m.late) AS in_grace,
        list(f.fact) FILTER (WHERE NOT m.late) AS facts,
        list(f.fact) FILTER (WHERE m.late) AS late_facts
    FROM fact_{rule} f
    JOIN map_{rule} m ON m.day = f.day
    JOIN post_{rule} a ON a.subject = f.subject AND a.person = f.performer
        AND f.day >= a.since AND f.day < a.until
    GROUP BY ALL
)
SELECT '{rule}' AS rule, o.subject, o.person, o.first, o.last, o.month, o.need,
    CASE WHEN coalesce(on_time, 0) >= need THEN 1
        WHEN coalesce(on_time, 0) + coalesce(in_grace, 0) >= need THEN 2
        WHEN o.last + {grace} >= {today} THEN 0 ELSE 3 END AS state,
    CASE WHEN state = 1 THEN on_time ELSE coalesce(on_time, 0) + coalesce(in_grace, 0) END AS got,
    CASE WHEN state = 1 OR late_facts IS NULL THEN facts
        WHEN facts IS NULL THEN late_facts ELSE facts || late_facts END AS because
FROM owed o LEFT JOIN done d ON d.subject = o.subject AND d.first = o.first
"""

_DEADLINE = """
SELECT '{rule}' AS rule, t.subject, arg_max(a.person, a.since) AS person,
    t.day AS first, t.day + {within} AS last, 0 AS month, 1::BIGINT AS need,
    CASE WHEN min(f.day) <= t.day + {within} THEN 1 WHEN min(f.day) IS NOT NULL THEN 2
        WHEN t.day + {within} + {grace} >= {today} THEN 0 ELSE 3 END AS state,
    (min(f.day) IS NOT NULL)::BIGINT AS got,
    CASE WHEN min(f.day) IS NOT NULL THEN [arg_min(f.fact, f.day)] END AS because
FROM trigger_{rule} t
JOIN post_{rule} a ON a.subject = t.subject AND a.since <= least(t.day + {within}, {today})
LEFT JOIN fact_{rule} f ON f.subject = t.subject AND f.day >= t.day
GROUP BY t.subject, t.day, t.fact
"""

_STREAK = """
SELECT sum(streak) FROM (
    SELECT state, c - coalesce(max(CASE WHEN state IN (1, 2) THEN c END) OVER w, 0) AS streak
    FROM (SELECT *, sum((state = 3)::INT) OVER (PARTITION BY rule, subject ORDER BY first) AS c
        FROM result)
    WINDOW w AS (PARTITION BY rule, subject ORDER BY first)
) WHERE state = 3
"""

_SCORE = """
CREATE OR REPLACE TABLE score AS
WITH line AS (
    SELECT person, month, rule,
        sum(CASE state WHEN 1 THEN 1.0::DOUBLE WHEN 2 THEN 0.5::DOUBLE ELSE 0::DOUBLE END)
            / count(*) AS share
    FROM result WHERE state <> 0 AND rule IN (SELECT rule FROM weight) GROUP BY ALL
), total AS (
    SELECT person, month, sum(share * weight) AS points FROM line JOIN weight USING (rule)
    GROUP BY ALL
)
SELECT *, rank() OVER (PARTITION BY month ORDER BY round(points, 6) DESC) AS place FROM total
"""

_BOTTOM = """
WITH numbered AS (
    SELECT *, row_number() OVER (PARTITION BY month ORDER BY place DESC) AS n FROM score
), edge AS (SELECT month, min(place) AS place FROM numbered WHERE n <= 3 GROUP BY month)
SELECT count(*), sum(person) FROM score s JOIN edge e ON s.month = e.month
WHERE s.place >= e.place AND s.place > 1
"""

_OVERDUE = """
SELECT count(*), sum(n) FROM (
    SELECT person, count(*) AS n FROM result WHERE rule = 'contact' AND state = 3
    GROUP BY person HAVING n >= 4)
"""


class Peer:
    """A connection with the county's tables in it; `answer` computes everything anew."""

    def __init__(self, handbook: Handbook, tables: Tables) -> None:
        import duckdb

        self.handbook = handbook
        self.connection = duckdb.connect(":memory:", config={"threads": "2"})
        for duty in handbook.duties.values():
            self._load(duty, tables)
        for rule in handbook.deadlines.values():
            self._register(f"post_{rule.id}", _posts(tables, rule.role))
            self._register(f"fact_{rule.id}", _facts(tables, rule.fact))
            self._register(f"trigger_{rule.id}", _facts(tables, rule.after))
        (term,) = handbook.scores["monthly"].terms
        weights = [(one.duty, one.weight) for one in term.indicators]
        self._register("weight", pa.table({
            "rule": [duty for duty, _ in weights], "weight": [weight for _, weight in weights],
        }))  # fmt: skip

    def _register(self, name: str, table: pa.Table) -> None:
        self.connection.register("incoming", table)
        self.connection.execute(f"CREATE TABLE {name} AS SELECT * FROM incoming")
        self.connection.unregister("incoming")

    def _load(self, duty: Duty, tables: Tables) -> None:
        """The rule's facts and posts, its periods, and its map from days to periods."""
        (term,) = duty.terms
        found = [p for p in periods(term.every, YEAR) if p.start <= AS_OF]
        spans = [(day_number(p.start), day_number(p.end) - 1, p.last_day) for p in found]
        self._register(f"period_{duty.id}", pa.table({
            "first": [first for first, _, _ in spans],
            "last": [last for _, last, _ in spans],
            "size": [last - first + 1 for first, last, _ in spans],
            "month": [day.year * 12 + day.month for _, _, day in spans],
        }))  # fmt: skip
        days = [
            (day, first, day > last)
            for first, last, _ in spans
            for day in range(first, last + term.grace + 1)
            if day <= TODAY
        ]
        self._register(f"map_{duty.id}", pa.table({
            "day": pa.array([day for day, _, _ in days], pa.int32()),
            "first": [first for _, first, _ in days],
            "late": [late for _, _, late in days],
        }))  # fmt: skip
        self._register(f"fact_{duty.id}", _facts(tables, duty.facts[0]))
        self._register(f"post_{duty.id}", _posts(tables, duty.role))

    def statement(self, rule: str) -> str:
        """The query of one rule."""
        duty = self.handbook.duties.get(rule)
        if duty is None:
            (limit,) = self.handbook.deadlines[rule].terms
            return _DEADLINE.format(rule=rule, within=limit.within, grace=limit.grace, today=TODAY)
        (term,) = duty.terms
        count = "count(DISTINCT f.day)" if term.measure == "days" else "count(*)"
        return _OWED.format(
            rule=rule, at_least=term.at_least, grace=term.grace, count=count, today=TODAY
        )

    def answer(self) -> None:
        """Obligations with evidence, scores with ranks; streaks and steps are read from them."""
        rules = (*self.handbook.duties, *self.handbook.deadlines)
        whole = " UNION ALL ".join(f"({self.statement(rule)})" for rule in rules)
        self.connection.execute(f"CREATE OR REPLACE TABLE result AS {whole}")
        self.connection.execute(_SCORE)
        self.sums = {
            "streak": self._one(_STREAK),
            "bottom": self._one(_BOTTOM),
            "overdue": self._one(_OVERDUE),
        }

    def checksums(self) -> Answer:
        """What must be equal, computed after the clock has stopped."""
        found: Answer = {}
        for rule, state, *sums in self.connection.execute(
            "SELECT rule, state, count(*), sum(need), sum(got), sum(person), "
            "sum(coalesce(len(because), 0)), sum(coalesce(list_sum(because), 0)) "
            "FROM result GROUP BY ALL"
        ).fetchall():
            found[f"{rule}/{state}"] = tuple(float(one) for one in sums)
        score = self._one("SELECT count(*), round(sum(points), 3), sum(place) FROM score")
        return {**found, **self.sums, "score": score}

    def plan(self) -> str:
        """How DuckDB goes about the largest duty."""
        return str(self.connection.execute("EXPLAIN " + self.statement("contact")).fetchall()[0][1])

    def _one(self, statement: str) -> tuple[float, ...]:
        row = self.connection.execute(statement).fetchone()
        return tuple(float(one or 0) for one in row or ())


def _facts(tables: Tables, kind: str) -> pa.Table:
    table = tables.facts[kind]
    return pa.table({
        "fact": table.fact, "subject": table.subject, "day": table.day,
        "performer": table.performer,
    })  # fmt: skip


def _posts(tables: Tables, role: str) -> pa.Table:
    table = tables.assignments[role]
    return pa.table({
        "subject": table.subject, "person": table.person, "since": table.start, "until": table.end,
    })  # fmt: skip
