"""From a plan to what a procurement officer can attach: requirements, lists, lots."""
