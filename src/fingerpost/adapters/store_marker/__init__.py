"""The marker that makes a place a store, and says which formats it has."""
