"""Fisher's iris data, as a folder that grows."""

import csv
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from textwrap import dedent
from typing import Final

HELD_OUT: Final = 20
"""Flowers of each species to test with: the last ones."""

_PER_SPECIES: Final = 50


def write_flowers(folder: Path, per_species: int) -> None:
    """Write ``train.csv``, the first flowers of each species, and ``test.csv``."""
    folder.mkdir(exist_ok=True)
    species = _flowers_by_species()
    _write(folder / "train.csv", [row for rows in species for row in rows[:per_species]])
    _write(folder / "test.csv", [row for rows in species for row in rows[-HELD_OUT:]])


def write_script(path: Path) -> str:
    """Write the training script, and return the lines of it that matter."""
    text = _packaged("train.py")
    path.write_text(text, encoding="utf-8")
    begin, end = text.index("    with fingerpost.init"), text.index("    print(")
    return dedent(text[begin:end])


def _flowers_by_species() -> list[list[list[str]]]:
    header, *rows = csv.reader(_packaged("iris.csv").splitlines())
    names = header[2:]
    named = [[*row[:4], names[int(row[4])]] for row in rows]
    return [named[start : start + _PER_SPECIES] for start in range(0, len(named), _PER_SPECIES)]


def _write(path: Path, rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def _packaged(name: str) -> str:
    return (files(__package__) / "demo_data" / name).read_text(encoding="utf-8")
