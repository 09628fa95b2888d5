"""A room of people who move levers together: what they may say, and what it comes to."""
