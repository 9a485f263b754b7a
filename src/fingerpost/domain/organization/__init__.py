"""Organizations, the entities that own projects, and who belongs to them."""
