"""Special cases of cities, one per file. A new file here is a new page entry and a new command."""

import sys

from app.core.cases.base import Case
from app.core.plugins import collect

__all__ = ["CASES", "Case"]

CASES = collect(sys.modules[__name__], Case)
