"""Fuzzing of whatever somebody else may have written: rows, manifests, bundles, filters, proofs."""
