"""What a codec is."""

from collections.abc import Sequence
from typing import Any, BinaryIO, Protocol, runtime_checkable


@runtime_checkable
class Codec(Protocol):
    """Writes objects of some types to a file of one format, and reads such a file.

    The file is one that the ecosystem's own readers open: nothing of Fingerpost's is in it. The
    same object gives the same bytes, as far as the format permits, since different bytes make a
    new version. Reading runs no code that a file brings with it (no pickle).
    """

    @property
    def name(self) -> str:
        """What it is called in errors and in ``codec=``, such as ``numpy.npy``."""
        ...

    @property
    def types(self) -> Sequence[str]:
        """What it writes: classes as ``module:Name``, such as ``numpy:ndarray``; subclasses too.

        A class is only looked for in a module that is imported already.
        """
        ...

    @property
    def extensions(self) -> Sequence[str]:
        """How its files' names end, such as ``.npy``, in lower case; the first is appended."""
        ...

    @property
    def packages(self) -> Sequence[str]:
        """What ``pip install`` needs to be told when its library is missing."""
        ...

    def encode(self, obj: Any, file: BinaryIO) -> None:
        """Write an object.

        Args:
            obj: of one of the types.
            file: empty, seekable, open for writing and reading; it is closed by the caller.

        Raises:
            ImportError: the library is missing.
            Exception: the object does not fit the format; says why.
        """
        ...

    def decode(self, file: BinaryIO) -> Any:
        """Read an object; what it needs of the file is in memory when it returns.

        Args:
            file: seekable, at its start, whole and verified; it is closed by the caller.

        Raises:
            ImportError: the library is missing.
            Exception: the bytes are not of the format; says why.
        """
        ...
