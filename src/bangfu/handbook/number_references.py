"""Coverage, figures, scores and ladders: what they count exists and can be counted so."""

from __future__ import annotations

from collections.abc import Mapping

from bangfu.core.rules import Coverage, FactKind, Figure, Ladder, Rung, Score
from bangfu.handbook.columns import VIEW_OF, Rows, figure_rows, view_columns
from bangfu.handbook.fact_files import NUMBERS
from bangfu.handbook.lookup import Lookup
from bangfu.handbook.references import IDENTIFIER, NOT_NUMBER, SEVERAL, mismatch, unmeasured

# What each source of a figure can be measured as.
MEASURES: Mapping[str, tuple[str, ...]] = {
    "facts": ("count", "sum", "median", "distinct", "share"),
    "participants": ("count", "distinct", "share"),
    "subjects": ("count", "distinct", "share"),
    "assignments": ("count", "distinct", "share"),
    "coverage": ("share", "count"),
    "staffing": ("share", "count"),
    "duty": ("share", "count"),
}
# Where the name after the colon is looked up.
_HOMES: Mapping[str, str] = {
    "facts": "facts",
    "participants": "facts",
    "assignments": "roles",
    "coverage": "coverage",
    "staffing": "staffing",
}


def check_coverage(look: Lookup, coverage: Coverage) -> None:
    """The population, the fact that reaches it, and the status that splits it."""
    if coverage.population not in VIEW_OF:
        look.among("population", "subjects", coverage.population, VIEW_OF)
        return
    kind = look.kind("fact", coverage.fact)
    statuses = look.handbook.statuses
    columns = view_columns(statuses.values(), coverage.population)
    look.sql("where", coverage.where, Rows(columns, VIEW_OF[coverage.population]))
    if coverage.by and look.reference("by", "statuses", coverage.by):
        status = statuses.get(coverage.by)
        if status is not None and status.subject != coverage.population:
            mismatch(look, "by", coverage.by, status.subject, coverage.population)
    if kind is None:
        return
    if not coverage.via:
        if kind.subject != coverage.population:
            mismatch(look, "fact", kind.id, kind.subject, coverage.population)
        return
    roles = {role.id: role for role in kind.participants}
    if look.among("via", "participants", coverage.via, roles):
        found = roles[coverage.via]
        if found.type != coverage.population:
            mismatch(look, "via", found.id, found.type, coverage.population)


def check_figure(look: Lookup, figure: Figure) -> None:
    """The source of a figure, how it is measured, and its conditions."""
    source, _, name = figure.of.partition(":")
    if source not in MEASURES or not name:
        look.wrong("figure_of", "of", found=figure.of)
        return
    if figure.measure not in MEASURES[source]:
        known = ", ".join(MEASURES[source])
        look.wrong("figure_measure", "measure", of=source, found=figure.measure, known=known)
    if not _source_exists(look, source, name):
        return
    look.reference("performed_by", "roles", figure.performed_by)
    if figure.performed_by and source not in ("facts", "participants"):
        why = f'of = "{source}:…"'
        look.wrong("field_idle", "performed_by", why_zh=why, why_en=why)
    rows = figure_rows(look.handbook, figure.of)
    if rows is None:  # its file is broken and reported
        return
    _check_field(look, figure, source, rows)
    for index, term in enumerate(figure.terms, start=1):
        inner = look.at(f"terms[{index}]")
        inner.sql("where", term.where, rows)
        for part, text in term.parts.items():
            inner.sql(f"parts.{part}", text, rows)


def _source_exists(look: Lookup, source: str, name: str) -> bool:
    if source == "subjects":
        return look.among("of", "subjects", name, list(VIEW_OF))
    if source == "duty":
        return look.among("of", "duties", name, {*look.known["duties"], *look.known["deadlines"]})
    return look.reference("of", _HOMES[source], name)


def _check_field(look: Lookup, figure: Figure, source: str, rows: Rows) -> None:
    """sum and median read a number, distinct a column; the others read none."""
    measured = figure.measure in ("sum", "median", "distinct")
    why = f'measure = "{figure.measure}"'
    if measured and not figure.field:
        look.wrong("field_needed", "field", why_zh=why, why_en=why, example='field = "…"')
    if not measured and figure.field:
        look.wrong("field_idle", "field", why_zh=why, why_en=why)
    if not measured or not figure.field:
        return
    if not look.among("field", "fields", figure.field, rows.columns) or source != "facts":
        return
    kind = look.handbook.kind(figure.of.partition(":")[2])
    field = kind.field(figure.field) if kind else None
    numbers = _numbers(kind)
    if field is not None and field.identifier:
        unmeasured(look, "field", field.id, IDENTIFIER, numbers)
    elif field is not None and field.type == "choices":
        unmeasured(look, "field", field.id, SEVERAL, numbers)
    elif figure.measure != "distinct" and figure.field not in numbers:
        unmeasured(look, "field", figure.field, NOT_NUMBER, numbers)


def _numbers(kind: FactKind | None) -> list[str]:
    return [f.id for f in (kind.fields if kind else ()) if f.type in NUMBERS and not f.identifier]


def check_score(look: Lookup, score: Score) -> None:
    """The duties and kinds that the indicators read."""
    rules = {*look.known["duties"], *look.known["deadlines"]}
    for index, term in enumerate(score.terms, start=1):
        for number, indicator in enumerate(term.indicators, start=1):
            inner = look.at(f"terms[{index}].indicators[{number}]")
            inner.reference("fact", "facts", indicator.fact)
            if indicator.duty:
                inner.among("duty", "duties", indicator.duty, rules)


def check_ladder(look: Lookup, ladder: Ladder) -> None:
    """The score, the duties and the posts that the rungs name."""
    look.reference("score", "scores", ladder.score)
    for index, term in enumerate(ladder.terms, start=1):
        for number, rung in enumerate(term.rungs, start=1):
            inner = look.at(f"terms[{index}].rungs[{number}]")
            inner.reference("to", "roles", rung.to)
            inner.reference("case", "procedures", rung.case)
            _check_rung(inner, ladder, rung)


def _check_rung(look: Lookup, ladder: Ladder, rung: Rung) -> None:
    if rung.when == "bottom" and not ladder.score:
        example = 'score = "…"'
        look.wrong(
            "field_needed",
            "when",
            key="score",
            why_zh='when = "bottom"',
            why_en='when = "bottom"',
            example=example,
        )
    rules = {*look.known["duties"], *look.known["deadlines"]}
    if not rung.duty or not look.among("duty", "duties", rung.duty, rules):
        return
    duty = look.handbook.duties.get(rung.duty)
    deadline = rung.duty in look.handbook.deadlines
    limited = duty is not None and any(term.at_most is not None for term in duty.terms)
    if rung.when == "over" and (deadline or duty is not None) and not limited:
        look.wrong("at_most_needed", "duty", found=rung.duty)
