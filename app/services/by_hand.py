"""Use-case: places a planner sets by hand, by typed coordinates or by something on the map."""

import re
from functools import lru_cache
from math import isfinite

import numpy as np
from pyproj import Transformer

from app.core.assets import placed, texts
from app.core.belonging import middles
from app.core.errors import InputError
from app.core.project import Project
from app.core.siting.prepare import Prepared

WGS84 = 4326
MOST_LATITUDE, MOST_LONGITUDE = 90.0, 180.0
SHOWN = 50
NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
Spot = tuple[str, float, float]


@lru_cache(maxsize=16)
def _turn(source: int | str, target: int | str) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


def read_spot(project: Project, text: str) -> tuple[float, float]:
    """Read a typed place: latitude, longitude in degrees, or x, y in the project's metres."""
    found = NUMBER.findall(text)
    said = text.strip()[:60]
    if len(found) != 2:  # noqa: PLR2004
        raise InputError(
            f"{said!r} is not a place: type latitude, longitude such as 52.0907, 5.1214, or x, y "
            f"in metres ({project.crs}), with a decimal point"
        )
    one, two = (float(each) for each in found)
    if abs(one) > MOST_LATITUDE or abs(two) > MOST_LONGITUDE:
        return one, two
    return from_degrees(project, one, two)


def from_degrees(project: Project, lat: float, lon: float) -> tuple[float, float]:
    """Turn latitude and longitude into the project's metres, to the centimetre."""
    x, y = _turn(WGS84, project.crs).transform(lon, lat)
    if not (isfinite(x) and isfinite(y)):
        raise InputError(f"lat, lon {lat}, {lon}: outside what {project.crs} can draw")
    return round(x, 2), round(y, 2)


def in_degrees(project: Project, x: float, y: float) -> tuple[float, float]:
    """Give the latitude and longitude of a place."""
    lon, lat = _turn(project.crs, WGS84).transform(x, y)
    return float(lat), float(lon)


def find_spots(project: Project, words: str) -> list[Spot]:
    """Find streets, parking places and transformers by name: (title, x, y), at most 50."""
    wanted = words.casefold().split()
    found: list[Spot] = []
    for kind, key in (("parking", "parking_id"), ("grid", "asset_id")):
        layer = project.layers.get(kind)
        if layer is None or not wanted:
            continue
        frame = placed(layer.map)
        names = texts(frame, "name")
        titles = [
            f"{name} ({code})" if name else str(code)
            for name, code in zip(names, texts(frame, key), strict=True)
        ]
        rows = [at for at, each in enumerate(titles) if all(w in each.casefold() for w in wanted)]
        rows = rows[: SHOWN - len(found)]
        spots = middles(frame.geometry.to_numpy()[rows]) if rows else np.zeros(0, object)
        found += [
            (titles[at], round(float(spot.x), 2), round(float(spot.y), 2))
            for at, spot in zip(rows, spots, strict=True)
        ]
    return found


def check_added(prepared: Prepared, key: str) -> None:
    """Refuse a place that is no place of its own: today's points stand there."""
    places = prepared.places
    if (places["candidate_id"] == key).any():
        return
    host = [key in str(names).split(";") for names in places["merged_from"]]
    if any(host):
        near = places[host].iloc[0]
        raise InputError(
            f"Charge points stand within {prepared.values['merge_m'].value:g} m of there already: "
            f"{near['name']} ({near['candidate_id']})"
        )
