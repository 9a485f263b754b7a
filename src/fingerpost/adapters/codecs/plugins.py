"""Codecs that other distributions bring: the entry point group ``fingerpost.codecs``."""

from collections.abc import Iterator
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Final

from fingerpost.domain.errors import InvalidValueError, PluginError

from .builtin import BUILT_IN
from .codec import Codec
from .registry import Codecs

GROUP: Final = "fingerpost.codecs"


@cache
def installed() -> Codecs:
    """Return the built-in codecs and those that are installed, by the names of their entry points.

    Looked for once in a process, when the first object is added or read.

    Raises:
        PluginError: one cannot be loaded, or is no codec; pass ``codec=`` to go without.
    """
    return Codecs((*BUILT_IN, *_plugged_in()))


def _plugged_in() -> Iterator[Codec]:
    taken = {codec.name for codec in BUILT_IN}
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        codec = _loaded(point)
        if codec.name in taken:
            raise _broken(point, f"the name {codec.name!r} of its codec is taken")
        taken.add(codec.name)
        yield codec


def _loaded(point: EntryPoint) -> Codec:
    try:
        found = point.load()
        codec = found() if isinstance(found, type) else found
        problem = _problem_of(codec)
    except Exception as error:  # whatever importing somebody's module raises
        raise _broken(point, f"{type(error).__name__}: {error}") from error
    if problem is not None or not isinstance(codec, Codec):
        raise _broken(point, f"it is no codec: {problem}")
    return codec


def _broken(point: EntryPoint, problem: str) -> PluginError:
    dist = point.dist
    where = f"{dist.name} {dist.version}" if dist else "an unknown distribution"
    return PluginError(f"{GROUP}: {point.name} = {point.value}", where, problem)


def checked(codec: object) -> Codec:
    """Return a codec.

    Raises:
        InvalidValueError: it is none.
    """
    problem = _problem_of(codec)
    if problem is not None or not isinstance(codec, Codec):
        remedy = "See fingerpost.Codec for what one has."
        raise InvalidValueError("codec", codec, problem or "it has to be a codec", remedy)
    return codec


def _problem_of(codec: object) -> str | None:
    if isinstance(codec, type) or not isinstance(codec, Codec):
        return "it has to be an object with name, types, extensions, packages, encode and decode"
    if not isinstance(codec.name, str) or not codec.name:
        return "its name has to be text"
    if isinstance(codec.types, str) or any(":" not in kind for kind in codec.types):
        return "its types have to be written 'module:Name'"
    extensions = codec.extensions
    if isinstance(extensions, str) or not extensions:
        return "it has to have extensions"
    if any(not end.startswith(".") or "/" in end or end != end.lower() for end in extensions):
        return "its extensions have to begin with a dot and to be in lower case"
    return None
