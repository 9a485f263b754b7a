"""Metadata: JSON that users attach to a version, how it changes and merges."""
