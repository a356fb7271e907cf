"""The large ones: refused or read within 20 seconds and 512 MB, ours and the reader's together."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.exchange import hostile

MOST_SECONDS = 20
MOST_BYTES = 512 << 20

# What a process took at most is read from the system while it runs: what `getrusage` says of a
# child begins with what its parent had.
_READ = """
import json, os, sys, threading, time
from pathlib import Path
from bangfu.core.text import Refused
from bangfu.exchange.sheets.workbook import opened

most = {}

def look():
    while True:
        children = Path(f"/proc/self/task/{main}/children").read_text().split()
        for pid in [os.getpid(), *map(int, children)]:
            try:
                lines = Path(f"/proc/{pid}/status").read_text().splitlines()
            except OSError:
                continue
            for line in lines:
                if line.startswith("VmHWM"):
                    most[pid] = max(most.get(pid, 0), int(line.split()[1]) << 10)
        time.sleep(0.01)

main = threading.get_native_id()
threading.Thread(target=look, daemon=True).start()
begun, rows, code = time.monotonic(), 0, ""
try:
    with opened(Path(sys.argv[1])) as book:
        for number in range(len(book.names)):
            rows += sum(1 for _ in book.sheet(number).rows)
except Refused as refused:
    code = refused.code
print(json.dumps([code, rows, time.monotonic() - begun, sum(most.values())]))
"""


@pytest.mark.parametrize(
    ("make", "codes"),
    [
        (lambda path: hostile.unpacks_to(path, 1 << 30), {"too_big"}),
        (lambda path: hostile.unpacks_to(path, 390 << 20), {"", "broken_workbook", "too_much"}),
        (lambda path: hostile.empty_rows(path, 1_048_576), {"", "too_much"}),
        (lambda path: hostile.many_cells(path, 12_000_000), {"too_much", "too_big"}),
        (hostile.far_away, {"too_much"}),
    ],
    ids=["1 GB unpacked", "390 MB of blanks", "a million empty rows", "12 million cells", "far"],
)
def test_a_huge_workbook_is_refused_or_read_in_time_and_memory(
    tmp_path: Path, make: Callable[[Path], Path], codes: set[str]
) -> None:
    path = make(tmp_path / "a.xlsx")
    source = os.pathsep.join(sys.path)
    done = subprocess.run(
        [sys.executable, "-c", _READ, str(path)],
        env={**os.environ, "PYTHONPATH": source}, check=True, capture_output=True, text=True,
    )  # fmt: skip
    code, rows, seconds, size = json.loads(done.stdout)
    sys.stderr.write(
        f"\n{path.stat().st_size:,} bytes: {code or rows} {seconds:.1f} s {size >> 20} MB"
    )
    assert code in codes
    assert seconds < MOST_SECONDS
    assert size < MOST_BYTES
