"""The ledger and the registry in tables: actions write, queries read, nothing else does."""
