"""Tests, a folder per package of bangfu; `house` holds the rules of the house."""
