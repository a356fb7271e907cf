"""A county's roster from a workbook into the ledger, beside django-import-export into bare tables.

    python bench/import.py [--households 20000]

Ours reads, matches, compares and checks every row and records one registry fact for each, sealed
and chained, in one transaction. The peer (bench/roster/peer.py) stores the same rows into tables of
the same columns in its faster setting and does nothing else. Whole processes, first import, one
after the other in one run; `peak_mb` is ours, the process that reads the workbook included.
Goal: a tenth of the peer's time, under 512 MB.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

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
    """What `bangfu import FILE --accept` does, under the widened handbook."""
    from bench.roster.rules import widened

    from bangfu.__main__ import main as bangfu
    from bangfu.records.handbooks import use_handbook

    with use_handbook(widened()):
        words = ["import", str(file), "--accept", "--json", "--data", str(folder)]
        raise SystemExit(bangfu(words))


def django_over(folder: Path) -> None:
    os.environ["BANGFU_DATA"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "bangfu.settings"
    import django

    django.setup()


def timed(words: list[object]) -> tuple[float, int, str]:
    """Seconds of a whole process, the bytes that it and its children had at most, what it said."""
    begun, most = time.monotonic(), {}
    process = subprocess.Popen(
        [sys.executable, *map(str, words)], stdout=subprocess.PIPE, text=True, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
    )  # fmt: skip

    def look() -> None:
        while process.poll() is None:
            for pid in family(process.pid):
                try:
                    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
                except OSError:
                    continue
                for line in lines:
                    if line.startswith("VmHWM"):
                        most[pid] = int(line.split()[1]) << 10
            time.sleep(0.02)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    said = process.communicate()[0]
    took = time.monotonic() - begun
    assert process.returncode == 0, said
    return took, sum(most.values()), said


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
    given = parser.parse_args()
    if given.prepare:
        prepare(given.prepare)
        return
    if given.ours:
        ours(*given.ours)
        return
    from bench.roster import made
    from bench.roster.rules import widened

    with tempfile.TemporaryDirectory() as name:
        folder, file = Path(name, "county"), Path(name, "roster.xlsx")
        made.write(file, widened(), households=given.households)
        print(f"{4 * given.households:,} rows of 40 columns, {file.stat().st_size >> 20} MB packed")
        timed([__file__, "--prepare", folder])
        seconds, peak, said = timed([__file__, "--ours", folder, file])
        counts = json.loads(said.splitlines()[-1])
        assert counts["facts"] == counts["new"] == 4 * given.households, counts
        print(f"ours: {counts['facts']:,} facts, {seconds:.1f} s, {peak >> 20} MB")
        other, memory, said = timed(["-m", "bench.roster.peer", file, Path(name, "peer.sqlite3")])
        print(f"django-import-export: {said.strip()}, whole {other:.1f} s, {memory >> 20} MB")
    print(f"load {os.getloadavg()[0]:.1f}")
    print(json.dumps({
        "vs_django_import_export": round(other / seconds, 2),
        "seconds": round(seconds, 1),
        "peak_mb": peak >> 20,
    }))  # fmt: skip


if __name__ == "__main__":
    main()
