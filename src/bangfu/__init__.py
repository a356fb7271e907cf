"""Bangfu (帮扶): facts are entered once, and every number opens to the facts behind it."""

__version__ = "0.1.0"
