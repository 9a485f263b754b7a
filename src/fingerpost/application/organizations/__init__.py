"""Use cases of organizations, teams and their members."""
