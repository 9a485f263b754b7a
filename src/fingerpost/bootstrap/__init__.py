"""Wiring: which adapters make up a store. The only reader of settings."""
