"""Use cases of collections: versions, aliases, tags, approvals, rollbacks."""
