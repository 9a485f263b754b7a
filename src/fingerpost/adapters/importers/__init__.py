"""Readers of what other registries keep."""
