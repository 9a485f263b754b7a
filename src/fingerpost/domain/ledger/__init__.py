"""The Merkle tree over the ledger."""
