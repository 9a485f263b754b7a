"""Use cases of registries: creating them, their policy, and links into them."""
