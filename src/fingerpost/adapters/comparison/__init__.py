"""The differences between two manifests, in bounded memory."""
