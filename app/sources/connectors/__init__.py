"""Ways to speak to services of open data, one per file. A new file here is a new protocol."""

import sys

from app.core.plugins import collect
from app.sources.connectors.base import Connector

__all__ = ["CONNECTORS", "Connector"]

CONNECTORS = collect(sys.modules[__name__], Connector)
