"""Finding registries, collections and versions, and listing projects."""
