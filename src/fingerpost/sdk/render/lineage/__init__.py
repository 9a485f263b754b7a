"""A lineage graph as text, as a Mermaid flowchart, and as JSON."""

from .mermaid import as_mermaid
from .plain import as_json
from .text import as_text

__all__ = ["as_json", "as_mermaid", "as_text"]
