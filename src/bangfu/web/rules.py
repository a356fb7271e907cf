"""A handbook's rules in plain words: who, for what, how much, how often, and what is excused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override, pgettext

from bangfu.core.periods import Cadence
from bangfu.core.registry import SUBJECT_TITLES
from bangfu.core.results import FigureValue
from bangfu.core.rules import (
    Check,
    Coverage,
    CoverageTerm,
    Deadline,
    DeadlineTerm,
    Duty,
    DutyTerm,
    FactKind,
    Figure,
    FigureTerm,
    Formula,
    Handbook,
    Ladder,
    LadderTerm,
    Pairing,
    PairingTerm,
    Procedure,
    ProcedureTerm,
    Score,
    ScoreTerm,
    Shape,
    Staffing,
    StaffingTerm,
    SubjectType,
    Term,
)
from bangfu.handbook.breakdowns import breakdown_title, split_status
from bangfu.handbook.check_sentences import check_lines, formula_lines
from bangfu.handbook.columns import common_columns, figure_rows, status_columns
from bangfu.handbook.condition_types import Column
from bangfu.handbook.condition_words import in_words
from bangfu.handbook.pairing_files import pairing_lines
from bangfu.handbook.procedure_sentences import procedure_lines
from bangfu.handbook.speaker import Speaker
from bangfu.handbook.wording import EVERY
from bangfu.web.words import day, figure, language, say

Rule = (
    FactKind | Duty | Deadline | Staffing | Coverage | Figure | Score | Ladder | Procedure | Check
    | Formula | Pairing
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TermWords:
    """One term of a rule: when, whether it is in force, its sentences and its source."""

    term: Term
    now: bool
    sentences: tuple[str, ...]


def shapes(handbook: Handbook) -> dict[Shape, Mapping[str, Rule]]:
    """The rules of each shape that the handbook has; built-in kinds are left out."""
    kinds = {
        kind.id: kind for kind in handbook.kinds.values() if not kind.registry and kind.id != "void"
    }
    found: dict[Shape, Mapping[str, Rule]] = {
        "duty": handbook.duties,
        "deadline": handbook.deadlines,
        "staffing": handbook.staffing,
        "coverage": handbook.coverage,
        "figure": handbook.figures,
        "score": handbook.scores,
        "ladder": handbook.ladders,
        "procedure": handbook.procedures,
        "check": handbook.checks,
        "formula": handbook.formulas,
        "pairing": handbook.pairings,
        "fact": kinds,
    }
    return {shape: rules for shape, rules in found.items() if rules}


def shape_title(shape: Shape) -> str:
    """应办, 期限 and so on."""
    return {
        "duty": _("Duties"),
        "deadline": _("Deadlines"),
        "staffing": _("Staffing"),
        "coverage": _("Coverage"),
        "figure": _("Figures"),
        "score": _("Scores"),
        "ladder": _("Steps of accountability"),
        "procedure": _("Procedures"),
        "check": _("Checks of the data"),
        "formula": _("Formulas"),
        "pairing": _("Pairing"),
        "fact": _("What can be recorded"),
    }[shape]


def shape_of(text: str) -> Shape | None:
    """The shape that a word of an address names."""
    found: tuple[Shape, ...] = get_args(Shape)
    return next((shape for shape in found if shape == text), None)


def sentences(handbook: Handbook, rule: Rule, term: Term) -> tuple[str, ...]:
    """What a rule says in one of its terms, a sentence each."""
    words: list[str] = []
    if isinstance(rule, Duty) and isinstance(term, DutyTerm):
        words = _duty(handbook, rule, term)
    elif isinstance(rule, Deadline) and isinstance(term, DeadlineTerm):
        words = _deadline(handbook, rule, term)
    elif isinstance(rule, Staffing) and isinstance(term, StaffingTerm):
        words = _staffing(handbook, rule, term)
    elif isinstance(rule, Coverage) and isinstance(term, CoverageTerm):
        words = _coverage(handbook, rule, term)
    elif isinstance(rule, Figure) and isinstance(term, FigureTerm):
        words = _figure(handbook, rule, term)
    elif isinstance(rule, Score) and isinstance(term, ScoreTerm):
        words = _score(handbook, term)
    elif isinstance(rule, Ladder) and isinstance(term, LadderTerm):
        words = [say(rung.title) for rung in term.rungs]
    elif isinstance(rule, Procedure) and isinstance(term, ProcedureTerm):
        words = list(procedure_lines(Speaker(handbook, language()), rule)[1](term))
    elif isinstance(rule, Check):
        head, of_term = check_lines(Speaker(handbook, language()), rule)
        words = [*head, *of_term(term)]
    elif isinstance(rule, Formula):
        head, of_term = formula_lines(Speaker(handbook, language()), rule)
        words = [*head, *of_term(term)]
    elif isinstance(rule, Pairing) and isinstance(term, PairingTerm):
        words = list(pairing_lines(Speaker(handbook, language()), rule)[1](term))
    return tuple(word for word in words if word)


def every(cadence: Cadence) -> str:
    """每周, 每月."""
    return say(EVERY[cadence])


def kind_titles(handbook: Handbook, kinds: tuple[str, ...]) -> str:
    """The titles of fact kinds, one or the other."""
    titles = [say(handbook.kinds[name].title) if name in handbook.kinds else name for name in kinds]
    return pgettext("or-list", " or ").join(titles)


def _duty(handbook: Handbook, duty: Duty, term: DutyTerm) -> list[str]:
    role = handbook.roles[duty.role]
    owed = {
        "role": say(role.title),
        "each": _each(role.subject),
        "every": every(term.every),
        "number": term.at_least if term.at_least is not None else term.at_most,
        "unit": say(duty.unit),
        "kinds": kind_titles(handbook, duty.facts),
    }
    if term.at_most is not None:
        first = _("%(role)s: %(kinds)s, at most %(number)s %(every)s, counted in %(unit)s.") % owed
    else:
        first = (
            _(
                "%(role)s, for %(each)s answered for: %(kinds)s, at least %(number)s %(every)s, "
                "counted in %(unit)s."
            )
            % owed
        )
    kind = handbook.kinds.get(duty.facts[0]) if duty.facts else None
    where = _words(term.where, status_columns(handbook.statuses.values(), role.subject))
    kinds = [handbook.kinds[name] for name in duty.facts if name in handbook.kinds]
    filters = _words(duty.filters, common_columns(kinds))
    measured = kind.field(term.field) if kind and term.field else None
    away = kind_titles(handbook, term.excused_by) if term.excused_by else ""
    return [
        first,
        _("Only where: %(where)s.") % {"where": where} if where else "",
        _("Counted only if: %(filters)s.") % {"filters": filters} if filters else "",
        _("Different days are counted.") if term.measure == "days" else "",
        _("“%(field)s” is added up.") % {"field": say(measured.title)} if measured else "",
        _("Whoever did it, it counts.") if duty.by == "anyone"
        else _("Only what the holder of the post did counts."),
        _("Each holder owes it separately.") if duty.per == "holder" else "",
        _("Days of %(away)s are taken off.") % {"away": away} if away else "",
        _grace(term.grace),
    ]  # fmt: skip


def _each(subject: SubjectType) -> str:
    """每户, 每个行政村."""
    if subject == "household":
        return _("each household")
    return _("each %(subject)s") % {"subject": say(SUBJECT_TITLES[subject]).lower()}


def _words(condition: str, columns: Mapping[str, Column]) -> str:
    """A condition as a person would say it; empty where there is none."""
    return in_words(condition, columns, language()) if condition else ""


def _grace(days: int) -> str:
    if not days:
        return ""
    return ngettext(
        "It can be made up until %(days)d day after the period; then it counts as done late.",
        "It can be made up until %(days)d days after the period; then it counts as done late.",
        days,
    ) % {"days": days}


def _deadline(handbook: Handbook, rule: Deadline, term: DeadlineTerm) -> list[str]:
    after = handbook.kinds.get(rule.after)
    field = after.field(rule.after_field) if after and rule.after_field else None
    said = {
        "role": say(handbook.roles[rule.role].title),
        "within": _within(term),
        "after": say(field.title) if field else kind_titles(handbook, (rule.after,)),
        "kind": kind_titles(handbook, (rule.fact,)),
    }
    pause = kind_titles(handbook, term.pause) if term.pause else ""
    return [
        _("%(role)s: %(kind)s no later than the day “%(after)s”.") % said if not term.within
        else _("%(role)s: %(kind)s within %(within)s after “%(after)s”.") % said,
        _("Days of %(pause)s do not count.") % {"pause": pause} if pause else "",
        ngettext(
            "%(days)d day of grace before it counts as overdue.",
            "%(days)d days of grace before it counts as overdue.", term.grace,
        ) % {"days": term.grace} if term.grace else "",
    ]  # fmt: skip


def _within(term: DeadlineTerm) -> str:
    number = {"number": term.within}
    if term.unit == "hours":
        return ngettext("%(number)d hour", "%(number)d hours", term.within) % number
    if term.unit == "working_days":
        return ngettext("%(number)d working day", "%(number)d working days", term.within) % number
    return ngettext("%(number)d day", "%(number)d days", term.within) % number


def _staffing(handbook: Handbook, rule: Staffing, term: StaffingTerm) -> list[str]:
    role = handbook.roles[rule.role]
    said = {
        "role": say(role.title),
        "each": _each(role.subject),
        "least": term.at_least,
        "most": term.at_most,
        "cap": term.cap,
    }
    statuses = handbook.statuses.values()
    where = _words(term.where, status_columns(statuses, role.subject))
    requires = _words(term.requires, status_columns(statuses, "person"))
    return [
        _("%(role)s: at least %(least)s for %(each)s.") % said if term.at_most is None
        else _("%(role)s: exactly %(least)s for %(each)s.") % said
        if term.at_most == term.at_least
        else _("%(role)s: %(least)s to %(most)s for %(each)s.") % said,
        _("Only where: %(where)s.") % {"where": where} if where else "",
        _("Who holds it: %(requires)s.") % {"requires": requires} if requires else "",
        _("Nobody holds more than %(cap)s.") % said if term.cap else "",
        ngettext(
            "A vacancy is shown after %(days)d day.", "A vacancy is shown after %(days)d days.",
            term.vacant_for,
        ) % {"days": term.vacant_for} if term.vacant_for else "",
        _("Who takes it up against this is refused, unless “%(kind)s” was entered first.")
        % {"kind": kind_titles(handbook, (term.exception,))} if term.exception else "",
        *(_("Made up of: %(part)s, %(least)s at least.")
          % {"part": say(part.title), "least": part.at_least} for part in term.parts),
    ]  # fmt: skip


def _coverage(handbook: Handbook, rule: Coverage, term: CoverageTerm) -> list[str]:
    where = _words(rule.where, status_columns(handbook.statuses.values(), rule.population))
    split = pgettext("list", ", ").join(say(breakdown_title(handbook, name)) for name in rule.by)
    return [
        _("Who was reached by %(kind)s, %(every)s.")
        % {"kind": kind_titles(handbook, (rule.fact,)), "every": every(term.every)},
        _("Out of: %(where)s.") % {"where": where} if where else "",
        _("Only where: %(where)s.") % {"where": rule.filters} if rule.filters else "",
        _("Split by %(status)s.") % {"status": split} if split else "",
    ]


def _figure(handbook: Handbook, rule: Figure, term: FigureTerm) -> list[str]:
    shape, _colon, name = rule.of.partition(":")
    kind = handbook.kinds.get(name)
    rows = figure_rows(handbook, rule.of)
    where = _words(term.where, rows.columns if rows else {})
    since = {
        "year": _("Since the first of January of the year."),
        "all": _("From the beginning of the ledger."),
    }
    performer = handbook.roles.get(rule.performed_by)
    return [
        _("Counted from: %(source)s.") % {"source": _source(handbook, shape, name)},
        since.get(term.since, _("Since %(day)s.") % {"day": term.since}) if kind else "",
        _("Only where: %(where)s.") % {"where": where} if where else "",
        _("Only what was done by: %(role)s.") % {"role": say(performer.title)} if performer else "",
        _("Groups of fewer than %(n)s persons are left out.") % {"n": rule.persons}
        if rule.persons
        else "",
    ]


def _source(handbook: Handbook, shape: str, name: str) -> str:
    """What a figure counts, in words."""
    titled: Mapping[str, Rule] = {
        "coverage": handbook.coverage,
        "staffing": handbook.staffing,
        "duty": handbook.duties,
    }.get(shape, handbook.kinds)  # type: ignore[assignment]
    if shape == "assignments" and name in handbook.roles:
        return _("holders of the post “%(role)s”") % {"role": say(handbook.roles[name].title)}
    if shape == "subjects":
        return next((say(title) for key, title in SUBJECT_TITLES.items() if key == name), name)
    if name in titled:
        return say(titled[name].title)
    return name


def _score(handbook: Handbook, term: ScoreTerm) -> list[str]:
    lines = [every(term.every).capitalize()]
    for item in term.indicators:
        duty = handbook.duties.get(item.duty)
        said = {
            "title": say(item.title),
            "duty": say(duty.title) if duty else "",
            "weight": f"{item.weight:g}",
            "points": f"{item.points:g}",
            "kind": kind_titles(handbook, (item.fact,)),
        }
        if duty:
            lines.append(_("%(title)s: share of “%(duty)s” met × %(weight)s") % said)
        else:
            lines.append(_("%(title)s: %(points)s points for each %(kind)s") % said)
    return lines


def term_days(term: Term) -> str:
    """From when to when a term is in force."""
    start = day(term.start, year=True)
    if term.end is None:
        return _("since %(start)s") % {"start": start}
    return _("%(start)s until before %(end)s") % {"start": start, "end": day(term.end, year=True)}


def part_title(handbook: Handbook, figure: str, name: str) -> str:
    """What a part of a composite is called: by its title, or an option of what splits it."""
    rule = handbook.figures.get(figure)
    for term in rule.terms if rule else ():
        if name in term.part_titles:
            return say(term.part_titles[name])
    shape, _colon, source = rule.of.partition(":") if rule else ("", "", "")
    covered = handbook.coverage.get(source) if shape == "coverage" else None
    status = split_status(handbook, covered.by) if covered else None
    return say(status.options[name]) if status and name in status.options else name


def part_words(handbook: Handbook, value: FigureValue) -> list[str]:
    """The parts of a composite: what each is called, how much, in its own unit if it has one."""
    rule = handbook.figures[value.figure]
    others = {name: one for term in rule.terms for name, one in term.figures.items()}
    said = []
    for name, number in value.parts.items():
        unit = f" {say(handbook.figures[others[name]].unit)}" if name in others else ""
        said.append(f"{part_title(handbook, value.figure, name)} {figure(number)}{unit}")
    return said


def figure_lines(handbook: Handbook, values: Mapping[str, FigureValue], spoken: str) -> list[str]:
    """The figures as a command prints them for people: id, value or named parts, unit, title."""
    lines = []
    with override("en" if spoken == "en" else "zh-hans"):
        for name, value in values.items():
            rule = handbook.figures[name]
            parts = part_words(handbook, value)
            said = pgettext("list", ", ").join(parts) if parts else figure(value.value)
            own = any(term.figures for term in rule.terms)
            unit = "" if own else f" {say(rule.unit)}"
            lines.append(f"{name:<20}{said}{unit}  {say(rule.title)}")
    return lines
