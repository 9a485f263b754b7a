"""Carrying a store to where there is no network: bundles, written and read."""

from .exporting import Exported, export_bundle
from .importing import Imported, import_bundle

__all__ = ["Exported", "Imported", "export_bundle", "import_bundle"]
