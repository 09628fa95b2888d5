"""What the formats of registers and notices need of a place, once for all of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import shapely

from app.core.tender.draft import TenderDraft
from app.exports.cells import WGS84

UNKNOWN = "unknown"
DEGREE_DECIMALS = 6
W_PER_KW = 1000
V2G_WORDS = ("ready", "operational")  # of the column v2g_phase: the post must be able to
V2G_PHASE = 2


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the location list; None where nobody knows.

    ``shape`` is GeoJSON in WGS 84: the place itself, so an area for an area to search in.
    """

    id: str
    lot: str
    address: str | None
    postcode: str | None
    dso: str | None
    lat: float
    lon: float
    parking: str | None
    bays: int | None
    layout: str | None
    points: int
    point_w: int
    station_w: int
    direct: bool
    v2g: bool
    shape: Mapping[str, Any] = field(repr=False)

    @property
    def where(self) -> str:
        """The address, or else what a person finds it by."""
        return self.address or f"{self.lat:.6f}, {self.lon:.6f}"


def register_places(draft: TenderDraft) -> list[Place]:
    """Return the places of a draft in the order of its list."""
    shapes = draft.sites.geometry.to_crs(WGS84).to_numpy()
    snapped = shapely.set_precision(shapes, 10.0**-DEGREE_DECIMALS)
    rows = draft.sites.drop(columns="geometry").to_dict("records")
    return [
        _place(row, shapely.geometry.mapping(shape), draft.selection.phase)
        for row, shape in zip(rows, snapped, strict=True)
    ]


def lot_id(code: str) -> str:
    """Name a lot as notices do: LOT-0001."""
    return f"LOT-{code:0>4}"


def _place(row: Mapping[str, Any], shape: Mapping[str, Any], phase: int) -> Place:
    power_kw, points = float(row["power_kw_point"]), int(row["n_charge_points"])
    known_w = _number(row["station_kw"])
    word = _known(row["v2g_phase"])
    return Place(
        id=str(row["location_id"]),
        lot=str(row["lot_code"]),
        address=_known(row["address"]),
        postcode=_known(row["postcode"]),
        dso=_known(row["dso"]),
        lat=float(row["lat"]),
        lon=float(row["lon"]),
        parking=_known(row["parking_type"]),
        bays=None if (bays := _number(row["n_bays"])) is None else int(bays),
        layout=_known(row["bay_geometry"]),
        points=points,
        point_w=round(power_kw * W_PER_KW),
        station_w=round((power_kw * points if known_w is None else known_w) * W_PER_KW),
        direct=row["current_type"] == "DC",
        v2g=word in V2G_WORDS if word else phase >= V2G_PHASE,
        shape=shape,
    )


def _known(value: object) -> str | None:
    """Return text on one line, None where nobody knows."""
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return None
    line = "".join(sign if sign.isprintable() else " " for sign in str(value)).strip()
    return None if line in {"", UNKNOWN} else line


def _number(value: object) -> float | None:
    return None if value is None or pd.isna(value) else float(value)  # type: ignore[call-overload, arg-type]
