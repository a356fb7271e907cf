"""What the law forbids a handbook to ask for, as data, with the document's own words.

Source: 国办函〔2026〕12号《政务移动互联网应用程序规范化管理办法》, in force from 2026-01-25.
What it forbids to count is refused at every date, for the record of earlier years is read today.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import NamedTuple

from bangfu.core.rules import Evidence, FactKind, Handbook
from bangfu.core.text import Text
from bangfu.handbook.problems import Issue

BANNED_FROM = date(2026, 1, 25)
POINTS_ON_PHONES = "points_on_phones"
SWITCHES = (POINTS_ON_PHONES,)
DOCUMENT = "国办函〔2026〕12号"


@dataclass(frozen=True, slots=True)
class Ban:
    """One thing that may not be: the document's words and, where it has one, its exception."""

    code: str
    words: str
    english: str
    excepted: str = ""


_COMPULSION = "除安保、应急外，不得打卡签到、积分排名、统计在线时长等强制功能"
_VEHICLE = (
    "不得异化为考核日常化、督查线上化的主要载体；点赞、投票、转发、学习时长不得作考评依据；"
    "非必要不得强制上传照片、视频、轨迹"
)
BANS: Mapping[str, Ban] = {
    ban.code: ban
    for ban in (
        Ban(
            "law_evidence",
            _VEHICLE,
            "likes, votes, shares and hours of study are no ground for assessment; photographs, "
            "videos and tracks are not to be demanded",
            "an emergency",
        ),
        Ban(
            "law_online",
            "点赞、投票、转发、学习时长不得作考评依据",
            "likes, votes, shares and hours of study are no ground for assessment",
        ),
        Ban(
            "law_phone",
            _COMPULSION,
            "no check-ins, rankings by points or counted hours online, save for security and "
            "emergencies",
            f"a document that allows it, as the switch {POINTS_ON_PHONES}",
        ),
        Ban(
            "law_location",
            _COMPULSION,
            "no check-ins, save for security and emergencies",
            "an emergency",
        ),
    )
}
FORBIDDEN_EVIDENCE: Mapping[Evidence, Text] = {
    "online": Text("上网记录", "online records"),
    "location": Text("位置", "location"),
    "media": Text("照片、视频", "photographs or videos"),
}
_USES: Mapping[str, Text] = {
    "duties": Text("应办", "a duty"),
    "deadlines": Text("期限", "a deadline"),
    "coverage": Text("覆盖面", "a coverage"),
    "scores": Text("得分", "a score"),
    "ladders": Text("问责", "a ladder"),
    "procedures": Text("程序", "a procedure"),
}


class _Use(NamedTuple):
    """One place where a rule is built on a fact kind."""

    folder: str
    rule: str
    place: str
    fact: str


def forbidden(handbook: Handbook) -> Iterator[Issue]:
    """Every place where the handbook asks for what the law forbids."""
    for kind in handbook.kinds.values():
        if kind.evidence == "location" and not kind.emergency:
            yield _issue(_Use("facts", kind.id, "evidence", kind.id), "law_location", kind)
    walked = (
        _Use("procedures", procedure.id, "opens" if name == procedure.opens else "terms", name)
        for procedure in handbook.procedures.values()
        for name in procedure.kinds()
    )
    uses = (_duties(handbook), _deadlines(handbook), _numbers(handbook), _rungs(handbook), walked)
    for use in chain.from_iterable(uses):
        found = handbook.kind(use.fact)
        if found is None:
            continue
        if use.folder == "scores" and found.evidence == "online":
            yield _issue(use, "law_online", found)
        elif found.evidence in FORBIDDEN_EVIDENCE and not found.emergency:
            yield _issue(use, "law_evidence", found)
    if POINTS_ON_PHONES not in handbook.switches:
        yield from _shown_on_phones(handbook)


def _shown_on_phones(handbook: Handbook) -> Iterator[Issue]:
    ban = BANS["law_phone"]
    words = {"words": ban.words, "words_en": ban.english, "document": DOCUMENT}
    for score in handbook.scores.values():
        for index, term in enumerate(score.terms, start=1):
            reaches = term.end is None or term.end > BANNED_FROM
            if score.shown_to == "phone" and reaches:
                yield Issue("scores", score.id, f"terms[{index}]", "law_phone", words)


def _duties(handbook: Handbook) -> Iterator[_Use]:
    for duty in handbook.duties.values():
        key = "fact" if len(duty.facts) == 1 else "any_of"
        for name in duty.facts:
            yield _Use("duties", duty.id, key, name)
        for index, term in enumerate(duty.terms, start=1):
            for name in term.excused_by:
                yield _Use("duties", duty.id, f"terms[{index}].excused_by", name)


def _deadlines(handbook: Handbook) -> Iterator[_Use]:
    for deadline in handbook.deadlines.values():
        yield _Use("deadlines", deadline.id, "after", deadline.after)
        yield _Use("deadlines", deadline.id, "fact", deadline.fact)
        for index, term in enumerate(deadline.terms, start=1):
            for name in term.pause:
                yield _Use("deadlines", deadline.id, f"terms[{index}].pause", name)


def _numbers(handbook: Handbook) -> Iterator[_Use]:
    for coverage in handbook.coverage.values():
        yield _Use("coverage", coverage.id, "fact", coverage.fact)
    for score in handbook.scores.values():
        for index, term in enumerate(score.terms, start=1):
            for number, indicator in enumerate(term.indicators, start=1):
                place = f"terms[{index}].indicators[{number}]"
                for name in _facts_of(handbook, indicator.duty) or (indicator.fact,):
                    yield _Use("scores", score.id, place, name)


def _rungs(handbook: Handbook) -> Iterator[_Use]:
    for ladder in handbook.ladders.values():
        for index, term in enumerate(ladder.terms, start=1):
            for number, rung in enumerate(term.rungs, start=1):
                for name in _facts_of(handbook, rung.duty):
                    yield _Use("ladders", ladder.id, f"terms[{index}].rungs[{number}]", name)


def _facts_of(handbook: Handbook, rule: str) -> tuple[str, ...]:
    """The kinds that a duty or a deadline of that id is built on."""
    if rule in handbook.duties:
        return handbook.duties[rule].facts
    deadline = handbook.deadlines.get(rule)
    return (deadline.after, deadline.fact) if deadline else ()


def _issue(use: _Use, code: str, kind: FactKind) -> Issue:
    rests, uses = FORBIDDEN_EVIDENCE[kind.evidence], _USES.get(use.folder, Text("", ""))
    words = {
        "found": kind.id,
        "evidence": kind.evidence,
        "evidence_zh": rests.zh,
        "evidence_en": rests.en,
        "use_zh": uses.zh,
        "use_en": uses.en,
        "words": BANS[code].words,
        "words_en": BANS[code].english,
        "document": DOCUMENT,
    }
    return Issue(use.folder, use.rule, use.place, code, words)
