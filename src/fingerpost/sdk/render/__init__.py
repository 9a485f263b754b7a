"""Lineage, timelines and differences as text, SVG and Mermaid."""

from typing import TYPE_CHECKING

from fingerpost._lazy import lazy_modules

if TYPE_CHECKING:
    from . import lineage, timeline
else:
    __getattr__ = lazy_modules(__name__)

__all__ = ["lineage", "timeline"]
