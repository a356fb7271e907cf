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

    @property
    def scale(self) -> Scale:
        """How many of everything."""
        return SMALL if self.small else FULL


@dataclass(frozen=True, slots=True)
class Pace:
    """How many of something the county's first seven months of a year bring, in all.

    The article counts them on the last day of July; the other months go on at the same pace.
    """

    classes: int
    lectures: int
    secretaries_visits: int
    venues: int
    projects: int
    mu: int
    growers: int
    crafts: int


@dataclass(frozen=True, slots=True)
class Scale:
    """How many of everything, over all filled towns; the small county is the same recipe.

    `towns` are codes of 2023, () for all sixteen; `villages` of each, None for all. Of these
    `without` have no poor household, `poor` are poor villages, `heavy` have a heavy task and a
    first secretary, `waiting` a heavy task and none yet. `leads` counts the village leads from
    townships; county units answer for the other villages. `households` is the least and the
    most helped households of a village; `spare` cadres of each sending unit may take over from
    a helper who leaves. `months` says how long the ledger goes back. `interviews` heads of
    sending units are spoken to in the year, and `recalls` of their first secretaries replaced.
    """

    towns: tuple[str, ...]
    villages: int | None
    without: int
    poor: int
    heavy: int
    waiting: int
    households: tuple[int, int]
    helpers: int
    spare: int
    units: int
    unit_cadres: int
    township_cadres: int
    leads: int
    leaders: int
    teams: int
    members: int
    venues: int
    months: int
    make_up: bool
    interviews: int
    recalls: int
    pace: Pace


SMALL = Scale(
    towns=(FILLED_TOWN,),
    villages=3,
    without=0,
    poor=2,
    heavy=1,
    waiting=0,
    households=(5, 7),
    helpers=6,
    spare=0,
    units=3,
    unit_cadres=1,
    township_cadres=8,
    leads=2,
    leaders=3,
    teams=2,
    members=4,
    venues=2,
    months=12,
    make_up=False,
    interviews=2,
    recalls=1,
    pace=Pace(
        classes=7,
        lectures=20,
        secretaries_visits=370,
        venues=2,
        projects=7,
        mu=245,
        growers=7,
        crafts=7,
    ),
)
# The article's county. Where it says "over", the number lies a little above.
FULL = Scale(
    towns=(),
    villages=None,
    without=19,
    poor=33,
    heavy=55,
    waiting=2,
    households=(24, 46),
    helpers=1641,
    spare=6,
    units=40,
    unit_cadres=3,
    township_cadres=1518,
    leads=208,
    leaders=33,
    teams=8,
    members=5,
    venues=2,
    months=7,
    make_up=True,
    interviews=7,
    recalls=3,
    pace=Pace(
        classes=183,
        lectures=760,
        secretaries_visits=10_270,
        venues=40,
        projects=86,
        mu=3_062,
        growers=236,
        crafts=42,
    ),
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
        """The day on which most posts were taken up: so late that nothing is owed for the time
        before the ledger, of which it would know nothing.
        """
        return self.launch

    @property
    def lifted(self) -> bool:
        """Whether the fight against poverty is over: no household is registered poor."""
        return self.as_of >= date(2021, 1, 1)

    @property
    def regular(self) -> bool:
        """Whether the rules of 2026 hold."""
        return self.as_of >= date(2026, 1, 1)


def era_of(as_of: date, months: int = 12) -> Era:
    """The era that ends on `as_of` after `months` calendar months, the last one running.

    From 2021 on a household is seen less often, so a ledger of the same size goes back a year.
    """
    months = max(months, 12) if as_of.year >= 2021 else months
    index = as_of.year * 12 + as_of.month - months
    start = date(index // 12, index % 12 + 1, 1)
    return Era(as_of=as_of, start=start, launch=start - timedelta(days=12))
