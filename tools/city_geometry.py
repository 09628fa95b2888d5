"""Draw cells, points and streets for a bundled city: the same bytes on every machine.

Randomness comes from ``random.Random``, whose stream Python promises not to change, and the map
projection is spelled out, so that no grid-shift file a machine may have moves a coordinate.
"""

import json
from collections.abc import Iterable, Mapping
from math import cos, hypot, pi, sin, sqrt
from random import Random
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer

DUTCH_GRID = (
    "proj=pipeline step proj=unitconvert xy_in=deg xy_out=rad step proj=push v_3 "
    "step proj=cart ellps=WGS84 step inv proj=helmert x=565.4171 y=50.3319 z=465.5524 "
    "rx=0.398957388243134 ry=-0.343987817378283 rz=1.87740163998045 s=4.0725 "
    "convention=coordinate_frame step inv proj=cart ellps=bessel step proj=pop v_3 "
    "step proj=sterea lat_0=52.1561605555556 lon_0=5.38763888888889 k=0.9999079 "
    "x_0=155000 y_0=463000 ellps=bessel"
)
EDGE_M = 12.0  # things stand this far inside their cell, so that rounding cannot move them out
PATIENCE = 40  # darts per point before the distance is relaxed

Point = tuple[float, float]
_project = Transformer.from_pipeline(DUTCH_GRID)


def stream(seed: str) -> Random:
    """Open the stream of random numbers of this name."""
    return Random(seed)  # noqa: S311  # draws maps, guards no secret


def to_metres(places: Iterable[Point]) -> list[Point]:
    """Project longitude and latitude to metres of the Dutch grid, EPSG:28992."""
    lon, lat = np.array(list(places), dtype=float).T
    x, y = _project.transform(lon, lat)
    return list(zip(x.tolist(), y.tolist(), strict=True))


def to_degrees(geometry: shapely.Geometry) -> shapely.Geometry:
    """Bring a shape back to longitude and latitude, 6 decimals: a tenth of a metre."""

    def back(xy: np.ndarray) -> np.ndarray:
        lon, lat = _project.transform(xy[:, 0], xy[:, 1], direction="INVERSE")
        return np.round(np.column_stack([lon, lat]), 6)

    return shapely.transform(geometry, back)


def cells(centres: list[Point], outline: shapely.Polygon) -> list[shapely.Polygon]:
    """Cut ``outline`` into the cells nearest to each centre; every centre must lie inside."""
    cloud = shapely.multipoints(centres)
    raw = shapely.get_parts(shapely.voronoi_polygons(cloud, extend_to=outline, ordered=True))
    found: list[shapely.Polygon] = []
    strays: list[shapely.Polygon] = []
    for cell, centre in zip(raw, centres, strict=True):
        parts = shapely.get_parts(cell.intersection(outline))
        own = [part for part in parts if part.contains(shapely.Point(centre))]
        if not own:
            raise ValueError(f"the outline leaves out the centre {centre}")
        found.append(own[0])
        strays += [part for part in parts if part is not own[0]]
    for stray in strays:  # a bay of the outline may cut a cell in two: the neighbour gets the rest
        shared = [cell.intersection(stray).length for cell in found]
        best = int(np.argmax(shared))
        found[best] = found[best].union(stray)
    return found


def core(cell: shapely.Polygon, centre: Point, area_m2: float) -> shapely.Polygon:
    """Cut the built-up part out of a cell: a disc around its centre, grown until it fits."""
    inner = cell.buffer(-EDGE_M)
    radius = sqrt(area_m2 / pi)
    while True:
        disc = shapely.Point(centre).buffer(radius).intersection(inner)
        if disc.area >= min(0.95 * area_m2, 0.99 * inner.area):
            return max(shapely.get_parts(disc), key=lambda part: part.area)
        radius *= 1.1


def scatter(area: shapely.Polygon, count: int, seed: str) -> list[Point]:
    """Throw ``count`` points into an area, none close to another (Poisson disk)."""
    random = stream(seed)
    west, south, east, north = area.bounds
    apart = 0.75 * sqrt(area.area / max(count, 1))
    shapely.prepare(area)
    points: list[Point] = []
    misses = 0
    while len(points) < count:
        x = west + random.random() * (east - west)
        y = south + random.random() * (north - south)
        free = all(hypot(x - px, y - py) >= apart for px, py in points)
        if free and area.contains(shapely.Point(x, y)):
            points.append((x, y))
            misses = 0
        elif (misses := misses + 1) > PATIENCE * count:
            apart, misses = 0.9 * apart, 0
    return points


def streets(
    area: shapely.Polygon, centre: Point, lengths: list[float], seed: str
) -> list[shapely.LineString]:
    """Lay stretches of the given lengths along a street-like lattice, denser near the centre."""
    spacing = 64.0
    while True:
        found = _lattice(area, centre, lengths, seed, spacing)
        if found:
            return found
        spacing *= 0.8


def _lattice(
    area: shapely.Polygon, centre: Point, lengths: list[float], seed: str, spacing: float
) -> list[shapely.LineString]:
    """Fill the lattice of one spacing; an empty list when the stretches do not all fit."""
    random = stream(seed)
    angle = random.random() * pi / 2
    along, across = (cos(angle), sin(angle)), (-sin(angle), cos(angle))
    slot = max(lengths, default=0.0) + 14.0  # a crossing between two stretches
    reach = hypot(area.bounds[2] - area.bounds[0], area.bounds[3] - area.bounds[1])
    columns, lines = int(reach / slot) + 1, int(reach / spacing) + 1
    wide = sqrt(area.area / pi)
    slots = [  # denser in the middle, but some everywhere
        (0.5 * hypot(i * slot, j * spacing) / wide + random.random(), i, j)
        for j in range(-lines, lines + 1)
        for i in range(-columns, columns + 1)
    ]
    shapely.prepare(area)
    found: list[shapely.LineString] = []
    for _, i, j in sorted(slots):
        if len(found) == len(lengths):
            break
        half = lengths[len(found)] / 2
        x = centre[0] + i * slot * along[0] + j * spacing * across[0]
        y = centre[1] + i * slot * along[1] + j * spacing * across[1]
        ends = [(x + s * half * along[0], y + s * half * along[1]) for s in (-1, 1)]
        line = shapely.LineString(ends)
        if area.contains(line):
            found.append(line)
    return found if len(found) == len(lengths) else []


def feature(properties: Mapping[str, Any], shape: shapely.Geometry) -> str:
    """Write one row of a GeoJSON file, coordinates to 6 decimals whatever the library."""
    words = json.dumps(dict(properties), ensure_ascii=False, separators=(", ", ": "))
    place = f'{{"type": "{shape.geom_type}", "coordinates": {_numbers(shape)}}}'
    return f'{{"type": "Feature", "properties": {words}, "geometry": {place}}}'


def _numbers(shape: shapely.Geometry) -> str:
    if shape.geom_type == "Polygon":
        rings = [shape.exterior, *shape.interiors]
        return "[" + ", ".join(_path(ring.coords) for ring in rings) + "]"
    if shape.geom_type == "Point":
        return _path(shape.coords)[1:-1]
    return _path(shape.coords)


def _path(pairs: Iterable[Point]) -> str:
    return "[" + ", ".join(f"[{x:.6f}, {y:.6f}]" for x, y in pairs) + "]"


def collection(features: Iterable[str]) -> str:
    """Join rows to a file, one row a line: changes stay readable."""
    return '{"type": "FeatureCollection", "features": [\n' + ",\n".join(features) + "\n]}\n"
