"""What typst sets: our templates, and the faces they use."""
