"""Carrying a store to where there is no network: bundles, written and read."""

from .exporting import ExportedBundle, export_bundle
from .importing import ImportedBundle

__all__ = ["ExportedBundle", "ImportedBundle", "export_bundle"]
