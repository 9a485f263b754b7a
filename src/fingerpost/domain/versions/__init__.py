"""What the rules know of one version."""
