"""The list of the chosen places: head and rows in words, as many columns as somebody filled."""

from dataclasses import dataclass

import pandas as pd

from app.exports.paper.sheet import MapSheet

UNKNOWN = "unknown"
LONGEST = 160  # characters of a cell: the files hold the rest


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list: its head, its share of the width, and how a value is written."""

    name: str
    head: str
    share: float
    form: str = ""

    @property
    def number(self) -> bool:
        """Whether it stands to the right."""
        return bool(self.form)


COLUMNS = (
    Column("rank", "No.", 5, "{:,.0f}"),
    Column("place", "Place", 20),
    Column("lot", "Lot", 7),
    Column("district", "District", 18),
    Column("points", "Points", 8, "{:,.0f}"),
    Column("kw", "kW", 8, "{:,.4g}"),
    Column("transformer", "Transformer", 11),
    Column("cost_eur", "Cost, EUR", 12, "{:,.0f}"),
    Column("score", "Score", 8, "{:,.1f}"),
    Column("reason", "Why here", 64),
)


def listing(sheet: MapSheet) -> dict[str, object]:
    """Return the list as plain data: ``head``, ``shares``, ``right`` and ``rows``."""
    sites = pd.DataFrame(sheet.sites.drop(columns=sheet.sites.geometry.name))
    shown = [each for each in COLUMNS if each.name in sites and sites[each.name].notna().any()]
    columns = [[_cell(column, value) for value in sites[column.name]] for column in shown]
    return {
        "head": [column.head for column in shown],
        "shares": [column.share for column in shown],
        "right": [place for place, column in enumerate(shown) if column.number],
        "rows": list(zip(*columns, strict=True)),
    }


def _cell(column: Column, value: object) -> str:
    if value is None or (not isinstance(value, list) and pd.isna(value)):  # type: ignore[call-overload]
        return UNKNOWN
    text = column.form.format(value) if column.number else str(value)
    return f"{text[:LONGEST].rstrip()}…" if len(text) > LONGEST else text or UNKNOWN
