"""Local files on their way into an artifact."""
