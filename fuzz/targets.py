"""All targets by name."""

from typing import Final

from . import bundles, documents, events, filters, imports, manifests, packs, paths, proofs
from .target import Target

TARGETS: Final[dict[str, Target]] = {
    "bundle-files": bundles.FILES,
    "bundle-headers": bundles.HEADERS,
    "bundle-lines": bundles.LINES,
    "cursors": filters.CURSORS,
    "entry-paths": paths.ENTRY_PATHS,
    "events": events.EVENTS,
    "filters": filters.FILTERS,
    "manifest-pages": manifests.PAGES,
    "manifest-roots": manifests.ROOTS,
    "metadata": documents.METADATA,
    "mlflow": imports.MLFLOW,
    "packs": packs.PACKS,
    "paths": paths.PATHS,
    "patterns": filters.PATTERNS,
    "proofs": proofs.PROOFS,
    "settings": documents.SETTINGS,
    "snapshots": events.SNAPSHOTS,
    "templates": documents.TEMPLATES,
    "wandb-about": imports.ABOUT,
    "wandb-manifests": imports.WANDB,
}
