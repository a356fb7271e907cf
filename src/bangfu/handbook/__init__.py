"""Text to rules: load a folder of TOML, say what is wrong with it, compare and show it."""
