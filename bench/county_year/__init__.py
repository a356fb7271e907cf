"""What `bench/engine.py` measures: an invented county-year, and its two peers."""
