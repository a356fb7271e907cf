"""What a handbook that loads may still have wrong: gaps, weak sources, rules never met."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bangfu.core.disclosure import DISCLOSURES
from bangfu.core.facts import VOID
from bangfu.core.rules import FactKind, Handbook, NameTerm, Source, Term, term_on
from bangfu.core.text import Text
from bangfu.handbook.duty_files import SHORTEST
from bangfu.handbook.folders import rules_by_folder
from bangfu.handbook.law import FORBIDDEN_EVIDENCE
from bangfu.handbook.lint_checks import check_findings
from bangfu.handbook.lint_duties import deadline_findings, duty_findings, fact_findings
from bangfu.handbook.lint_messages import ADVICE, Level
from bangfu.handbook.lint_posts import posts_together
from bangfu.handbook.lint_procedures import procedure_findings
from bangfu.handbook.lint_uses import unused
from bangfu.handbook.problems import Issue, Problem
from bangfu.handbook.toml_file import TomlFile, read_toml


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that lint has to say; `error` findings make the command fail.

    `file` and `place` are as in `Problem`; `line` is None where the handbook has no files.
    """

    level: Level
    code: str
    file: str
    place: str
    text: Text
    line: int | None = None

    def say(self, language: str) -> str:
        """The finding on one line in `language`."""
        english = language.lower().startswith("en")
        level = self.level if english else {"error": "错误", "warning": "提醒"}[self.level]
        line = f":{self.line}" if self.line else ""
        place = f" {self.place}" if self.place else ""
        return f"{self.file}{line}{place}: {level}: {self.text.say(language)}"


def lint(handbook: Handbook) -> list[Finding]:
    """Everything worth saying about a loaded handbook, by file and place, errors included."""
    files: dict[str, TomlFile] = {}
    found = [_finding(handbook, issue, files) for issue in _issues(handbook)]
    return sorted(found, key=lambda f: (f.file, f.line or 0, f.place, f.code))


def _finding(handbook: Handbook, issue: Issue, files: dict[str, TomlFile]) -> Finding:
    name = f"{issue.folder}/{issue.rule}.toml" if issue.folder else "county.toml"
    if name in handbook.files and name not in files:
        file = read_toml(name, handbook.files[name].encode())
        if not isinstance(file, Problem):
            files[name] = file
    level, message = ADVICE[issue.code]
    cause, cure = message.say(**issue.words)
    text = Text(f"{cause.zh}。{cure.zh}。", f"{cause.en}. {cure.en}.")
    line = files[name].line(issue.place) if name in files else None
    return Finding(level, issue.code, name, issue.place, text, line)


def _issues(handbook: Handbook) -> Iterator[Issue]:
    for folder, rules in _rules(handbook).items():
        for name, terms in rules.items():
            yield from _gaps(folder, name, "terms", terms)
            for index, term in enumerate(terms, start=1):
                yield from _weak(folder, name, f"terms[{index}].source", term.source)
    for index, names in enumerate(handbook.names.values(), start=1):
        yield from _gaps("", "county", f"names[{index}].terms", names)
    for index, rule in enumerate(handbook.separations.values(), start=1):
        place = f"separations[{index}].terms"
        yield from _gaps("", "county", place, rule.terms)
        for number, term in enumerate(rule.terms, start=1):
            yield from _weak("", "county", f"{place}[{number}].source", term.source)
    for index, source in enumerate(handbook.switches.values(), start=1):
        yield from _weak("", "county", f"switches[{index}].source", source)
    yield from _calendar(handbook)
    for kind in handbook.kinds.values():
        yield from fact_findings(handbook, kind)
    for duty in handbook.duties.values():
        yield from duty_findings(handbook, duty)
    for deadline in handbook.deadlines.values():
        yield from deadline_findings(handbook, deadline)
    for procedure in handbook.procedures.values():
        yield from procedure_findings(handbook, procedure)
    for check in handbook.checks.values():
        yield from check_findings(handbook, check)
    yield from _figures(handbook)
    yield from _scores(handbook)
    yield from posts_together(handbook)
    yield from unused(handbook)


def _rules(handbook: Handbook) -> Mapping[str, Mapping[str, Sequence[Term]]]:
    """The terms of every rule of the handbook's own files, by folder and id."""
    return {
        folder: {name: rule.terms for name, rule in rules.items() if not _built_in(rule)}
        for folder, rules in rules_by_folder(handbook).items()
    }


def _built_in(rule: object) -> bool:
    return isinstance(rule, FactKind) and (
        rule.registry or rule.id == VOID or rule.id in DISCLOSURES
    )


def _gaps(folder: str, rule: str, key: str, terms: Sequence[Term | NameTerm]) -> Iterator[Issue]:
    for index, (before, after) in enumerate(pairwise(terms), start=2):
        if before.end is not None and before.end < after.start:
            words = {"before": before.end, "after": after.start}
            yield Issue(folder, rule, f"{key}[{index}].start", "terms_gap", words)


def _weak(folder: str, rule: str, place: str, source: Source) -> Iterator[Issue]:
    if source.standing == "proposal":
        yield Issue(folder, rule, f"{place}.standing", "source_proposal", {})
    if source.standing == "official" and not (source.number or source.url):
        yield Issue(folder, rule, f"{place}.standing", "source_unfound", {})


def _calendar(handbook: Handbook) -> Iterator[Issue]:
    known = {day.year for day in handbook.calendar.holidays}
    bare = sorted(handbook.calendar.years - known)
    if bare:
        words = {"years": ", ".join(str(year) for year in bare)}
        yield Issue("", "county", "calendar.years", "calendar_bare", words)


def _figures(handbook: Handbook) -> Iterator[Issue]:
    """Counting what the law forbids to demand is not forbidden, but hardly wise."""
    for figure in handbook.figures.values():
        kind = handbook.kind(figure.of.partition(":")[2])
        rests = FORBIDDEN_EVIDENCE.get(kind.evidence) if kind else None
        if kind and rests and not kind.emergency:
            words = {"found": kind.id, "evidence_zh": rests.zh, "evidence_en": rests.en}
            yield Issue("figures", figure.id, "of", "figure_online", words)


def _scores(handbook: Handbook) -> Iterator[Issue]:
    """A duty that closes less often than the score is summed has empty periods."""
    for score in handbook.scores.values():
        for index, term in enumerate(score.terms, start=1):
            for number, indicator in enumerate(term.indicators, start=1):
                duty = handbook.duties.get(indicator.duty)
                held = duty and term_on(duty.terms, term.start)
                if held and SHORTEST[held.every] > SHORTEST[term.every]:
                    place = f"terms[{index}].indicators[{number}].duty"
                    words = {"found": indicator.duty}
                    yield Issue("scores", score.id, place, "score_short", words)
