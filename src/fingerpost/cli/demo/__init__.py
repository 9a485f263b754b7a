"""The tour that `fingerpost demo` gives."""
