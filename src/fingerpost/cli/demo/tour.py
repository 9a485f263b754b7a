"""The steps of ``fingerpost demo``."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from attrs import field, frozen

from .iris import write_flowers, write_script

VARIABLES: Final = {
    "FINGERPOST_STORE": ".fingerpost",
    "FINGERPOST_ACTOR": "alice",
    "FINGERPOST_ENTITY": "garden",
    "FINGERPOST_PROJECT": "iris",
}

_REGISTERED: Final = "registry/Model/iris-classifier"
_REFUSED: Final = 5
_DAMAGED: Final = 6


def _nothing() -> str:
    return ""


@frozen
class Line:
    """A command line, and the exit code that it must have for the tour to go on."""

    text: str
    exit_code: int = 0


@frozen
class Step:
    """A part of the tour.

    Attributes:
        title: what is shown.
        lines: what is run.
        prepare: what happens before; returns Python source to show, if any.
    """

    title: str
    lines: tuple[Line, ...]
    prepare: Callable[[], str] = field(default=_nothing)


def steps(folder: Path) -> Iterator[Step]:
    """Iterate over the steps, to be run in the folder one after the other."""
    data = folder / "data"

    def collect(per_species: int) -> Callable[[], str]:
        def prepare() -> str:
            write_flowers(data, per_species)
            return ""

        return prepare

    log = Line("fingerpost -q log iris data --type dataset")
    yield Step(
        "Log a folder of real measurements: 30 flowers to train, 60 to test",
        (Line("fingerpost log iris data --type dataset"),),
        collect(10),
    )
    yield Step("Log it again: unchanged content makes no new version", (log,))
    yield Step(
        "90 flowers now: that is v1, and `latest` moves",
        (
            log,
            Line("fingerpost alias list iris"),
        ),
        collect(30),
    )
    yield Step(
        "Train on each version, by name; the lineage is noted (train.py does this)",
        (
            Line("python train.py iris:v0"),
            Line("python train.py iris:latest"),
        ),
        lambda: write_script(folder / "train.py"),
    )
    yield from _publish()
    yield from _check(folder)


def _publish() -> Iterator[Step]:
    yield Step(
        "Publish both models in the registry `Model`, under aliases of our own",
        (
            Line(f"fingerpost -q link iris-model:v0 {_REGISTERED} --alias production"),
            Line(f"fingerpost -q link iris-model:v1 {_REGISTERED} --alias candidate"),
        ),
    )
    move = f"alias set {_REGISTERED} production v1"
    yield Step(
        "Protect `production`: bob, a member, may not move it; alice, an admin, may",
        (
            Line("fingerpost -q registry protect Model production"),
            Line(f"fingerpost --actor bob {move}", _REFUSED),
            Line(f"fingerpost {move} --expected v0 --reason 'accuracy 0.983, was 0.917'"),
        ),
    )
    yield Step(
        "Who moved what, when, from where, and why",
        (Line(f"fingerpost history {_REGISTERED} --alias production"),),
    )


def _check(folder: Path) -> Iterator[Step]:
    path = f"{_REGISTERED}:production"

    def damage() -> str:
        with (folder / "copy" / "centroids.json").open("a", encoding="utf-8") as file:
            file.write(" ")
        return ""

    verify = f"fingerpost verify {path} --root copy"
    yield Step(
        "Download what is in production, and verify it",
        (
            Line(f"fingerpost download {path} --root copy"),
            Line(verify),
        ),
    )
    yield Step(
        "Damage one byte of the copy: verify names the file", (Line(verify, _DAMAGED),), damage
    )
