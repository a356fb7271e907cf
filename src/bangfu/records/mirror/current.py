"""The mirror of this database, brought up to date when its tail has grown long."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

from django.conf import settings

from bangfu.core.rules import Handbook
from bangfu.engine.tables import Tables
from bangfu.records import ledger, since
from bangfu.records.access import Scope
from bangfu.records.erasures import MARK
from bangfu.records.folder import MIRROR
from bangfu.records.handbooks import handbook
from bangfu.records.ledger import Head
from bangfu.records.mirror.columns import schema
from bangfu.records.mirror.few import few_tables
from bangfu.records.mirror.files import (
    Manifest,
    Mirror,
    Unreadable,
    Writer,
    read_manifest,
    remove_others,
    writing,
)
from bangfu.records.mirror.sources import DatabaseSource, MirrorSource
from bangfu.records.mirror.tables import Question, tables
from bangfu.records.models import Fact, Meta

# A longer tail is slower to read than to copy once and for all.
LONGEST_TAIL = 2000

# From here on to wait for whoever copies the tail is quicker than to read it beside him.
WORTH_WAITING = 10_000

_kept: dict[Path, Mirror] = {}


def tables_for(
    scope: Scope, *, as_of: date, known_at: int | None, kinds: Collection[str] | None
) -> Tables:
    """The engine's tables for a scope; `kinds` limits which facts are read."""
    rules = handbook()
    end = ledger.seen_head()
    names = tuple(rules.kinds) if kinds is None else tuple(k for k in rules.kinds if k in kinds)
    upto = end.sequence if known_at is None else min(known_at, end.sequence)
    question = Question(as_of, upto, names)
    found = few_tables(scope, rules, question, end=end) if scope.small else None
    if found is not None:
        return found
    source = MirrorSource(
        _mirror(end, rules), rules, end.sequence, again=partial(_made_again, end, rules)
    )
    return tables(source, scope, rules, question)


def concerned(scope: Scope) -> since.Whom:
    """Whom a fact must name, or for whom it must count, to be in the tables of a few subjects."""
    return DatabaseSource(scope, handbook(), ()).whom


def refresh() -> int:
    """Bring the mirror up to the ledger's end; the sequence it goes up to."""
    return _written(folder(), ledger.head(), handbook(), most=0, wait=True).upto


def folder() -> Path:
    """Where the mirror lies."""
    return Path(settings.BANGFU_DATA) / MIRROR


def _mirror(end: Head, rules: Handbook) -> Mirror:
    place = folder()
    found = _kept.get(place)
    manifest = read_manifest(place)
    if found is None or found.manifest != manifest:
        found = Mirror(place, manifest)
    if not _fits(manifest, rules):
        found = Mirror(place, Manifest())
    if end.sequence - found.upto > LONGEST_TAIL:
        behind = end.sequence - found.upto
        found = _written(place, end, rules, most=LONGEST_TAIL, wait=behind > WORTH_WAITING)
    _kept[place] = found
    return found


def _fits(manifest: Manifest, rules: Handbook) -> bool:
    """Whether the mirror is of this very ledger and of the fields that kinds have now."""
    if manifest.upto == 0:
        return True
    if manifest.erased != _erased():
        return False
    fact = Fact.objects.filter(sequence=manifest.upto).values_list("hash", flat=True).first()
    return fact == manifest.head and manifest.kinds == _kinds_digest(rules)


def _made_again(end: Head, rules: Handbook, broken: Mirror) -> Mirror:
    """The mirror made anew, unless another process has done so already."""
    return _written(broken.folder, end, rules, most=0, wait=True, broken=broken.manifest)


def _written(
    place: Path,
    end: Head,
    rules: Handbook,
    *,
    most: int,
    wait: bool,
    broken: Manifest | None = None,
) -> Mirror:
    """The mirror with a tail of at most `most`, or as it is while another process writes it and
    one does not `wait` for that; nothing is kept of one that does not fit or is `broken`.
    """
    with writing(place, wait=wait) as mine:
        manifest = read_manifest(place)
        if manifest == broken or not _fits(manifest, rules):
            manifest = Manifest()
        if mine and end.sequence - manifest.upto > most:
            try:
                manifest = _extended(place, manifest, end, rules)
            except Unreadable:
                manifest = _extended(place, Manifest(), end, rules)
    return Mirror(place, manifest)


def _extended(place: Path, manifest: Manifest, end: Head, rules: Handbook) -> Manifest:
    writer = Writer(place, manifest, rules)
    writer.extend(end.sequence)
    writer.export(end.sequence)
    return writer.finish(end.hash, _kinds_digest(rules), _erased())


def erase(owner: int) -> None:
    """Take an owner's personal values out of the mirror and remove the files that held them.

    A mirror that does not fit otherwise, or cannot be read, goes altogether.
    """
    place, rules = folder(), handbook()
    if not place.exists():
        return
    with writing(place, wait=True):
        kept = read_manifest(place)
        if not _fits(replace(kept, erased=_erased()), rules):
            kept = Manifest()
        writer = Writer(place, kept, rules)
        try:
            writer.erase(owner)
        except Unreadable:
            kept = Manifest()
            writer = Writer(place, kept, rules)
        remove_others(place, writer.finish(kept.head, kept.kinds, _erased()))
    _kept.pop(place, None)


def _erased() -> str:
    """The mark of the last erasure."""
    return Meta.objects.filter(key=MARK).values_list("value", flat=True).first() or ""


def _kinds_digest(rules: Handbook) -> str:
    text = "\n".join(f"{name}\n{schema(kind)}" for name, kind in sorted(rules.kinds.items()))
    return hashlib.sha256(text.encode()).hexdigest()
