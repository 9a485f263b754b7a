"""Real servers that tests start by themselves on free ports, and stop again."""
