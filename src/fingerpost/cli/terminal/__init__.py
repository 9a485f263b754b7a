"""The terminal: output, tables, progress, questions, warnings and errors."""
