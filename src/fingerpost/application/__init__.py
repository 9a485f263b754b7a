"""Use cases and the ports that they need; knows the domain and no technology."""
