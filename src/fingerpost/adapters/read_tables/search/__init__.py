"""The index that search asks: texts by item, and pieces of texts by text."""
