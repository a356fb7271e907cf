"""Keys of Django's cache: one reader's entries are another's only where that is meant."""

from __future__ import annotations

import hashlib

from bangfu.records.guard import state

# Entries that are about no reader's rows; everything else is kept apart by scope.
SHARED = ("sign-in:", "shared:")


def cache_key(key: str, prefix: str, version: int) -> str:
    """Django's own key, and whose scope it was made in; set as `CACHES[…]["KEY_FUNCTION"]`."""
    plain = f"{prefix}:{version}:{key}"
    reader = state.holder()
    if reader is None or key.startswith(SHARED):
        return plain
    scope = (reader.person, reader.scope.county, reader.scope.paths, sorted(reader.scope.subjects))
    return f"{plain}:{hashlib.sha256(repr(scope).encode()).hexdigest()[:24]}"
