"""NumPy arrays, one by one and by name; never with pickle."""

import zipfile
from collections.abc import Mapping
from typing import Any, BinaryIO, Final


class Npy:
    """A NumPy array as ``.npy``: type, byte order and memory order come back as they were."""

    name: Final = "numpy.npy"
    types: Final = ("numpy:ndarray",)
    extensions: Final = (".npy",)
    packages: Final = ("numpy",)

    def encode(self, obj: Any, file: BinaryIO) -> None:
        """Write an array; one of Python objects or with a mask is refused."""
        import numpy as np

        np.save(file, _plain(obj), allow_pickle=False)

    def decode(self, file: BinaryIO) -> Any:
        """Read an array; one of Python objects is refused."""
        import numpy as np

        return np.lib.format.read_array(file, allow_pickle=False)


class Npz:
    """A dictionary of NumPy arrays as ``.npz``."""

    name: Final = "numpy.npz"
    types: Final = ("builtins:dict",)
    extensions: Final = (".npz",)
    packages: Final = ("numpy",)

    def encode(self, obj: Mapping[str, Any], file: BinaryIO) -> None:
        """Write the arrays, uncompressed, in the order of the dictionary."""
        arrays = {key: _named(key, value) for key, value in obj.items()}
        import numpy as np

        # What numpy.savez does, which has no room for an array called "file".
        with zipfile.ZipFile(file, "w") as archive:
            for key, array in arrays.items():
                # Without a time of its own an entry says 1980, so the bytes are always the same.
                with archive.open(f"{key}.npy", "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, array, allow_pickle=False)

    def decode(self, file: BinaryIO) -> dict[str, Any]:
        """Read the arrays, all of them."""
        import numpy as np

        with np.load(file, allow_pickle=False) as loaded:
            arrays = {key: loaded[key] for key in loaded.files}
        others = [key for key, value in arrays.items() if not isinstance(value, np.ndarray)]
        if others:
            msg = f"{others[0]!r} in it is no array"
            raise ValueError(msg)
        return arrays


def _plain(array: Any) -> Any:
    import numpy as np

    if isinstance(array, np.ma.MaskedArray):
        msg = "a masked array would lose its mask; add array.data and array.mask, or array.filled()"
        raise TypeError(msg)
    if array.dtype.hasobject:
        msg = (
            "it holds Python objects, which only pickle stores; convert it, say with astype(float)"
        )
        raise TypeError(msg)
    return array


def _named(key: object, value: Any) -> Any:
    if not isinstance(key, str):
        msg = f"the key {key!r} is no text"
        raise TypeError(msg)
    if not hasattr(value, "__array_interface__"):
        msg = f"what it has under {key!r} is no array; wrap it with numpy.asarray"
        raise TypeError(msg)
    return _plain(value)
