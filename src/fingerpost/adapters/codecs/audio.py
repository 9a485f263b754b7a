"""Sound."""

from typing import Any

from attrs import field, frozen
from attrs.validators import and_, ge, instance_of, lt


@frozen(eq=False)
class Audio:
    """Samples of sound; stored as a ``.wav`` file.

    Attributes:
        data: a NumPy array of shape ``(frames,)`` or ``(frames, channels)``, or a list. Floating
            point is stored as such (full scale is -1 to 1); ``uint8``, ``int16`` and ``int32`` as
            PCM. No sample is changed.
        sample_rate: frames a second.
    """

    data: Any
    sample_rate: int = field(validator=and_(instance_of(int), ge(1), lt(1 << 32)))
