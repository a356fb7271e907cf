"""How large a workbook may be, and what reading one may take."""

from __future__ import annotations

MIB = 1 << 20
FILE_BYTES = 32 * MIB
UNPACKED_BYTES = 400 * MIB
PARTS = 2_000
SHEETS = 40
ROWS = 200_000
COLUMNS = 300
MERGED = 200_000

# A workbook is opened by a process of its own that may have no more than this: what a file makes
# it ask for beyond that ends that process, and is refused.
READER_BYTES = 440 * MIB
READER_SECONDS = 15
HEAD_SECONDS = 20
# Rows among which the headers are looked for.
HEAD_ROWS = 30
