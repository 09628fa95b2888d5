"""How a problem of a file is said."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "notice"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "notice")


@dataclass(frozen=True, slots=True)
class Template:
    """How a problem is said, and what to do next."""

    severity: Severity
    message: str
    hint: str = ""


AGAIN = "Export it again."
