"""Small correct example files, one per kind of layer: what an empty page offers to start from."""

import csv
import io
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from app.core.errors import InputError
from app.core.schema import KINDS, LINE, POINT, POLYGON, Column, Kind

FORMATS = ("csv", "geojson")
MIDDLE = (5.12, 52.09)  # longitude and latitude the examples lie around
STEP = 0.01
ROWS = 2
NUMBERS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "households": (4200, 2900),
        "dwellings": (4150, 2850),
        "multifamily_share": (0.4, 0.7),
        "population": (9100, 5600),
        "cars": (3300, 1900),
        "cars_bev": (120, 60),
        "cars_phev": (80, 40),
        "cars_company": (400, 150),
        "income_eur": (34_000, 29_000),
        "electricity_kwh": (2900, 2300),
        "off_street_share": (0.3, 0.1),
        "jobs": (5200, 1800),
        "demand_factor": (1.1, 0.9),
        "visits_day": (2500, 400),
        "headroom_kw": (180, 60),
        "capacity_kw": (630, 400),
        "peak_load_kw": (450, 340),
        "queue_kw": (0, 25),
        "available_year": (2029, 2031),
        "export_headroom_kw": (210, 90),
        "spaces": (24, 310),
        "ev_spaces": (2, 8),
        "footway_m": (2.4, 3.0),
        "points": (2, 4),
        "power_kw": (11, 22),
        "occupancy_percent": (18, 41),
        "energy_kwh": (18.5, 32.0),
        "max_power_kw": (11, 7.4),
        "load_kw": (412.5, 405.0),
        "eur_per_mwh": (84.2, 79.6),
        "g_co2_per_kwh": (310, 295),
        "load_kwh_day": (400, 900),
    }
)
YEARLY: Mapping[str, Mapping[int, tuple[float, float]]] = MappingProxyType(
    {
        "plugins": {
            2018: (20, 10),
            2019: (38, 19),
            2020: (70, 35),
            2021: (122, 61),
            2022: (200, 100),
        }
    }
)
TEXTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "name": ("Northgate", "Old Harbour"),
        "reason": ("trees", "tram line"),
        "owner": ("city", "city"),
        "operator": ("city", "city"),
        "state": ("available", "available"),
        "current_type": ("AC", "AC"),
        "parent_id": ("A1", "A1"),
        "transformer_id": ("T1", "T1"),
        "charger_id": ("C1", "C2"),
        "source_date": ("2026-01-01", "2026-01-01"),
        "kind": ("shelter", "school"),
        "load_kw_hours": (";".join(["0"] * 16 + ["50"] * 8), ";".join(["37.5"] * 24)),
        "dso": ("Westnet", "Westnet"),
    }
)
TIMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "time": ("2026-01-05T00:00:00+01:00", "2026-01-05T00:15:00+01:00"),
        "arrival": ("2026-01-05T17:30:00+01:00", "2026-01-05T19:10:00+01:00"),
        "departure": ("2026-01-06T07:45:00+01:00", "2026-01-06T08:20:00+01:00"),
    }
)


def example_file(kind: str, fmt: str) -> bytes:
    """Write a correct file of two rows with every column of ``kind``: ``csv`` or ``geojson``.

    A kind of areas has its outlines as text (WKT) in the CSV; tables without places have no
    GeoJSON.
    """
    found = KINDS.get(kind)
    if found is None:
        raise InputError(f"no kind {kind!r}; choose from {', '.join(KINDS)}")
    if fmt not in FORMATS or (fmt == "geojson" and not found.geometry):
        raise InputError(f"no {fmt} example of {kind}")
    rows = [_row(found, at) for at in range(ROWS)]
    return _csv(found, rows) if fmt == "csv" else _geojson(found, rows)


def _row(kind: Kind, at: int) -> dict[str, Any]:
    row = {column.name: _value(kind, column, at) for column in kind.columns}
    for column in kind.yearly:
        row |= {f"{column.name}_{year}": each[at] for year, each in YEARLY[column.name].items()}
    return row


def _value(kind: Kind, column: Column, at: int) -> Any:  # noqa: ANN401
    if column.type == "id":
        return f"{kind.key[0].upper()}{at + 1}"
    if column.type == "choice":
        return column.choices[at % len(column.choices)]
    if column.type == "flag":
        return bool(at)
    if column.type == "time":
        return TIMES[column.name][at]
    if column.type == "text":
        return TEXTS[column.name][at]
    return NUMBERS[column.name][at]


def _csv(kind: Kind, rows: list[dict[str, Any]]) -> bytes:
    places = [_place_text(kind, at) for at in range(ROWS)] if kind.geometry else [{}] * ROWS
    whole = [row | place for row, place in zip(rows, places, strict=True)]
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(whole[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(whole)
    return out.getvalue().encode()


def _place_text(kind: Kind, at: int) -> dict[str, Any]:
    if POINT in kind.geometry:
        longitude, latitude = _corner(at)
        return {"longitude": longitude, "latitude": latitude}
    corners = ", ".join(f"{x} {y}" for x, y in _ring(at))
    if POLYGON not in kind.geometry:
        return {"geometry": f"LINESTRING ({corners})"}
    return {"geometry": f"POLYGON (({corners}))"}


def _geojson(kind: Kind, rows: list[dict[str, Any]]) -> bytes:
    features = [
        {"type": "Feature", "properties": row, "geometry": _shape(kind, at)}
        for at, row in enumerate(rows)
    ]
    document = {"type": "FeatureCollection", "features": features}
    return json.dumps(document, indent=1).encode()


def _shape(kind: Kind, at: int) -> dict[str, Any]:
    if POINT in kind.geometry:
        return {"type": POINT, "coordinates": list(_corner(at))}
    if POLYGON not in kind.geometry:
        return {"type": LINE, "coordinates": [list(point) for point in _ring(at)]}
    return {"type": POLYGON, "coordinates": [[list(point) for point in _ring(at)]]}


def _corner(at: int) -> tuple[float, float]:
    return round(MIDDLE[0] + at * STEP, 4), MIDDLE[1]


def _ring(at: int) -> list[tuple[float, float]]:
    """Draw a square; neighbours share an edge and nothing more."""
    west, south = _corner(at)
    east, north = round(west + STEP, 4), round(south + STEP, 4)
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]
