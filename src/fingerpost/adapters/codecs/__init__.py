"""How objects that ecosystems have become files, and files such objects.

None of those libraries is a dependency: a codec imports its library when it is given an object of
it, or a file to read, and not before.
"""

from .audio import Audio
from .codec import Codec
from .html import Html

__all__ = ["Audio", "Codec", "Html"]
