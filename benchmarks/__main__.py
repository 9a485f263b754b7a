"""Run all benchmarks, or those named: ``python -m benchmarks [NAME ...]``."""

import sys

from . import (
    aliases,
    diff,
    downloads,
    folders,
    history,
    ledger,
    listings,
    objects,
    references,
    search,
    startup,
    writers,
)

BENCHMARKS = {
    "aliases": aliases.main,
    "diff": diff.main,
    "downloads": downloads.main,
    "folders": folders.main,
    "history": history.main,
    "ledger": ledger.main,
    "listings": listings.main,
    "objects": objects.main,
    "references": references.main,
    "search": search.main,
    "startup": startup.main,
    "writers": writers.main,
}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"no benchmark {unknown[0]!r}; there are: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    for name in names or BENCHMARKS:
        print(f"\n== {name}")
        BENCHMARKS[name]()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
