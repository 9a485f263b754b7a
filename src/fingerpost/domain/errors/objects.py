"""An object cannot become a file, or a file no object."""

from collections.abc import Sequence

from attrs import define

from .base import InvalidInputError, NotFoundError, StorageError


@define(slots=False, repr=False)
class NoCodecError(InvalidInputError):
    """There is no codec for such an object or such a file.

    Attributes:
        what: ``"objects of type"`` or ``"the file"``.
        value: the type, or the path.
        known: the types or extensions that there are codecs for.
        remedy: what to do.
    """

    code = "no_codec"
    what: str
    value: str
    known: Sequence[str]
    remedy: str

    def _message(self) -> str:
        # Not cut: what is looked for may be the last one.
        known = ", ".join(self.known)
        return f"there is no codec for {self.what} {self.value!r}, only for {known}. {self.remedy}"


@define(slots=False, repr=False)
class UnencodableError(InvalidInputError):
    """A file format cannot hold the object.

    Attributes:
        path: where it was to be added.
        codec: name of the codec.
        problem: what the codec or its library says.
    """

    code = "unencodable"
    path: str
    codec: str
    problem: str

    def _message(self) -> str:
        return (
            f"the object cannot be stored at {self.path!r} with codec {self.codec!r}: "
            f"{self.problem}. Nothing was added. Convert it, or write the file yourself with "
            f"new_file."
        )


@define(slots=False, repr=False)
class UndecodableError(InvalidInputError):
    """A file is not what the codec reads.

    Attributes:
        path: the entry.
        codec: name of the codec.
        problem: what the codec or its library says.
    """

    code = "undecodable"
    path: str
    codec: str
    problem: str

    def _message(self) -> str:
        return (
            f"entry {self.path!r} cannot be read with codec {self.codec!r}: {self.problem}. Its "
            f"bytes are those that were logged: name another codec=, or download the file with "
            f"get_entry({self.path!r}).download()."
        )


@define(slots=False, repr=False)
class LibraryMissingError(NotFoundError):
    """A codec needs a library that is not installed, or is too old.

    Attributes:
        codec: name of the codec.
        packages: what has to be installed.
        problem: what importing it says.
    """

    code = "library_missing"
    codec: str
    packages: Sequence[str]
    problem: str

    def _message(self) -> str:
        wanted = " ".join(f'"{package}"' for package in self.packages)
        how = f"Run `pip install {wanted}`." if wanted else "Install what it imports."
        return f"codec {self.codec!r} cannot be used: {self.problem}. {how}"


@define(slots=False, repr=False)
class PluginError(StorageError):
    """What another distribution plugs in cannot be loaded, or is not of the expected kind.

    Attributes:
        entry_point: the group, the name and the object that it stands for.
        distribution: name and version of what installed it.
        problem: what is wrong with it.
    """

    code = "plugin"
    entry_point: str
    distribution: str
    problem: str

    def _message(self) -> str:
        return (
            f"the plug-in {self.entry_point!r} of {self.distribution} cannot be used: "
            f"{self.problem}. Upgrade or uninstall that distribution."
        )
