"""Files of the operating system: hashing, copying, locking, durability and scratch databases."""
