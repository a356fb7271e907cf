"""The invented county: real places, invented people, a year of work, all through the ledger.

    scale + seed + as-of day -> cast (who and what there is) -> year (what they did) -> records

Nothing here writes a table: every line is a draft that `records.actions` checks and chains.
"""
