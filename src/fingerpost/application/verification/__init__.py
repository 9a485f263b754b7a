"""Checking that a store still holds what was recorded."""
