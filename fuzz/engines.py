"""Two ways to find inputs: by what they reach in the code, and by chance."""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from .limits import LONGEST_S, MOST_MIB, limit_memory, time_limit
from .mutation import LONGEST_BYTES, mutated
from .target import Target


def by_chance(target: Target, seconds: float, seed: int, kept: Callable[[bytes], None]) -> str:
    """Change seeds, and changed ones again, until the time is up; return what was done."""
    random = Random(seed)
    corpus = target.seeds()
    for data in corpus:
        target.run(data)
    limit_memory()
    ends, count, accepted = time.monotonic() + seconds, 0, 0
    while time.monotonic() < ends:
        data = mutated(random, random.choice(corpus), is_json=target.is_json)
        try:
            with time_limit():
                is_accepted = target.run(data)
        except BaseException:
            kept(data)
            raise
        count += 1
        accepted += is_accepted
        # What is still accepted is a beginning for what is further away.
        if is_accepted and len(corpus) < 2_000 and len(data) < 1 << 16:
            corpus.append(data)
    return f"{count:,} inputs, {accepted:,} of them accepted"


def by_coverage(
    load: Callable[[], Target], seconds: float, seed: int, corpus: Path, findings: str
) -> None:
    """Run atheris; never returns. Coverage is that of ``fingerpost``, by its bytecode."""
    import atheris

    with atheris.instrument_imports(include=["fingerpost"]):
        target = load()
    for number, data in enumerate(target.seeds()):
        (corpus / f"seed-{number}").write_bytes(data)

    def change(data: bytes, longest: int, seed: int) -> bytes:
        if target.is_json and seed % 2:
            return mutated(Random(seed), data, is_json=True)[:longest]
        return atheris.Mutate(data, longest)

    options = [
        f"-max_total_time={seconds:.0f}",
        f"-seed={seed}",  # 0 is another one each time
        f"-max_len={LONGEST_BYTES if target.is_json else 1 << 17}",
        f"-timeout={LONGEST_S}",
        f"-rss_limit_mb={MOST_MIB * 4}",
        f"-artifact_prefix={findings}",
        "-print_final_stats=1",
        "-verbosity=0",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], target.run, custom_mutator=change)
    atheris.Fuzz()
