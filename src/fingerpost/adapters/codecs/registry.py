"""Which codec it is: for an object and a name, for a file, for a name."""

from collections.abc import Iterable, Sequence
from typing import Self

from attrs import frozen

from fingerpost.domain.errors import InvalidValueError, NoCodecError

from .codec import Codec
from .recognition import rank, type_name

HOW_TO_PLUG_IN = (
    "Write the file yourself with new_file, or plug in a codec: pass codec=, or install one with "
    "the entry point group 'fingerpost.codecs'."
)


@frozen
class Codecs:
    """Codecs in order of preference.

    Built-in ones come first, so that installing a plug-in does not change what was stored before;
    a plug-in adds formats, and types that are more special.
    """

    known: Sequence[Codec]

    @classmethod
    def of(cls, *known: Codec) -> Self:
        """Return a registry of these."""
        return cls(known)

    def for_object(self, obj: object, path: str) -> tuple[Codec, str]:
        """Return the codec for an object, and the path with its extension.

        Among the codecs for its type the path's extension decides; without one it is the first
        codec of the most special type.

        Raises:
            NoCodecError: there is none for its type.
            InvalidValueError: the path ends as files of other objects do.
        """
        ranked = [(rank(type(obj), codec.types), codec) for codec in self.known]
        fitting = [(place, codec) for place, codec in ranked if place is not None]
        if not fitting:
            kinds = sorted({kind.replace(":", ".") for codec in self.known for kind in codec.types})
            raise NoCodecError("objects of type", type_name(type(obj)), kinds, HOW_TO_PLUG_IN)
        fitting.sort(key=lambda found: found[0])
        return self.named_for([codec for _, codec in fitting], path)

    def named_for(self, codecs: Sequence[Codec], path: str) -> tuple[Codec, str]:
        """Return the one of some codecs that a path's extension means, and the path with one.

        Raises:
            InvalidValueError: the path ends as another codec's files do.
        """
        meant = longest(codecs, path)
        if meant is not None:
            return meant, path
        other = longest(self.known, path)
        if other is not None:
            ending, own = matching(other, path), [codec.extensions[0] for codec in codecs]
            raise InvalidValueError(
                "name",
                path,
                f"{ending!r} files hold other objects; this one can be stored as {', '.join(own)}",
                f"Name it {path[: -len(ending)] + own[0]!r}.",
            )
        return codecs[0], path + codecs[0].extensions[0]

    def for_file(self, path: str) -> Codec:
        """Return the codec that reads a file.

        Raises:
            NoCodecError: there is none for its extension.
        """
        found = longest(self.known, path)
        if found is None:
            remedy = f"Download it: get_entry({path!r}).download()."
            raise NoCodecError("the file", path, self.extensions, remedy)
        return found

    def named(self, name: str) -> Codec:
        """Return the codec of a name.

        Raises:
            InvalidValueError: there is none.
        """
        for codec in self.known:
            if codec.name == name:
                return codec
        names = ", ".join(codec.name for codec in self.known)
        raise InvalidValueError("codec", name, f"it is one of {names}", "Or pass a codec object.")

    @property
    def extensions(self) -> Sequence[str]:
        """All extensions, in order of preference, each once."""
        return list(dict.fromkeys(end for codec in self.known for end in codec.extensions))


def longest(codecs: Iterable[Codec], path: str) -> Codec | None:
    """Return the codec with the longest extension that a path ends in; of several, the first."""
    best = max(codecs, key=lambda codec: len(matching(codec, path)), default=None)
    return best if best is not None and matching(best, path) else None


def matching(codec: Codec, path: str) -> str:
    """Return the longest of a codec's extensions that a path ends in, or ``""``."""
    folded = path.lower()
    return max((end for end in codec.extensions if folded.endswith(end)), key=len, default="")
