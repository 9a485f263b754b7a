"""Tables of pandas and of Arrow."""

import re
from typing import Any, BinaryIO, Final

_SAFE_PYARROW: Final = (14, 0, 1)
_PACKAGES: Final = ("pandas", "pyarrow>=14.0.1")


class Parquet:
    """A pandas ``DataFrame``, or an Arrow table where the name says so, as Parquet.

    What pandas wrote says so in its schema, with the index and the types of the columns; such a
    file comes back as a ``DataFrame``, any other as an Arrow ``Table``.
    """

    name: Final = "parquet"
    types: Final = ("pandas:DataFrame", "pyarrow:Table", "pyarrow:RecordBatch")
    extensions: Final = (".parquet",)
    packages: Final = _PACKAGES

    def encode(self, obj: Any, file: BinaryIO) -> None:
        """Write a table in the library's default version and compression."""
        if hasattr(obj, "to_parquet"):
            obj.to_parquet(file, engine="pyarrow")
            return
        import pyarrow.parquet

        pyarrow.parquet.write_table(_table(obj), file)

    def decode(self, file: BinaryIO) -> Any:
        """Read a ``DataFrame`` if pandas wrote it, else a ``Table``."""
        _require_safe_pyarrow()
        import pyarrow.parquet

        is_of_pandas = b"pandas" in (pyarrow.parquet.read_schema(file).metadata or {})
        file.seek(0)
        if not is_of_pandas:
            return pyarrow.parquet.read_table(file)
        import pandas as pd

        return pd.read_parquet(file, engine="pyarrow")


class ArrowIpc:
    """An Arrow ``Table`` or ``RecordBatch`` as an Arrow IPC file; comes back as a ``Table``."""

    name: Final = "arrow.ipc"
    types: Final = ("pyarrow:Table", "pyarrow:RecordBatch")
    extensions: Final = (".arrow", ".feather")
    packages: Final = ("pyarrow>=14.0.1",)

    def encode(self, obj: Any, file: BinaryIO) -> None:
        """Write a table without compression, so that others can map it into memory."""
        import pyarrow.ipc

        table = _table(obj)
        with pyarrow.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)

    def decode(self, file: BinaryIO) -> Any:
        """Read a table."""
        _require_safe_pyarrow()
        import pyarrow.ipc

        with pyarrow.ipc.open_file(file) as reader:
            return reader.read_all()


def _table(obj: Any) -> Any:
    import pyarrow as pa

    return pa.Table.from_batches([obj]) if isinstance(obj, pa.RecordBatch) else obj


def _require_safe_pyarrow() -> None:
    # Older ones unpickle an extension type that a file names (CVE-2023-47248).
    import pyarrow as pa

    found = tuple(int(number) for number in re.findall(r"\d+", pa.__version__)[:3])
    if found < _SAFE_PYARROW:
        msg = f"pyarrow {pa.__version__} runs code that a file brings with it"
        raise ImportError(msg)
