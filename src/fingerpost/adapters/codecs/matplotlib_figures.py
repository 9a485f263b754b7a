"""Figures of matplotlib."""

from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, Final, NoReturn

from attrs import field, frozen


@frozen
class MatplotlibFigure:
    """A matplotlib ``Figure`` as a drawing, from which no figure can be made again.

    Without dates, random names and the version of the library, so that the same figure gives the
    same bytes.

    Attributes:
        name: of the codec.
        extensions: of the files.
        metadata: what to leave out of the file.
    """

    name: str
    extensions: Sequence[str]
    metadata: Mapping[str, None] = field(factory=dict)
    types: Sequence[str] = ("matplotlib.figure:Figure",)
    packages: Sequence[str] = ("matplotlib",)

    def encode(self, obj: Any, file: BinaryIO) -> None:
        """Draw a figure, with the settings that are in force."""
        import matplotlib as mpl

        options = {"metadata": dict(self.metadata)} if self.metadata else {}
        with mpl.rc_context({"svg.hashsalt": "fingerpost"}):
            obj.savefig(file, format=self.name.rpartition(".")[2], **options)

    def decode(self, file: BinaryIO) -> NoReturn:
        """Refuse: a drawing is no figure."""
        del file
        msg = "it is a drawing, from which no figure can be made again"
        raise TypeError(msg)


MATPLOTLIB_FORMATS: Final = (
    MatplotlibFigure("matplotlib.png", (".png",), {"Software": None}),
    MatplotlibFigure("matplotlib.svg", (".svg",), {"Creator": None, "Date": None}),
    MatplotlibFigure(
        "matplotlib.pdf", (".pdf",), {"CreationDate": None, "Creator": None, "Producer": None}
    ),
    MatplotlibFigure("matplotlib.jpeg", (".jpg", ".jpeg")),
)
"""The first stores a figure whose name has no extension."""
