"""Names as validated values, and the paths that people write."""
