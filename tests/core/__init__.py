"""The shapes and words that everything else is built from."""
