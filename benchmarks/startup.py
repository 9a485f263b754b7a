"""Starting: importing the public names, the help and a completion, beside bare Python and attrs.

CPU time of the whole process is shown beside the time that passed, because on a busy machine only
the former can be compared. Byte code is cached first, as an installed package has it.
"""

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROUNDS = 11
MODULES_SHOWN = 15
IMPORT = "from fingerpost import Artifact, Api, init"
PROGRAM = str(Path(sys.executable).with_name("fingerpost"))


def main() -> None:
    environment = {**os.environ, "COMP_WORDS": "fingerpost ", "COMP_CWORD": "1"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    completing = {**environment, "_FINGERPOST_COMPLETE": "bash_complete"}
    subjects = {
        "bare python": ([sys.executable, "-c", "pass"], environment),
        "import attrs, cattrs": ([sys.executable, "-c", "import attrs, cattrs"], environment),
        "import fingerpost": ([sys.executable, "-c", "import fingerpost"], environment),
        IMPORT: ([sys.executable, "-c", IMPORT], environment),
        "fingerpost --help": ([PROGRAM, "--help"], environment),
        "a shell completion": ([PROGRAM], completing),
    }
    seen: dict[str, list[tuple[float, float]]] = {name: [] for name in subjects}
    for _ in range(ROUNDS + 1):
        for name, (command, variables) in subjects.items():
            seen[name].append(measure(command, variables))
    report({name: median(runs[1:]) for name, runs in seen.items()})
    slowest_modules(environment)


def measure(command: Sequence[str], environment: dict[str, str]) -> tuple[float, float]:
    """Return the milliseconds that passed, and those of CPU time, of one process."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    passed, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return passed * 1000, cpu * 1000


def median(runs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the median of the times that passed, and of the CPU times."""
    return statistics.median(run[0] for run in runs), statistics.median(run[1] for run in runs)


def report(times: dict[str, tuple[float, float]]) -> None:
    """Print each subject, and what it takes beyond bare Python."""
    bare_passed, bare_cpu = times["bare python"]
    print(f"milliseconds, medians of {ROUNDS} rounds; beyond bare Python in brackets")
    for name, (passed, cpu) in times.items():
        print(
            f"  {name:<44}{passed:7.0f} ({passed - bare_passed:+5.0f})"
            f"   CPU {cpu:6.0f} ({cpu - bare_cpu:+5.0f})"
        )


def slowest_modules(environment: dict[str, str]) -> None:
    """Print which modules take longest by themselves, as ``python -X importtime`` tells."""
    command = [sys.executable, "-X", "importtime", "-c", IMPORT]
    ran = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    lines = [line.removeprefix("import time:").split("|") for line in ran.stderr.splitlines()[1:]]
    own = sorted(((int(own), name.strip()) for own, _, name in lines), reverse=True)
    print(f"\n{IMPORT}: {len(lines)} modules; those that take longest by themselves")
    for microseconds, name in own[:MODULES_SHOWN]:
        print(f"  {name:<60}{microseconds / 1000:7.1f} ms")


if __name__ == "__main__":
    main()
