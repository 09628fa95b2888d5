"""Charging strategies, one per file. A new file here is a new choice everywhere."""

import sys

from app.core.plugins import collect
from app.core.strategies.base import Strategy

__all__ = ["STRATEGIES", "Strategy"]

STRATEGIES = collect(sys.modules[__name__], Strategy)
