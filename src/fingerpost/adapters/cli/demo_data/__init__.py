"""Real data for ``fingerpost demo``, and the script that trains on it. See README.md."""
