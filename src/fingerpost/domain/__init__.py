"""The pure rules: attrs and the standard library. No I/O, no clock, no environment."""
