"""Shapes from nested lists of coordinates, with the fault of each that cannot be built."""

from typing import Any

import numpy as np
import shapely

DEPTHS = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
FLAT = 2
RING = 4


class _FaultError(Exception):
    """Why a shape cannot be built: a problem code."""


class Shapes:
    """Collects the geometry objects of a GeoJSON file and builds shapes of them."""

    def __init__(self, rows: int) -> None:
        """Make room for ``rows`` shapes."""
        self._shapes = np.full(rows, None, dtype=object)
        self._faults = [""] * rows
        self._points: dict[int, tuple[float, float]] = {}
        self._rings: dict[int, Any] = {}
        self.height: float | None = None

    def put(self, row: int, geometry: object) -> None:
        """Take the geometry member of one feature."""
        try:
            self._shapes[row] = self._shape(row, geometry)
        except _FaultError as fault:
            self._faults[row] = str(fault)
        except (TypeError, ValueError, LookupError, shapely.errors.GEOSException):
            self._faults[row] = "GEO-DAMAGED"

    def build(self) -> tuple[Any, list[str]]:
        """Return shapes and faults; points and simple polygons are made all at once."""
        if self._points:
            rows = np.fromiter(self._points, dtype=int)
            self._shapes[rows] = shapely.points(np.array(list(self._points.values()), dtype=float))
        if self._rings:
            rows = np.fromiter(self._rings, dtype=int)
            lengths = [len(ring) for ring in self._rings.values()]
            corners = np.concatenate(list(self._rings.values()))
            rings = shapely.linearrings(corners, indices=np.repeat(np.arange(len(rows)), lengths))
            self._shapes[rows] = shapely.polygons(rings)
        return self._shapes, self._faults

    def _shape(self, row: int, geometry: object) -> object:
        if geometry is None:
            return None
        if not isinstance(geometry, dict):
            raise _FaultError("GEO-DAMAGED")
        kind = geometry.get("type")
        if kind == "GeometryCollection":
            raise _FaultError("GEO-COLLECTION")
        if kind not in DEPTHS:
            raise _FaultError("GEO-DAMAGED")
        coordinates = geometry["coordinates"]
        if not coordinates:
            return None
        if kind == "Point":
            self._point(row, coordinates)
            return None
        if kind == "Polygon" and len(coordinates) == 1:
            self._rings[row] = self._closed(coordinates[0])
            return None
        return getattr(self, f"_{kind.lower()}")(coordinates)

    def _point(self, row: int, position: list[Any]) -> None:
        x, y = _finite(self._flat([position]))[0]
        self._points[row] = (float(x), float(y))

    def _multipoint(self, coordinates: list[Any]) -> object:
        return shapely.multipoints(shapely.points(_finite(self._flat(coordinates))))

    def _linestring(self, coordinates: list[Any]) -> object:
        return shapely.linestrings(_finite(self._flat(coordinates)))

    def _multilinestring(self, coordinates: list[Any]) -> object:
        return shapely.multilinestrings([self._linestring(line) for line in coordinates])

    def _polygon(self, coordinates: list[Any]) -> object:
        rings = [self._ring(ring) for ring in coordinates]
        return shapely.polygons(rings[0], rings[1:] or None)

    def _multipolygon(self, coordinates: list[Any]) -> object:
        return shapely.multipolygons([self._polygon(rings) for rings in coordinates])

    def _ring(self, coordinates: list[Any]) -> object:
        return shapely.linearrings(self._closed(coordinates))

    def _closed(self, coordinates: list[Any]) -> Any:  # noqa: ANN401
        """Turn a ring into (point, 2) numbers that no shape library can refuse."""
        positions = _finite(self._flat(coordinates))
        if len(positions) < RING or not np.array_equal(positions[0], positions[-1]):
            raise _FaultError("GEO-RING")
        return positions

    def _flat(self, coordinates: list[Any]) -> Any:  # noqa: ANN401
        """Turn positions into (point, 2) numbers; heights are noted and dropped."""
        try:
            positions = np.asarray(coordinates)
        except ValueError:  # some with height, some without
            positions = np.asarray([position[:FLAT] for position in coordinates])
        if positions.dtype.kind not in "iuf" or positions.ndim != FLAT or positions.shape[1] < FLAT:
            raise _FaultError("GEO-DAMAGED")
        if positions.shape[1] > FLAT:
            highest = float(np.nanmax(np.abs(positions[:, FLAT]), initial=0))
            self.height = max(self.height or 0.0, highest)
        return positions[:, :FLAT].astype(float)


def _finite(positions: Any) -> Any:  # noqa: ANN401
    if not np.isfinite(positions).all():
        raise _FaultError("GEO-NAN")
    return positions
