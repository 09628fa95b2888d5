"""Commands of the terminal, one per file; the same use-cases as the pages."""
