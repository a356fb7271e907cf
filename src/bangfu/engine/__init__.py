"""Tables and rules in, obligations, coverage, figures, scores and steps out."""
