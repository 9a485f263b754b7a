"""Measuring several subjects in turn, so that a machine that slows down slows them all."""

import statistics
import time
from collections.abc import Callable, Mapping


def per_second(
    subjects: Mapping[str, Callable[[], None]], operations: int, rounds: int = 5
) -> dict[str, float]:
    """Return operations per second of each subject: the median over rounds, after a warm-up.

    Args:
        subjects: name → one round of that many operations.
        operations: how many operations one round makes.
        rounds: counted rounds; all subjects take their turn in each.
    """
    seen: dict[str, list[float]] = {name: [] for name in subjects}
    for number in range(rounds + 1):
        for name, one_round in subjects.items():
            started = time.perf_counter()
            one_round()
            if number:
                seen[name].append(operations / (time.perf_counter() - started))
    return {name: statistics.median(rates) for name, rates in seen.items()}


def table(title: str, rates: Mapping[str, float], baseline: str) -> None:
    """Print rates, and how each compares with the baseline of the same run."""
    print(f"\n{title}")
    for name, rate in rates.items():
        print(f"  {name:<44}{rate:>12,.0f} /s {rate / rates[baseline]:>8.2f} x {baseline}")
