"""From sessions to load: arrays in, arrays out."""
