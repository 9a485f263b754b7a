"""Figures beside their raw cost, measured in one run. Timings live here and are never tests."""
