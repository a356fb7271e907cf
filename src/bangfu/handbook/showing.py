"""A rule in plain words, with the document behind each of its terms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from bangfu.core.rules import Handbook, Term
from bangfu.core.text import Refused, Text
from bangfu.handbook.check_sentences import check_lines, formula_lines
from bangfu.handbook.folders import rules_by_folder
from bangfu.handbook.number_sentences import (
    coverage_lines,
    figure_lines,
    ladder_lines,
    score_lines,
)
from bangfu.handbook.pairing_files import pairing_lines
from bangfu.handbook.problems import near
from bangfu.handbook.procedure_sentences import procedure_lines
from bangfu.handbook.sentences import deadline_lines, duty_lines, fact_lines, staffing_lines
from bangfu.handbook.speaker import Lines, Speaker
from bangfu.handbook.wording import FOLDER_TITLES, said

# Each gives the lines of the rule as a whole and a function for the lines of one term.
_LINES: Mapping[str, Callable[..., Lines]] = {
    "facts": fact_lines,
    "duties": duty_lines,
    "deadlines": deadline_lines,
    "staffing": staffing_lines,
    "coverage": coverage_lines,
    "figures": figure_lines,
    "scores": score_lines,
    "ladders": ladder_lines,
    "procedures": procedure_lines,
    "checks": check_lines,
    "formulas": formula_lines,
    "pairings": pairing_lines,
}


MOST_IDS = 8


def show(handbook: Handbook, rule: str, language: str) -> str:
    """The rule of that id in plain words of `language`, its terms with their documents.

    `rule` is an id, or `folder/id` where several folders have it; all of them are shown
    otherwise. Raises `Refused` for an id that no folder has.
    """
    folder, _, name = rule.rpartition("/")
    tables = rules_by_folder(handbook)
    homes = [home for home, rules in tables.items() if name in rules and folder in ("", home)]
    if not homes:
        raise _unknown(rule, (one for rules in tables.values() for one in rules))
    return "\n\n".join(_one(handbook, home, name, language) for home in homes)


def _unknown(rule: str, known: Iterable[str]) -> Refused:
    ids = sorted(set(known))
    close = near(rule.rpartition("/")[2], ids)
    if not close.zh:
        some = ", ".join(ids[:MOST_IDS])
        close = Text(f"规则代码如：{some}…", f"Ids of rules are such as {some}…")
    return Refused(
        "unknown_rule",
        f"手册里没有“{rule}”。{close.zh}",
        f"The handbook has no rule “{rule}”. {close.en}".rstrip(),
        place=rule,
    )


def _one(handbook: Handbook, folder: str, name: str, language: str) -> str:
    speaker = Speaker(handbook, language)
    rule = rules_by_folder(handbook)[folder][name]
    title = getattr(rule, "title", Text(name, name)).say(language)
    head, of_term = _LINES[folder](speaker, rule)
    lines = [f"{title}  [{FOLDER_TITLES[folder].say(language)} {name}]", *head]
    for term in getattr(rule, "terms", ()):
        lines += ["", *_term(speaker, term, of_term(term))]
    return "\n".join(lines)


def _term(speaker: Speaker, term: Term, lines: Iterable[str]) -> Iterator[str]:
    yield speaker.dates(term)
    for line in lines:
        yield f"  {line}"
    yield f"  {speaker.say('依据：', 'Source: ')}{said(term.source, speaker.language)}"
