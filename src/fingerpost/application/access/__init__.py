"""Finding things by name, and with which authority an actor acts on them."""
