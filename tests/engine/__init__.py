"""The engine, held to the oracle and to examples that read as sentences."""
