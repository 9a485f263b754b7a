"""Examples of the how-to guides."""
