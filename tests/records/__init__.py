"""The ledger and the registry: nothing written is lost, nothing foreign is seen."""
