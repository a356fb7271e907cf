"""Proposals by computation: who should help whom. Pure functions over plain inputs."""
