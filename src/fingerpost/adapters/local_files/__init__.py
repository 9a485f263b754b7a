"""Local files: taking them into drafts, and writing artifacts out again."""
