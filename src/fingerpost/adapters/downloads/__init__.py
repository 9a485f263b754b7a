"""The files of a version on their way out of a store."""
