"""Finding things by name, and the authority with which an actor acts on them."""
