"""What one client did, in a file that survives it: an entry is there before what it tells of."""

import os
import pickle
import time
from pathlib import Path

from fingerpost.errors import ConcurrencyError, StoreUnavailableError
from fingerpost.testing.linearizability import OperationHistory

INVOKE, OK, FAIL, UNKNOWN = "invoke", "ok", "fail", "unknown"


class Journal:
    """A client's own file; `time.monotonic` is the clock that processes of a machine share.

    Errors that are `unclear` do not say whether there was an effect.
    """

    def __init__(self, folder, process, unclear=(StoreUnavailableError,)):
        self._process = process
        self._unclear = unclear
        self._file = Path(folder, f"{process}.journal").open("ab", buffering=0)  # noqa: SIM115

    def record(self, subject, call, act):
        """Do what a call says, and note how it ended; return the answer."""
        self._note(INVOKE, (subject, call))
        try:
            answer = act()
        except ConcurrencyError:
            self._note(FAIL, None)
            return None
        except self._unclear:
            self._note(UNKNOWN, None)
            return None
        self._note(OK, answer)
        return answer

    def _note(self, kind, value):
        # One write: a killed client leaves a whole entry, or none. An answer that it did not note
        # is one that nobody got.
        moment = time.monotonic()
        self._file.write(pickle.dumps((moment, self._process, kind, value)))

    def close(self):
        self._file.close()


def read_history(folder):
    """Return the history of all clients that have journals in a folder."""
    history = OperationHistory()
    entries = [each for path in Path(folder).glob("*.journal") for each in entries_of(path)]
    for moment, process, kind, value in sorted(entries, key=lambda each: each[0]):
        if kind == INVOKE:
            history.invoke(process, value[1], subject=value[0], at=moment)
        elif kind == OK:
            history.ok(process, value, at=moment)
        elif kind == FAIL:
            history.fail(process)
        else:
            history.unknown(process)
    return history


def entries_of(path):
    """Return a journal's entries, without one that was cut off."""
    entries = []
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        while file.tell() < size:
            try:
                entries.append(pickle.load(file))
            except (EOFError, pickle.UnpicklingError):
                break
    return entries
