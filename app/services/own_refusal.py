"""Say in one document why a person's own files were refused."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from app.core.errors import Fault

SCHEMA = "kerbwatt.refusal/1"


def refusal_document(faults: Iterable[Fault]) -> dict[str, Any]:
    """Give every fault with its code, its rows and how many they are."""
    problems = [{"severity": "error", **asdict(fault)} for fault in faults]
    for problem in problems:
        problem["file"] = problem["file"] or None
        problem["rows"] = problem["rows"] or None
    return {"schema": SCHEMA, "status": "refused", "problems": problems}
