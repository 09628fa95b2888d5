"""Hard rules, one per file. A weight can never buy back a failed one."""

import sys

from app.core.plugins import collect
from app.core.rules.base import Rule

__all__ = ["RULES", "Rule"]

RULES = collect(sys.modules[__name__], Rule)
