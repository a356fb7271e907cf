"""The invented roster: households and members of the first names that come, forty columns each."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter
from bench.roster.rules import COLUMNS, HOUSEHOLD_KEYS, PERSON_KEYS

from bangfu.core.rules import Field, Handbook

TOWNS, VILLAGES = 4, 10
SURNAMES, GIVEN = "云谷桑佘牧温计舒苗田", "安平大有小满春生长青万里士明有余"
SEED = 20261124


def write(file: Path, book: Handbook, *, households: int) -> None:
    """Write the workbook: three members a household."""
    chance = random.Random(SEED)
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as made:
        sheet = made.add_worksheet("户")
        fields = book.kinds["registry.household"].fields[-(COLUMNS - len(HOUSEHOLD_KEYS)) :]
        cells = [maker(field, chance) for field in fields]
        sheet.write_row(0, 0, [*HOUSEHOLD_KEYS, *(field.header for field in fields)])
        for n in range(households):
            keys = [number(n), name(chance), town(n % TOWNS), village(n % (TOWNS * VILLAGES))]
            sheet.write_row(n + 1, 0, [*keys, *(cell() for cell in cells)])
        sheet = made.add_worksheet("人员")
        fields = book.kinds["registry.person"].fields[-(COLUMNS - len(PERSON_KEYS)) :]
        cells = [maker(field, chance) for field in fields]
        sheet.write_row(0, 0, [*PERSON_KEYS, *(field.header for field in fields)])
        for n in range(3 * households):
            born = date(1940, 1, 1) + timedelta(days=chance.randrange(28_000))
            keys = [name(chance), chance.choice("男女"), f"{born:%Y年%-m月%-d日}",
                    f"4110{n:06}{born:%Y%m%d}", number(n // 3)]  # fmt: skip
            sheet.write_row(n + 1, 0, [*keys, *(cell() for cell in cells)])


def number(n: int) -> str:
    return f"4110250{n:08}"


def town(n: int) -> str:
    return f"第{n + 1}镇"


def village(n: int) -> str:
    return f"第{n % TOWNS + 1}镇{n // TOWNS + 1}号村"


def name(chance: random.Random) -> str:
    return chance.choice(SURNAMES) + "".join(chance.sample(GIVEN, 2))


def maker(field: Field, chance: random.Random) -> Callable[[], object]:
    """What makes the cells of a column, as the national export writes them."""
    low, high = int(field.minimum or 0), int(field.maximum or 9_000)
    options = [title.zh for title in field.options.values()]
    makers: dict[str, Callable[[], object]] = {
        "choice": lambda: chance.choice(options),
        "boolean": lambda: chance.choice(("是", "否")),
        "date": lambda: f"{2014 + chance.randrange(3)}-{chance.randrange(1, 13):02}-15",
        "integer": lambda: chance.randint(low, min(high, low + 9_000)),
        "money": lambda: round(chance.uniform(low, min(high, low + 9_000)), 2),
        "number": lambda: round(chance.uniform(low, min(high, low + 90)), field.places),
    }
    return makers.get(field.type, lambda: f"第{chance.randrange(3_000)}项")
