"""Long runs outside CI, each a command: ``make soak ARGS="races --seconds 60"``."""
