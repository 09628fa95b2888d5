"""What makes a place good, one criterion per file: a slider and a part of the score."""

import sys

from app.core.criteria.base import Criterion
from app.core.plugins import collect

__all__ = ["CRITERIA", "Criterion"]

CRITERIA = collect(sys.modules[__name__], Criterion)
