"""The whole invented county as one stream of lines, for any scale, seed and day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bangfu.core.calendar import WorkCalendar
from bangfu.demo import (
    asked,
    branch_life,
    changes,
    department_lists,
    jobs,
    monitoring,
    particulars,
    projects,
    recalls,
    roster,
    study,
    venues,
    village_work,
    visits,
)
from bangfu.demo.founding import Founding
from bangfu.demo.lines import Line, Queue, moment
from bangfu.demo.people import County
from bangfu.demo.scale import Era, Scale
from bangfu.demo.year import Plan, live

# The invented county's last line is of the as-of day's early morning: its work lies ahead.
MORNING = 9 * 60

# Handovers and recalls first: the others ask who helps, and who is posted, on which day.
PLANS: tuple[Plan, ...] = (
    changes.handovers,
    changes.departures,
    recalls.recalls,
    roster.surveys,
    monitoring.cases,
    department_lists.department_lists,
    asked.leave_requests,
    asked.selections,
    visits.visits,
    visits.secretaries_visits,
    visits.contacts,
    village_work.stays,
    village_work.group_meetings,
    village_work.venues,
    branch_life.party_days,
    branch_life.party_day_notices,
    branch_life.committees,
    branch_life.groups,
    branch_life.assemblies,
    branch_life.birthdays,
    branch_life.yearly,
    branch_life.inspections,
    branch_life.lectures,
    study.channels,
    study.classes,
    study.plans,
    study.seminars,
    study.lessons,
    study.notices,
    village_work.feedback,
    particulars.particulars,
    venues.helped_venues,
    projects.projects,
    projects.progress,
    projects.growers,
    jobs.workshops,
    jobs.farms,
    jobs.posts_and_loans,
    jobs.crafts,
)


class Invention:
    """One invented county: `lines()` once, then `county` for whoever wants an account."""

    def __init__(
        self,
        *,
        scale: Scale,
        era: Era,
        seed: int,
        founder: str,
        places: Path,
        calendar: WorkCalendar,
    ) -> None:
        self._queue = Queue(last=moment(era.as_of, MORNING))
        self._founding = Founding(
            scale=scale, era=era, seed=seed, founder=founder, places=places, queue=self._queue
        )
        self._scale = scale
        self._era = era
        self._seed = seed
        self._calendar = calendar

    @property
    def county(self) -> County:
        """The cast; complete once the registry's lines were taken."""
        return self._founding.county

    def lines(self) -> Iterator[Line]:
        """Every line in the order of its recording; the same for the same arguments."""
        yield from self._founding.lines()
        yield from live(
            self.county,
            scale=self._scale,
            era=self._era,
            calendar=self._calendar,
            queue=self._queue,
            seed=self._seed,
            plans=PLANS,
        )
