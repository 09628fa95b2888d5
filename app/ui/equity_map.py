"""What the maps of the equity lens show."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from app.core.demand.equity import FEW, MET, SHORT, UNKNOWN
from app.services.equity import Equity
from app.ui import mapcontent, maps
from app.ui.text import _, number, whole

UNITS: Mapping[str, str] = {
    "no_own_parking": "percent of homes without own parking",
    "far": "percent of homes beyond the walk",
    "points_per_1000": "public points per 1,000 homes without own parking",
}
LOOKS: Mapping[str, maps.Look] = {
    MET: maps.Look((0, 140, 125), "✓", "norm met"),
    SHORT: maps.Look((140, 14, 30), "✕", "norm not met: homes, but no public point"),
    FEW: maps.Look(maps.QUIET, "", "fewer homes than the norm asks, as far as the map goes"),
    UNKNOWN: maps.Look((190, 190, 190), "?", "unknown"),
}


def shown(found: Equity, show: str) -> list[float]:
    """Return one rate per district in the unit that is shown; NaN unknown or hidden."""
    factor = 1.0 if show == "points_per_1000" else 100.0
    rate = factor * found.districts[show].where(~found.districts["rates_hidden"])
    return [float(each) for each in rate]


def districts(found: Equity, outlines: Sequence[tuple[str, str]], show: str) -> bytes:
    """Fill districts by a rate; hidden and unknown ones stay quiet."""
    values, unit = shown(found, show), _(UNITS[show])
    scale, known = maps.round_scale(values, unit), np.isfinite(values)
    each = list(zip(values, known, strict=True))
    rows = zip(
        found.districts["district_id"],
        found.districts["name"],
        [f"{number(value)} {unit}" if told else _("unknown") for value, told in each],
        [scale.colours[scale.place(value)] if told else maps.QUIET for value, told in each],
        [number(value, 2) if told else "?" for value, told in each],
        strict=True,
    )
    return maps.areas(outlines, rows)


def cells(found: Equity) -> bytes:
    """Fill the squares by what the norm says of them."""
    looks = [LOOKS[state] for state in found.cells["state"]]
    rows = zip(
        found.cells["cell_id"],
        found.cells["cell_id"],
        [cell_words(row) for row in found.cells.to_dict("records")],
        [each.rgb for each in looks],
        [each.mark for each in looks],
        strict=True,
    )
    return maps.areas(mapcontent.cut_outlines(found.cells.geometry), rows)


def cell_words(row: Mapping[Any, Any]) -> str:
    """Say what is known of a square."""
    points = float(row["points"])
    return _("{homes} households, {points} public places\n{state}").format(
        homes=whole(float(row["households"])),
        points=_("unknown") if np.isnan(points) else whole(points),
        state=_(LOOKS[str(row["state"])].word),
    )
