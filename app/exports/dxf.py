"""DXF, release 12: for drawing programs. A point and a label per place, outlines as polylines."""

from collections.abc import Iterable, Iterator

import shapely

from app.exports.base import Export, Result
from app.exports.gdal import rows

LABEL_M = 2.5  # height of the letters on the ground
LONGEST_LABEL = 120
Pair = tuple[int, object]


def write(result: Result) -> bytes:
    """Write the main map in its own coordinate system; the label is the first column."""
    table = rows(result)
    labels = table[table.columns[0]] if len(table.columns) > 1 else table.index
    pairs: list[Pair] = [(0, "SECTION"), (2, "HEADER"), (9, "$ACADVER"), (1, "AC1009")]
    pairs += [(0, "ENDSEC"), (0, "SECTION"), (2, "ENTITIES")]
    for shape, label in zip(table.geometry, labels, strict=True):
        pairs += [*_shape(shape), *_label(shape, str(label))]
    pairs += [(0, "ENDSEC"), (0, "EOF")]
    return "".join(f"{code:3d}\r\n{value}\r\n" for code, value in pairs).encode("ascii")


def _shape(shape: shapely.Geometry) -> Iterator[Pair]:
    for part in shapely.get_parts(shape):
        if part.geom_type == "Point":
            yield from ((0, "POINT"), (8, "places"), *_place(part.coords[0]))
        elif part.geom_type == "Polygon":
            for ring in (part.exterior, *part.interiors):
                yield from _polyline(list(ring.coords)[:-1], closed=True)
        else:
            yield from _polyline(list(part.coords), closed=False)


def _polyline(corners: Iterable[tuple[float, ...]], *, closed: bool) -> Iterator[Pair]:
    yield from ((0, "POLYLINE"), (8, "places"), (66, 1), (70, int(closed)))
    for corner in corners:
        yield from ((0, "VERTEX"), (8, "places"), *_place(corner))
    yield from ((0, "SEQEND"), (8, "places"))


def _label(shape: shapely.Geometry, label: str) -> Iterator[Pair]:
    if shape is None or shape.is_empty:
        return
    point = shape.representative_point()
    yield from ((0, "TEXT"), (8, "labels"), *_place(point.coords[0]))
    yield from ((40, LABEL_M), (1, _ascii(label)))


def _place(at: tuple[float, ...]) -> Iterator[Pair]:
    yield from ((10, f"{at[0]:.7f}"), (20, f"{at[1]:.7f}"), (30, "0.0"))


def _ascii(text: str) -> str:
    """Return one line; other letters as the format writes them, control marks as a space."""
    line = "".join(sign if sign.isprintable() else " " for sign in text)[:LONGEST_LABEL]
    return "".join(sign if ord(sign) < 128 else f"\\U+{ord(sign):04X}" for sign in line)  # noqa: PLR2004


EXPORT = Export(
    key="dxf",
    title="DXF drawing",
    suffix=".dxf",
    mime="image/vnd.dxf",
    write=write,
    order=120,
    maps_only=True,
    rare=True,
)
