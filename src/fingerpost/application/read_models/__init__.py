"""Rows of the read tables, and how lists are selected and paged."""
