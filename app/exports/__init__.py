"""Export formats, one per file. A new file here is a new download everywhere."""

import sys

from app.core.plugins import collect
from app.exports.base import Export, Result, file_name, writable

__all__ = ["EXPORTS", "Export", "Result", "file_name", "writable"]

EXPORTS = collect(sys.modules[__name__], Export)
