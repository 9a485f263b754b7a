"""What happened: the ledger, the past of aliases, proofs."""
