"""Carrying out commands: load, decide, append under conditions."""
