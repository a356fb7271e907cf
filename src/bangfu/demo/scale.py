"""How large an invented county is, and which days it lives through."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta

from bangfu.core.text import Refused

FILLED_TOWN = "411025200"
FIRST_DAY = date(2015, 1, 1)
LAST_DAY = date(2026, 12, 31)
AS_OF = date(2017, 7, 31)
SEED = 1


@dataclass(frozen=True, slots=True)
class Options:
    """What an invented county is made from; the same options invent the same county."""

    as_of: date = AS_OF
    seed: int = SEED
    small: bool = False

    def check(self) -> None:
        """Refuse a day for which there are no rules or no calendar."""
        if not FIRST_DAY <= self.as_of <= LAST_DAY:
            raise Refused(
                "bad_day",
                f"--as-of 只能在 {FIRST_DAY} 到 {LAST_DAY} 之间。",
                f"--as-of must lie between {FIRST_DAY} and {LAST_DAY}.",
                place="as_of",
            )

    def words(self) -> str:
        """The options as they are typed."""
        words = f"--as-of {self.as_of.isoformat()} --seed {self.seed}"
        return f"{words} --small" if self.small else words

    def stored(self) -> dict[str, object]:
        """As the database keeps them."""
        return asdict(self) | {"as_of": self.as_of.isoformat(), "demo": True}


@dataclass(frozen=True, slots=True)
class Scale:
    """How many of everything; the whole county is the same recipe with larger numbers.

    `towns` are codes of 2023, () for all sixteen; `villages` of each, None for all.
    `households` is the least and the most helped households of a village.
    """

    towns: tuple[str, ...]
    villages: int | None
    households: tuple[int, int]
    households_per_helper: int
    units: int
    township_cadres: int
    section_cadres: int
    leaders: int
    venues: int
    classes_a_month: int


SMALL = Scale(
    towns=(FILLED_TOWN,),
    villages=3,
    households=(5, 7),
    households_per_helper=5,
    units=3,
    township_cadres=8,
    section_cadres=4,
    leaders=3,
    venues=2,
    classes_a_month=1,
)
TOWN = Scale(
    towns=(FILLED_TOWN,),
    villages=None,
    households=(24, 44),
    households_per_helper=9,
    units=12,
    township_cadres=40,
    section_cadres=13,
    leaders=6,
    venues=4,
    classes_a_month=3,
)


@dataclass(frozen=True, slots=True)
class Era:
    """The days of one invented county: activity runs from `start` to `as_of`.

    `launch` is the day on which the registry was taken into the ledger, before `start`.
    """

    as_of: date
    start: date
    launch: date

    @property
    def posts(self) -> date:
        """The day on which most posts were taken up, some months before the year begins."""
        return self.start - timedelta(days=150)

    @property
    def lifted(self) -> bool:
        """Whether the fight against poverty is over: no household is registered poor."""
        return self.as_of >= date(2021, 1, 1)

    @property
    def regular(self) -> bool:
        """Whether the rules of 2026 hold."""
        return self.as_of >= date(2026, 1, 1)


def era_of(as_of: date, months: int = 12) -> Era:
    """The era that ends on `as_of` after `months` calendar months, the last one running."""
    index = as_of.year * 12 + as_of.month - months
    start = date(index // 12, index % 12 + 1, 1)
    return Era(as_of=as_of, start=start, launch=start - timedelta(days=20))
