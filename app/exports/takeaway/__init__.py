"""One page that opens anywhere, also without a network: what people take home from a workshop."""

from app.exports.takeaway.page import Figure, Section, TakeAway, write

__all__ = ["Figure", "Section", "TakeAway", "write"]
