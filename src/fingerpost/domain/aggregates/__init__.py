"""What all aggregates share: identity, attribution, permission and unique names."""
