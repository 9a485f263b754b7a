"""WAV files: PCM and floating point.

Written out here, since the standard library's ``wave`` knows PCM only.

*Source*: Microsoft and IBM, "Multimedia Programming Interface and Data Specifications 1.0" (RIFF,
``fmt ``, ``data``), and Microsoft's "New Multimedia Data Types and Data Techniques" (``fact``,
``WAVE_FORMAT_IEEE_FLOAT``, ``WAVE_FORMAT_EXTENSIBLE``).
"""

import struct
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from attrs import frozen

from .audio import Audio

_PCM: Final = 1
_FLOAT: Final = 3
_EXTENSIBLE: Final = 0xFFFE
_FORMATS: Final = {
    "uint8": (_PCM, 8),
    "int16": (_PCM, 16),
    "int32": (_PCM, 32),
    "float32": (_FLOAT, 32),
    "float64": (_FLOAT, 64),
}
_DTYPES: Final = {
    (_PCM, 8): "u1",
    (_PCM, 16): "<i2",
    (_PCM, 24): "<i4",
    (_PCM, 32): "<i4",
    (_FLOAT, 32): "<f4",
    (_FLOAT, 64): "<f8",
}
_MOST_BYTES: Final = (1 << 32) - 1
_MOST_CHANNELS: Final = (1 << 16) - 1
_MOST_DIMENSIONS: Final = 2


class Wav:
    """:class:`~fingerpost.Audio` as ``.wav``; 24 bit comes back as ``int32``, shifted up."""

    name: Final = "wav"
    types: Final = ("fingerpost:Audio",)
    extensions: Final = (".wav",)
    packages: Final = ("numpy",)

    def encode(self, obj: Audio, file: BinaryIO) -> None:
        """Write the samples as they are."""
        samples = _checked(obj.data)
        tag, bits = _FORMATS[samples.dtype.name]
        form = _Form.of(tag, samples.shape[1], obj.sample_rate, bits)
        data = samples.astype(samples.dtype.newbyteorder("<"), order="C", copy=False)
        fact = b"" if tag == _PCM else _chunk(b"fact", struct.pack("<I", len(samples)))
        head = b"WAVE" + _chunk(b"fmt ", form.packed()) + fact
        size_bytes = len(head) + 8 + data.nbytes + data.nbytes % 2
        if size_bytes > _MOST_BYTES:
            msg = "it is longer than the 4 GiB that a WAV file can hold; add it in parts"
            raise ValueError(msg)
        file.write(struct.pack("<4sI", b"RIFF", size_bytes) + head)
        file.write(struct.pack("<4sI", b"data", data.nbytes))
        file.write(data.reshape(-1).view("u1").data)
        file.write(bytes(data.nbytes % 2))

    def decode(self, file: BinaryIO) -> Audio:
        """Read the samples: one dimension for one channel, else two."""
        import numpy as np

        chunks = _chunks(file)
        form = _Form.unpacked(_body(chunks, b"fmt "))
        raw = _body(chunks, b"data")
        if len(raw) % form.frame_bytes:
            msg = "its last frame is cut"
            raise ValueError(msg)
        if form.bits == 24:  # noqa: PLR2004 - as the format says it
            padded: Any = np.zeros((len(raw) // 3, 4), dtype=np.uint8)
            padded[:, 1:] = np.frombuffer(raw, dtype=np.uint8).reshape(-1, 3)
            raw = padded.tobytes()
        samples = np.frombuffer(bytearray(raw), dtype=_DTYPES[form.tag, form.bits])
        samples = samples.astype(samples.dtype.newbyteorder("="), copy=False)
        is_mono = form.channels == 1
        return Audio(samples if is_mono else samples.reshape(-1, form.channels), form.sample_rate)


@frozen
class _Form:
    """The chunk ``fmt ``."""

    tag: int
    channels: int
    sample_rate: int
    byte_rate: int
    frame_bytes: int
    bits: int

    @classmethod
    def of(cls, tag: int, channels: int, sample_rate: int, bits: int) -> "_Form":
        frame_bytes = channels * bits // 8
        byte_rate = min(frame_bytes * sample_rate, _MOST_BYTES)
        return cls(tag, channels, sample_rate, byte_rate, frame_bytes, bits)

    def packed(self) -> bytes:
        fields = (self.tag, self.channels, self.sample_rate, self.byte_rate, self.frame_bytes)
        # All but PCM say how long their extension is: it is empty.
        return struct.pack("<HHIIHH", *fields, self.bits) + (b"" if self.tag == _PCM else bytes(2))

    @classmethod
    def unpacked(cls, body: bytes) -> "_Form":
        tag, channels, rate, byte_rate, frame_bytes, bits = struct.unpack_from("<HHIIHH", body)
        if tag == _EXTENSIBLE:
            (tag,) = struct.unpack_from("<H", body, 24)
        if (tag, bits) not in _DTYPES or not channels or frame_bytes != channels * bits // 8:
            msg = f"its samples are of format {tag} with {bits} bits, not PCM or floating point"
            raise ValueError(msg)
        return cls(tag, channels, rate, byte_rate, frame_bytes, bits)


def _checked(data: Any) -> Any:
    import numpy as np

    samples = np.asarray(data)
    if samples.dtype.name not in _FORMATS:
        msg = f"samples are {', '.join(_FORMATS)}, not {samples.dtype.name}; convert with astype"
        raise TypeError(msg)
    if samples.ndim == 1:
        samples = samples.reshape(-1, 1)
    if samples.ndim != _MOST_DIMENSIONS or not 1 <= samples.shape[1] <= _MOST_CHANNELS:
        msg = f"its shape is {np.shape(data)}, not (frames,) or (frames, channels)"
        raise ValueError(msg)
    return samples


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack("<4sI", name, len(body)) + body


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    riff, _, wave = struct.unpack("<4sI4s", file.read(12))
    if (riff, wave) != (b"RIFF", b"WAVE"):
        msg = "it does not begin as a WAV file does"
        raise ValueError(msg)
    while len(header := file.read(8)) == 8:  # noqa: PLR2004 - name and length
        name, size_bytes = struct.unpack("<4sI", header)
        body = file.read(size_bytes)
        if len(body) < size_bytes:
            msg = f"its part {name!r} is cut"
            raise ValueError(msg)
        file.read(size_bytes % 2)
        yield name, body


def _body(chunks: Iterator[tuple[bytes, bytes]], wanted: bytes) -> bytes:
    for name, body in chunks:
        if name == wanted:
            return body
    msg = f"it has no part {wanted!r}"
    raise ValueError(msg)
