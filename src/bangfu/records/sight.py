"""Whom a recorder's posts show: what he may write about, and whose personal values open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from bangfu.core.facts import Draft
from bangfu.core.rules import Handbook, Role
from bangfu.records.plans import Recording
from bangfu.records.registry import Registry
from bangfu.records.registry_rows import Line, SubjectRow


class Sight:
    """Judges by the handbook's roles and the registry rows that were loaded."""

    def __init__(self, handbook: Handbook, registry: Registry) -> None:
        self.handbook = handbook
        self.registry = registry

    def sees(self, recording: Recording, subject: SubjectRow, draft: Draft | None = None) -> bool:
        """Whether the recorder's posts of the recording day show the subject, or a post that
        he held on the draft's day, if he did it himself, was for it.
        """
        recorder = recording.recorder
        if recorder is None or subject.id == recorder.id:
            return True
        own = draft is not None and draft.performed_by == recorder.uid
        for post in self.registry.reaching(recorder.id, subject):
            role = self.handbook.roles.get(post.key)
            if role is None:
                continue
            if post.holds(recording.day) and (post.subject == subject.id or role.sees != "subject"):
                return True
            if own and draft and post.holds(draft.occurred_on):
                return True
        return self.reads(recording, subject)

    def reads(self, recording: Recording, party: SubjectRow) -> bool:
        """Whether personal values of a party open for the recorder: by the posts of the day."""
        recorder = recording.recorder
        if recorder is None or party.id == recorder.id:
            return True
        posts = self.registry.posts(recorder.id)
        return any(self._shows(post, party, recording.day) for post in posts)

    def _shows(self, post: Line, subject: SubjectRow, day: date) -> bool:
        """Whether a post shows a subject on a day, in any of the ways that there are."""
        role = self.handbook.roles.get(post.key)
        if role is None or not post.holds(day):
            return False
        if role.sees == "county" or post.subject == subject.id:
            return True
        around = self.registry.numbers.get(post.subject)
        if around is None:
            return False
        if role.sees == "place" and around.path and subject.path.startswith(around.path):
            return True
        if around.type == "household" and subject.type == "person":
            return self.registry.belongs(subject.id, around.id, day)
        return False

    def holds(
        self, recording: Recording, subject: SubjectRow, fits: Callable[[Role], bool]
    ) -> bool:
        """Whether the recorder holds a post that shows him the subject and whose role fits."""
        recorder = recording.recorder
        if recorder is None:
            return True
        for post in self.registry.posts(recorder.id):
            role = self.handbook.roles.get(post.key)
            if role and fits(role) and self._shows(post, subject, recording.day):
                return True
        return False
