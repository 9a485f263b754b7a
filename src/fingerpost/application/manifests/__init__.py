"""Manifests on their way into and out of a content store."""
