"""One file of the tender pack."""

import hashlib
import json
from dataclasses import dataclass

import pandas as pd

from app.exports.csv_table import text

UTF8_MARK = "utf-8-sig"


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the pack; ``rows`` where it holds a table."""

    name: str
    media_type: str
    data: bytes
    rows: int | None = None

    @property
    def sha256(self) -> str:
        """The seal of its content."""
        return hashlib.sha256(self.data).hexdigest()


def csv_member(name: str, table: pd.DataFrame) -> Member:
    """Write a table as ``<name>.csv``: UTF-8 with its mark, no cell a formula."""
    return Member(f"{name}.csv", "text/csv", text(table).encode(UTF8_MARK), len(table))


def json_member(name: str, value: object, rows: int | None = None) -> Member:
    """Write plain data as ``<name>.json``: sorted keys, no NaN, a line end at the end."""
    told = json.dumps(value, sort_keys=True, ensure_ascii=False, indent=1, allow_nan=False)
    return Member(f"{name}.json", "application/json", f"{told}\n".encode(), rows)
