"""The county as a question of who helps whom, for the measurement of pairing."""
