"""The pages of the whole invented county, timed: how long people wait for their numbers."""
