"""Running commands: load heads, decide, append under conditions."""
