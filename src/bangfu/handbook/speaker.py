"""Titles of a handbook's names and small words, in one language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

from bangfu.core.registry import SUBJECT_TITLES
from bangfu.core.rules import Handbook, SubjectType, Term
from bangfu.core.text import Text
from bangfu.handbook.columns import status_columns
from bangfu.handbook.condition_types import Column
from bangfu.handbook.condition_words import in_words

# The lines of a rule as a whole, and what gives the lines of one of its terms.
Lines = tuple[list[str], Callable[..., Iterable[str]]]


class Speaker:
    """Titles of a handbook's names and small words, in one language."""

    def __init__(self, handbook: Handbook, language: str) -> None:
        self.handbook = handbook
        self.language = language

    def say(self, zh: str, en: str) -> str:
        """The words in the language."""
        return Text(zh, en).say(self.language)

    def title(self, what: Mapping[str, object], name: str) -> str:
        """A name by its title, in quotes."""
        title = getattr(what.get(name), "title", Text(name, name))
        return f"“{title.say(self.language)}”"

    def titles(self, what: Mapping[str, object], names: Iterable[str]) -> str:
        """Several names by their titles."""
        return self.say("、", ", ").join(self.title(what, name) for name in names)

    def role(self, name: str) -> str:
        """A post by its title."""
        return self.title(self.handbook.roles, name)

    def fact(self, name: str) -> str:
        """A kind of fact by its title."""
        return self.title(self.handbook.kinds, name)

    def duty(self, name: str) -> str:
        """A duty or a deadline by its title."""
        return self.title({**self.handbook.deadlines, **self.handbook.duties}, name)

    def subject(self, kind: SubjectType) -> str:
        """A type of subject in words."""
        return SUBJECT_TITLES[kind].say(self.language).lower()

    def condition(self, text: str, columns: Mapping[str, Column]) -> str:
        """A condition in words."""
        return in_words(text, columns, self.language)

    def statuses(self, role: str) -> Mapping[str, Column]:
        """The columns of the subjects that a post is held for."""
        held = self.handbook.roles.get(role)
        return self.person() if held is None else self._columns(held.subject)

    def person(self) -> Mapping[str, Column]:
        """The columns of a person."""
        return self._columns("person")

    def _columns(self, kind: SubjectType) -> Mapping[str, Column]:
        return status_columns(self.handbook.statuses.values(), kind)

    def dates(self, term: Term) -> str:
        """From when to when a term holds, both days inclusive."""
        if term.end is None:
            return self.say(f"{term.start} 起：", f"From {term.start}:")
        last = term.end - timedelta(days=1)
        return self.say(f"{term.start} 至 {last}：", f"From {term.start} to {last}:")
