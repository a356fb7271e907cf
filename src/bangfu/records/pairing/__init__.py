"""Plans of pairs (结对方案): asked of `optimise`, kept, changed by hand, approved."""
