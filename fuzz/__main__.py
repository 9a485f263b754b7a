"""Fuzz all targets, or those named: ``python -m fuzz [TARGET ...] [--seconds N]``.

Each target is run in a process of its own. An input that does anything else than to be accepted or
refused is kept in a file, and ``python -m fuzz TARGET --input FILE`` reads it again.
"""

import argparse
import hashlib
import importlib.util
import re
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path("fuzz-findings")


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    if options.input:
        return _again(options.targets, options.input)
    if options.alone:
        return _alone(options)
    from .targets import TARGETS

    unknown = [name for name in options.targets if name not in TARGETS]
    if unknown:
        print(f"no target {unknown[0]!r}; there are: {', '.join(TARGETS)}", file=sys.stderr)
        return 2
    engine = options.engine or ("atheris" if importlib.util.find_spec("atheris") else "chance")
    if engine == "chance" and options.engine is None:
        print("atheris is not installed (pip install atheris): inputs are changed by chance.")
    failed = [name for name in options.targets or TARGETS if not _run(name, engine, options)]
    if failed:
        print(f"\nfindings in {', '.join(failed)}; their inputs are in {FOLDER}/", file=sys.stderr)
    return 1 if failed else 0


def _run(name: str, engine: str, options: argparse.Namespace) -> bool:
    command = [sys.executable, "-m", "fuzz", name, "--alone", "--engine", engine]
    command += ["--seconds", str(options.seconds), "--seed", str(options.seed)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    told = re.search(r"number_of_executed_units: +(\d+)", done.stderr)
    said = f"{int(told[1]):,} inputs" if told else done.stdout.strip()
    is_good = done.returncode == 0
    print(
        f"{name:<18}{engine:<9}{said if is_good else f'FINDING (exit code {done.returncode})'}",
        flush=True,
    )
    if not is_good:
        print(
            "\n".join(line for line in done.stderr.splitlines() if "INFO: Instr" not in line)[
                -4_000:
            ],
            file=sys.stderr,
        )
    return is_good


def _alone(options: argparse.Namespace) -> int:
    (name,) = options.targets

    def kept(data: bytes) -> None:
        FOLDER.mkdir(exist_ok=True)
        path = FOLDER / f"{name}-{hashlib.sha256(data).hexdigest()[:16]}"
        path.write_bytes(data)
        print(f"kept as {path}", file=sys.stderr)

    from . import engines

    if options.engine == "atheris":
        FOLDER.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="fingerpost-corpus-") as corpus:
            engines.by_coverage(
                lambda: _target(name),
                options.seconds,
                options.seed,
                Path(corpus),
                f"{FOLDER}/{name}-",
            )
    print(engines.by_chance(_target(name), options.seconds, options.seed, kept))
    return 0


def _again(names: list[str], path: Path) -> int:
    (name,) = names
    is_accepted = _target(name).run(path.read_bytes())
    print("accepted" if is_accepted else "refused")
    return 0


def _target(name: str):  # noqa: ANN202 - imported late, so that it can be instrumented
    from .targets import TARGETS

    return TARGETS[name]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--seconds", type=float, default=10.0, help="for each target")
    parser.add_argument("--seed", type=int, default=0, help="of what is changed by chance")
    parser.add_argument("--engine", choices=["atheris", "chance"])
    parser.add_argument("--input", type=Path, help="read this one input again")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
