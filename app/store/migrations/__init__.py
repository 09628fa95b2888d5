"""How the store's tables came to be, one step per file; run when the store opens."""
