"""The commands, one concept a module."""
