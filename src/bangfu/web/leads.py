"""Leads as pages show them: about whom, why, and the form of the fact that is proposed."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from bangfu.core.results import Doubt, FormulaValue
from bangfu.engine.checks import message
from bangfu.records import queries
from bangfu.records.queries import Named
from bangfu.web import words
from bangfu.web.reader import Reader
from bangfu.web.words import say

NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Line:
    """One lead: nothing is opened by it, somebody looks into it."""

    subject: Named
    place: str
    url: str
    why: str
    said: str = ""
    who: str = ""
    rule_url: str = ""
    lead: str = ""
    lead_url: str = ""


def form_of(
    reader: Reader,
    fact: str,
    subject: Named,
    *,
    records: Container[str],
    values: Mapping[str, str] = NOTHING,
) -> dict[str, str]:
    """The form of the fact that is proposed, where the reader may record it."""
    if fact not in records:
        return {"lead": "", "lead_url": ""}
    filled = {f"v.{name}": value for name, value in values.items()}
    query = urlencode({"subject": subject.uid, **filled})
    title = say(reader.handbook.kinds[fact].title)
    return {"lead": title, "lead_url": f"{reverse('record-kind', args=[fact])}?{query}"}


def lines_of(reader: Reader, records: Container[str], found: Sequence[Doubt]) -> list[Line]:
    """What checks propose, without health or income: these open on the household's own page."""
    numbers = {one.subject for one in found} | {who for one in found for who in one.holders[:1]}
    names = queries.names(reader.policy, numbers)
    lines = []
    for one in found:
        check, subject = reader.handbook.checks[one.check], names.get(one.subject)
        if subject is None or check.proposes is None:
            continue
        said = say(message(reader.handbook, one, as_of=reader.today, personal=False))
        lines.append(
            Line(
                subject=subject, place=words.place(subject.place),
                url=reverse("doubts-of", args=[subject.uid]),
                why=say(check.title), said=said,
                who=_looks(reader, one, names),
                rule_url=reverse("rule", args=["check", check.id]),
                **form_of(
                    reader, check.proposes.fact, subject,
                    records=records, values=check.proposes.values,
                ),
            )
        )  # fmt: skip
    return lines


def _looks(reader: Reader, one: Doubt, names: Mapping[int, Named]) -> str:
    """Who is asked to look into it: the holder of the post, or the post that nobody known holds."""
    who = names.get(one.holders[0]) if one.holders else None
    role = reader.handbook.roles.get(one.role)
    return " ".join([who.name if who else "", say(role.title) if role else ""]).strip()


def line_of(
    reader: Reader, value: FormulaValue, subject: Named, *, records: Container[str], why: str
) -> Line:
    """A household beyond a line."""
    proposes = reader.handbook.formulas[value.formula].proposes
    form = form_of(reader, proposes.fact, subject, records=records) if proposes else {}
    return Line(
        subject=subject, place=words.place(subject.place),
        url=reverse("income", args=[subject.uid]), why=why, **form,
    )  # fmt: skip
