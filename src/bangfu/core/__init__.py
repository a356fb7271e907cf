"""Shapes and words: what a fact, a rule and a result are, before any storage or page.

    facts + registry + handbook  ->  obligations  ->  scores  ->  steps

Every function here is total and deterministic. Nothing in this package reads a clock,
a file, a database or a setting: the day is always an argument. Standard library only.
"""
