"""Where the next charge points go, how many, and why not elsewhere."""
