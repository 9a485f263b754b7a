"""Pictures of which version held which alias when."""

from .svg import timeline_svg

__all__ = ["timeline_svg"]
