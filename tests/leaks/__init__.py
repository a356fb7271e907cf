"""Leaks planted on purpose, and the guards that stop them."""
