"""Duties of a whole fleet, building or city: not of one candidate, and light to import."""
