"""Manifests: entries, digests and their canonical form."""
