"""The columns of the location list: their meaning, their type, and who may see them."""

import csv
import re
from dataclasses import dataclass

from app.core.errors import InputError

HEAD = ("column", "type", "required", "meaning", "maps_to", "short_name_10", "public")
SHORTEST_NAME = 10  # of a Shapefile


@dataclass(frozen=True, slots=True)
class ListColumn:
    """One column of the location list."""

    name: str
    type: str
    required: bool
    meaning: str
    maps_to: str
    short_name: str
    public: bool

    @property
    def options(self) -> tuple[str, ...]:
        """The words a column of fixed words may hold; none where any text may stand."""
        return tuple(re.split(r", | or ", self.meaning)) if self.type == "enum" else ()


def parse_columns(table: str) -> tuple[ListColumn, ...]:
    """Read ``location_columns.csv``: order, types, and the whitelist of the public edition."""
    reader = csv.DictReader(table.splitlines())
    if tuple(reader.fieldnames or ()) != HEAD:
        raise InputError(f"location columns: columns must be {', '.join(HEAD)}")
    found = tuple(
        ListColumn(
            row["column"],
            row["type"],
            row["required"] == "1",
            row["meaning"],
            row["maps_to"],
            row["short_name_10"],
            row["public"] == "1",
        )
        for row in reader
    )
    names = [column.short_name for column in found]
    if len(set(names)) < len(names) or any(len(name) > SHORTEST_NAME for name in names):
        raise InputError("location columns: short names must be unique and at most 10 long")
    return found
