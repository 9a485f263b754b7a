"""Checkpoints of the ledger, proofs about it, and checking it."""

from .keys import SigningKey
from .ledger import Ledger
from .report import LedgerProblem, LedgerReport
from .witness import Witness

__all__ = ["Ledger", "LedgerProblem", "LedgerReport", "SigningKey", "Witness"]
