"""Checks that can never find anything, that find everything, or that no example shows at work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlglot import exp
from sqlglot.optimizer.simplify import simplify

from bangfu.core.rules import Check, Handbook
from bangfu.handbook.check_references import query_of
from bangfu.handbook.check_views import check_views
from bangfu.handbook.conditions import BadCondition
from bangfu.handbook.problems import Issue

_COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.In, exp.Between)


def check_findings(handbook: Handbook, check: Check) -> Iterator[Issue]:
    """What is odd about one check, from its form and its examples."""
    views = check_views(handbook)
    for number, term in enumerate(check.terms, start=1):
        try:
            tree = query_of(handbook, check, term, views).tree
        except BadCondition:
            continue  # the loader refuses it
        place = f"terms[{number}].select"
        if not any(tree.args.get(part) for part in ("where", "having", "qualify", "joins")):
            yield Issue("checks", check.id, place, "check_always", {})
            continue
        verdict = _verdict(tree)
        if verdict is not None:
            code = "check_always" if verdict else "check_never"
            yield Issue("checks", check.id, place, code, {})
    if not any(case.finds for case in check.cases):
        yield Issue("checks", check.id, "cases", "check_unshown", {})
    if all(case.finds for case in check.cases):
        yield Issue("checks", check.id, "cases", "check_unlimited", {})


def _verdict(tree: exp.Select) -> bool | None:
    """Whether the conditions of a query hold always or never, as far as their form tells."""
    found = []
    for part in ("where", "having", "qualify"):
        condition = tree.args.get(part)
        if condition is not None:
            found.append(_of_condition(condition.this))
    joined = [_of_condition(join.args["on"]) for join in tree.args.get("joins") or ()
              if join.side != "LEFT"]  # fmt: skip
    if False in (*found, *joined):
        return False
    return True if found and all(found) and not joined else None


def _of_condition(condition: exp.Expression) -> bool | None:
    if _asks_too_much(condition):
        return False
    plain = simplify(condition.copy(), dialect="duckdb")
    if isinstance(plain, exp.Boolean):
        return bool(plain.this)
    return None


def _asks_too_much(condition: exp.Expression) -> bool:
    """Whether a column must be unknown and be compared, or be two things at once."""
    parts = list(condition.flatten()) if isinstance(condition, exp.And) else [condition]
    parts = [part.unnest() for part in parts]
    unknown = {p.this.sql() for p in parts if isinstance(p, exp.Is) and _null(p.expression)}
    compared = {p.this.sql() for p in parts if isinstance(p, _COMPARISONS)}
    wanted: dict[str, set[str]] = {}
    for part in parts:
        if isinstance(part, exp.EQ) and isinstance(part.expression, exp.Literal):
            wanted.setdefault(part.this.sql(), set()).add(part.expression.sql())
    twice = any(len(values) > 1 for values in wanted.values())
    return bool(unknown & compared) or twice or _empty_range(parts)


def _empty_range(parts: Iterable[exp.Expr]) -> bool:
    """Whether a column must be above one number and below a smaller one."""
    least: dict[str, float] = {}
    most: dict[str, float] = {}
    for part in parts:
        number = part.args.get("expression")
        if not isinstance(number, exp.Literal) or number.is_string:
            continue
        name, value = part.this.sql(), float(number.name)
        if isinstance(part, (exp.GT, exp.GTE)):
            least[name] = max(value, least.get(name, value))
        elif isinstance(part, (exp.LT, exp.LTE)):
            most[name] = min(value, most.get(name, value))
    return any(least[name] > most[name] for name in least.keys() & most.keys())


def _null(node: exp.Expression) -> bool:
    return isinstance(node, exp.Null)
