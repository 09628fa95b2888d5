"""The steps. A step that was ever released is never changed."""
