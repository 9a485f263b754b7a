"""Lineage, timelines and differences as text, SVG and Mermaid."""
