"""Images of Pillow."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any, BinaryIO, Final

from attrs import field, frozen

_PLAIN: Final = frozenset({"1", "L", "LA", "P", "RGB", "RGBA"})
_SIXTEEN_BITS: Final = frozenset({"I;16", "I;16B"})


@frozen
class PillowImage:
    """A PIL image in one format.

    Stored are the pixels of all frames, palette, transparency and color profile; not EXIF.

    Attributes:
        name: of the codec.
        extensions: of the files.
        modes: pixel formats that it stores; Pillow would change others without a word.
        options: for ``Image.save``.
        has_frames: whether a file can hold several.
    """

    name: str
    extensions: Sequence[str]
    modes: frozenset[str]
    options: Mapping[str, object] = field(factory=dict)
    has_frames: bool = True
    types: Sequence[str] = ("PIL.Image:Image",)
    packages: Sequence[str] = ("pillow",)

    def encode(self, obj: Any, file: BinaryIO) -> None:
        """Write an image, with all its frames where the format has them."""
        if obj.mode not in self.modes:
            fitting = ", ".join(sorted(self.modes))
            msg = f"its mode is {obj.mode!r} and {self._format} stores {fitting}; convert() it, "
            raise TypeError(msg + "or give the name the extension of another format (.tiff)")
        if not self.has_frames or getattr(obj, "n_frames", 1) == 1:
            obj.save(file, format=self._format, **self.options)
            return
        place = obj.tell()
        obj.seek(0)
        try:
            obj.save(file, format=self._format, save_all=True, **self.options)
        finally:
            obj.seek(place)

    def decode(self, file: BinaryIO) -> Any:
        """Read an image of this format and no other, whatever its bytes claim to be."""
        from PIL import Image

        # Frames are read when they are asked for, and the file is closed by then.
        image = Image.open(BytesIO(file.read()), formats=(self._format,))
        image.load()
        return image

    @property
    def _format(self) -> str:
        return self.name.rpartition(".")[2].upper()


PILLOW_FORMATS: Final = (
    PillowImage("pillow.png", (".png",), _PLAIN | _SIXTEEN_BITS),
    PillowImage(
        "pillow.jpeg", (".jpg", ".jpeg"), frozenset({"L", "RGB", "CMYK"}), has_frames=False
    ),
    PillowImage("pillow.webp", (".webp",), _PLAIN, {"lossless": True, "exact": True}),
    PillowImage(
        "pillow.tiff",
        (".tiff", ".tif"),
        _PLAIN | _SIXTEEN_BITS | {"I", "F", "CMYK", "YCbCr", "LAB"},
    ),
    PillowImage("pillow.gif", (".gif",), _PLAIN),
)
"""The first stores an image whose name has no extension."""
