"""Use cases of content: expiry and garbage collection."""
