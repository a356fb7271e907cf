"""A county's roster from a workbook into the ledger, beside django-import-export into bare tables.

    python bench/import.py [--households 20000]

Ours reads, matches, compares and checks every row and records one registry fact for each, sealed
and chained, in one transaction; which doubts arise is asked afterwards and not measured here. The
peer (bench/roster/peer.py) stores the same rows into tables of the same columns in its faster
setting and does nothing else. Whole processes, first import, one after the other in one run;
`peak_mb` is the most that ours had at one time, the process that reads the workbook included.
`floor` is what nobody who keeps the ledger can be quicker than: the workbook read by that process
and thrown away, and then the very rows that were recorded, checked and sealed already, inserted by
prepared statements into an equal database (CPU seconds).
Goal: a tenth of the peer's time, under 512 MB.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
DAY = date(2017, 7, 31)
NOW = datetime(2017, 7, 31, 2, tzinfo=UTC)
SPACE = uuid.UUID("7a1f4f6e-0a6e-4d60-8a43-16c4dd1d7f5e")


def uid(name: str) -> str:
    return str(uuid.uuid5(SPACE, name))


def founding() -> Iterator[object]:
    """A county with its places and one registrar."""
    from bench.roster import made

    from bangfu.core.facts import Draft
    from bangfu.records.access import FOUNDER

    def draft(kind: str, who: str, **values: str) -> Draft:
        return Draft(uid(who), f"registry.{kind}", date(2016, 1, 4), uid(who), FOUNDER, values)

    yield draft("place", "county", level="county", name="试验县", code="419900")
    for n in range(made.TOWNS):
        name = made.town(n)
        yield draft("place", name, level="township", name=name, code=f"4199001{n:02}",
                    parent=uid("county"))  # fmt: skip
    for n in range(made.TOWNS * made.VILLAGES):
        name = made.village(n)
        yield draft("place", name, level="village", name=name, code=f"4199002{n:05}",
                    parent=uid(made.town(n % made.TOWNS)))  # fmt: skip
    yield draft("person", "registrar", name="计安平", place=uid("county"))
    yield Draft(uid("post"), "registry.assignment", date(2016, 1, 4), uid("county"), FOUNDER,
                {"role": "registrar"}, (("holder", uid("registrar")),))  # fmt: skip


def prepare(folder: Path) -> None:
    """Make the county that the roster comes into."""
    django_over(folder)
    from django.core.management import call_command

    from bangfu.records import actions

    call_command("migrate", verbosity=0, interactive=False)
    actions.found(list(founding()), as_of=DAY, now=NOW)  # type: ignore[arg-type]
    actions.open_account(
        username="registrar", person_uid=uid("registrar"), password="stone-bridge-42"
    )


def ours(folder: Path, file: Path) -> None:
    """What `bangfu import FILE --accept --no-doubts` does, under the widened handbook."""
    from bench.roster.rules import widened

    from bangfu.__main__ import main as bangfu
    from bangfu.records.handbooks import use_handbook

    with use_handbook(widened()):
        words = ["import", str(file), "--accept", "--no-doubts", "--json", "--data", str(folder)]
        raise SystemExit(bangfu(words))


def floor(folder: Path, file: Path) -> None:
    """Print how long reading alone and inserting alone take."""
    from bench.batch import bare_seconds

    from bangfu.exchange.sheets.workbook import opened
    from bangfu.records.databases import PRAGMAS

    begun = time.monotonic()
    with opened(file) as book:
        rows = sum(1 for number in range(len(book.names)) for _ in book.sheet(number).rows)
    read = time.monotonic() - begun
    made, bare = folder / "bangfu.sqlite3", folder / "bare.sqlite3"
    inserted, _ = bare_seconds(made, bare, (*PRAGMAS, "cache_size=-65536"))
    print(json.dumps({"rows": rows, "read": round(read, 1), "inserted": round(inserted, 1)}))


def django_over(folder: Path) -> None:
    os.environ["BANGFU_DATA"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "bangfu.settings"
    import django

    django.setup()


class Timed(NamedTuple):
    """Of a whole process with its children: seconds, CPU seconds, the most bytes that they had at
    one time, and what it said.
    """

    seconds: float
    busy: float
    most: int
    said: str


def timed(words: list[object]) -> Timed:
    begun, before, most = time.monotonic(), spent(), 0
    process = subprocess.Popen(
        [sys.executable, *map(str, words)], stdout=subprocess.PIPE, text=True, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
    )  # fmt: skip

    def look() -> None:
        nonlocal most
        while process.poll() is None:
            # A process that was forked and has not begun yet is still its parent, and no more.
            now = dict(map(resident, family(process.pid)))
            most = max(most, sum(now.values()))
            time.sleep(0.02)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    said = process.communicate()[0]
    took = time.monotonic() - begun
    assert process.returncode == 0, said
    return Timed(took, spent() - before, most, said)


def spent() -> float:
    """CPU seconds of all processes that were waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def resident(pid: int) -> tuple[bytes, int]:
    """By which words a process was begun, the bytes that it has in memory, 0 if it is gone."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return b"", 0
    sizes = (int(line.split()[1]) << 10 for line in lines if line.startswith("VmRSS"))
    return words, next(sizes, 0)


def family(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(child) for child in task.read_text().split()]
        except OSError:
            continue
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=20_000)
    parser.add_argument("--prepare", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--ours", type=Path, nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--floor", type=Path, nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.prepare:
        prepare(given.prepare)
        return
    if given.ours:
        ours(*given.ours)
        return
    if given.floor:
        floor(*given.floor)
        return
    from bench.roster import made
    from bench.roster.rules import widened

    with tempfile.TemporaryDirectory() as name:
        folder, file = Path(name, "county"), Path(name, "roster.xlsx")
        made.write(file, widened(), households=given.households)
        print(f"{4 * given.households:,} rows of 40 columns, {file.stat().st_size >> 20} MB packed")
        timed([__file__, "--prepare", folder])
        our = timed([__file__, "--ours", folder, file])
        counts = json.loads(our.said.splitlines()[-1])
        assert counts["facts"] == counts["new"] == 4 * given.households, counts
        print(f"ours: {counts['facts']:,} facts, {our.seconds:.1f} s ({our.busy:.1f} s CPU), "
              f"{our.most >> 20} MB")  # fmt: skip
        peer = timed(["-m", "bench.roster.peer", file, Path(name, "peer.sqlite3")])
        print(f"django-import-export: {peer.said.strip()}, whole {peer.seconds:.1f} s "
              f"({peer.busy:.1f} s CPU), {peer.most >> 20} MB")  # fmt: skip
        least = json.loads(timed([__file__, "--floor", folder, file]).said.splitlines()[-1])
        print(f"floor: read {least['read']} s, inserted {least['inserted']} s")
    print(f"load {os.getloadavg()[0]:.1f}")
    print(json.dumps({
        "vs_django_import_export": round(peer.seconds / our.seconds, 2),
        "seconds": round(our.seconds, 1),
        "peak_mb": our.most >> 20,
        "vs_django_import_export_cpu": round(peer.busy / our.busy, 2),
        "floor": round(least["read"] + least["inserted"], 1),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
