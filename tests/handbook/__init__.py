"""Handbooks that load, handbooks that are refused, and what is said of both."""
