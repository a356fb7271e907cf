"""Coverage, figures, scores and ladders: what they count exists and can be counted so."""

from __future__ import annotations

from collections.abc import Mapping

from bangfu.core.registry import SUBJECT_TITLES
from bangfu.core.rules import Announced, Coverage, FactKind, Figure, Ladder, Rung, Score
from bangfu.handbook.breakdowns import PLACES, post_of
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
# The fewest persons of whose personal values one number may be made.
FEWEST = 5
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
    for name in coverage.by:
        _check_breakdown(look, coverage, name)
    if rows := figure_rows(look.handbook, f"facts:{coverage.fact}"):
        look.sql("filters", coverage.filters, rows)
    if coverage.announced is not None:
        _check_announced(look.at("announced"), coverage, coverage.announced)
    if kind is None:
        return
    named = kind.field(coverage.each)
    fitting = named is not None and named.type == "reference" and named.required
    if coverage.each and not (fitting and named is not None and named.to not in SUBJECT_TITLES):
        look.wrong("each_field", "each", found=coverage.each)
    if not coverage.via:
        if kind.subject != coverage.population:
            mismatch(look, "fact", kind.id, kind.subject, coverage.population)
        return
    roles = {role.id: role for role in kind.participants}
    if look.among("via", "participants", coverage.via, roles):
        found = roles[coverage.via]
        if found.type != coverage.population:
            mismatch(look, "via", found.id, found.type, coverage.population)


def _check_breakdown(look: Lookup, coverage: Coverage, name: str) -> None:
    """A place above the population, a post that persons hold, or a status of the population."""
    if role := post_of(name):
        if look.reference("by", "roles", role) and coverage.population != "person":
            mismatch(look, "by", name, "person", coverage.population)
    elif name in PLACES:
        if coverage.population in ("township", name):
            mismatch(look, "by", name, coverage.population, "household")
    elif look.among("by", "statuses", name, look.known["statuses"]):
        status = look.handbook.statuses.get(name)
        if status is not None and status.subject != coverage.population:
            mismatch(look, "by", name, status.subject, coverage.population)


def _check_announced(look: Lookup, coverage: Coverage, announced: Announced) -> None:
    """A kind with a date, and for each breakdown what names its groups."""
    kind = look.kind("fact", announced.fact)
    if kind is None:
        return
    day = kind.field(announced.day)
    if day is None or day.type != "date" or not day.required:
        look.wrong("announced_day", "day", found=announced.day)
    roles = {role.id: role.type for role in kind.participants}
    for by, name in announced.limits.items():
        _check_breakdown(look.at("for"), coverage, by)
        field = kind.field(name)
        if by in look.handbook.statuses:
            fits = field is not None and field.type in ("choice", "choices")
        else:
            role = look.handbook.roles.get(post_of(by))
            fits = roles.get(name) == (role.subject if role else by)
        if not fits:
            look.wrong("announced_limit", "for", found=name, by=by)


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
    _check_persons(look, figure, source, rows)
    for index, term in enumerate(figure.terms, start=1):
        inner = look.at(f"terms[{index}]")
        inner.sql("where", term.where, rows)
        for number, name in enumerate(term.part_titles, start=1):
            inner.sql(f"parts[{number}].where", term.parts.get(name, ""), rows)
            _check_part(inner.at(f"parts[{number}]"), figure, term.figures.get(name, ""))


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


def _check_persons(look: Lookup, figure: Figure, source: str, rows: Rows) -> None:
    """What is measured of personal values is measured of several persons, or it tells of one."""
    if figure.each and not figure.persons:
        look.wrong("field_needed", "persons", why_zh="有 each ", why_en="each",
                   example=f"persons = {FEWEST}")  # fmt: skip
    if figure.each:
        look.among("each", "fields", figure.each, rows.columns)
    kind = look.handbook.kind(figure.of.partition(":")[2]) if source == "facts" else None
    field = kind.field(figure.field) if kind else None
    if field is not None and field.personal and figure.persons < FEWEST:
        look.wrong("few_persons", "persons", found=field.id, fewest=FEWEST)


def _check_part(look: Lookup, figure: Figure, other: str) -> None:
    """A part that is another figure: one that is there, and has no such parts itself."""
    if other and look.reference("figure", "figures", other):
        found = look.handbook.figures.get(other)
        if other == figure.id or (found and any(term.figures for term in found.terms)):
            look.wrong("part_nested", "figure", found=other)


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
