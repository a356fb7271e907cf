"""What every rule file has: id, titles, dated terms, and the document behind each term."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import Protocol, TypeVar, get_args

from bangfu.core.registry import SUBJECT_TITLES
from bangfu.core.rules import Source, Standing, SubjectType, Term
from bangfu.core.text import Text
from bangfu.handbook.reader import WRONG_DAY, Table

STANDINGS: tuple[Standing, ...] = get_args(Standing)
SUBJECTS: tuple[SubjectType, ...] = tuple(SUBJECT_TITLES)
NO_SOURCE = Source("", "", "proposal")


class Dated(Protocol):
    """Anything with a first day and a first day after."""

    @property
    def start(self) -> date:
        """The first day."""

    @property
    def end(self) -> date | None:
        """The first day it no longer holds, None where it still does."""


T = TypeVar("T", bound=Dated)


def read_id(table: Table, stem: str) -> str:
    """The rule's id, which is its file's name."""
    name = table.name("id", example=f'id = "{stem}"')
    if name and name != stem:
        table.wrong("id_stem", "id", found=name, stem=stem)
    return name


def read_title(table: Table, key: str = "title") -> Text:
    """The rule's title in both languages."""
    return table.title(key) or Text("", "")


def read_source(table: Table) -> Source:
    """The document behind a term: title, its own words and its standing."""
    example = '[….source] title = "…", quote = "…", standing = "local"'
    source = table.table("source", example=example)
    if source is None:
        return NO_SOURCE
    found = Source(
        title=source.text("title"),
        quote=source.text("quote"),
        standing=source.choice("standing", STANDINGS),
        number=source.text("number", required=False),
        date=source.day("date"),
        url=source.text("url", required=False),
    )
    source.close()
    return found


def read_dates(table: Table) -> tuple[date, date | None]:
    """The start and end of one term; an end that is not later is refused."""
    start = table.day("start", required=True) or WRONG_DAY
    end = table.day("end")
    if end is not None and WRONG_DAY not in (start, end) and end <= start:
        table.wrong("term_order", "end", start=start, end=end)
    return start, end


def read_terms(table: Table, read: Callable[[Table, Term], T]) -> tuple[T, ...]:
    """All terms in the order of their start; `read` takes what stands beside dates and source."""
    return dated(table, lambda entry: read(entry, Term(*read_dates(entry), read_source(entry))))


def dated(table: Table, read: Callable[[Table], T]) -> tuple[T, ...]:
    """The entries of `[[terms]]` in the order of their start; overlapping ones are refused."""
    found: list[tuple[T, Table]] = []
    for entry in table.tables("terms", required=True):
        found.append((read(entry), entry))
        entry.close()
    found.sort(key=lambda pair: pair[0].start)
    for (before, _), (term, entry) in pairwise(found):
        if WRONG_DAY in (before.start, term.start):
            continue
        if before.end is None or before.end > term.start:
            entry.wrong("terms_overlap", "start", start=term.start, before=before.start)
    return tuple(term for term, _ in found)


def plain(_: Table, dates: Term) -> Term:
    """A term that has nothing but dates and a source."""
    return dates
