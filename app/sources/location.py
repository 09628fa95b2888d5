"""Places in tables: longitude and latitude, x and y, or one column that holds both."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import shapely

from app.sources.answers import Answers
from app.sources.figures import is_missing, read_numbers
from app.sources.headers import parse_header
from app.sources.plausible import synonyms
from app.sources.problems import Findings
from app.sources.raw import SILENT, WGS84, Declared, Raw
from app.sources.shapes import Shapes

PAIRS = (("lon", "lat"), ("x", "y"))
TWO = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
DEGREES = (180, 90)
EWKT = re.compile(r"\ASRID=(\d{4,6});", re.IGNORECASE)


def locate(raw: Raw, answers: Answers, findings: Findings) -> tuple[Raw, dict[str, str]]:
    """Make shapes from the columns of a table; returns which headers were used, and for what."""
    named = _named(raw.cells, answers)
    for pair in PAIRS:
        if all(part in named for part in pair):
            headers = (named[pair[0]], named[pair[1]])
            return _from_pair(raw, headers, pair, findings), {p: named[p] for p in pair}
    for way in ("lonlat", "latlon", "shape"):
        if way in named:
            return _from_one(raw, named[way], way, findings), {way: named[way]}
    findings.add("TAB-GEOMETRY")
    return raw, {}


def says_where(raw: Raw, answers: Answers) -> bool:
    """Tell whether a table has columns that say where its rows lie."""
    named = _named(raw.cells, answers)
    pairs = any(all(part in named for part in pair) for pair in PAIRS)
    return pairs or any(way in named for way in ("lonlat", "latlon", "shape"))


def _named(cells: Mapping[str, Sequence[Any]], answers: Answers) -> dict[str, str]:
    """Find the headers that say where things are."""
    found: dict[str, str] = {}
    headers = [parse_header(header) for header in cells]
    for part, words in synonyms("location").items():
        answer = answers.columns.get(part)
        if answer is not None:
            if answer.from_ in cells:
                found[part] = answer.from_
            continue
        for word in words:
            hit = next((h.text for h in headers if word in h.full | h.bare), None)
            if hit is not None and hit not in found.values():
                found[part] = hit
                break
    return found


def _from_pair(
    raw: Raw, headers: tuple[str, str], pair: tuple[str, str], findings: Findings
) -> Raw:
    """Make points of two columns."""
    # 52.106 in a column of degrees is no fifty-two thousand: the point is the decimal mark there.
    hint = raw.decimal or "."
    points = np.column_stack([read_numbers(raw.cells[h], hint=hint).values for h in headers])
    missing = np.array(
        [any(is_missing(raw.cells[header][row]) for header in headers) for row in range(raw.rows)],
        dtype=bool,
    )
    crs = WGS84 if pair == PAIRS[0] or _in_degrees(points) else SILENT
    _say(crs, headers, findings)
    return _with_points(raw, points, missing, crs)


def _in_degrees(points: Any) -> bool:  # noqa: ANN401
    known = points[np.isfinite(points).all(axis=1)]
    return bool(len(known)) and bool((np.abs(known) <= DEGREES).all())


def _say(crs: Declared, headers: Sequence[str], findings: Findings) -> None:
    if crs is WGS84:
        said = " and ".join(f"“{header}”" for header in headers)
        findings.add("CRS-TABLE", headers=said, crs="longitude and latitude (EPSG:4326)")


def _with_points(raw: Raw, points: Any, missing: Any, crs: Declared) -> Raw:  # noqa: ANN401
    finite = np.isfinite(points).all(axis=1)
    shapes = np.full(raw.rows, None, dtype=object)
    shapes[finite] = shapely.points(points[finite])
    faults = ["" if ok or gone else "GEO-NAN" for ok, gone in zip(finite, missing, strict=True)]
    return replace(raw, shapes=shapes, faults=faults, crs=crs)


def _from_one(raw: Raw, header: str, way: str, findings: Findings) -> Raw:
    """Make shapes of one column that holds both coordinates, or a whole geometry."""
    cells = raw.cells[header]
    if way != "shape":
        points, missing = _pairs(cells, swap=way == "latlon")
        _say(WGS84, (header,), findings)
        return _with_points(raw, points, missing, WGS84)
    shapes = Shapes(raw.rows)
    made = np.full(raw.rows, None, dtype=object)
    faults = [""] * raw.rows
    crs = SILENT
    for row, cell in enumerate(cells):
        if is_missing(cell):
            continue
        text = str(cell).strip()
        srid = EWKT.match(text)
        if srid:
            crs, text = Declared("epsg", srid[1]), text[srid.end() :]
        made[row], faults[row] = _shape(text, row, shapes)
    built, broken = shapes.build()
    made = np.where([shape is None for shape in made], built, made)
    faults = [own or other for own, other in zip(faults, broken, strict=True)]
    if crs is SILENT and any(str(cell).lstrip().startswith("{") for cell in cells[:1]):
        crs = WGS84
    if crs is SILENT and _in_degrees(shapely.get_coordinates(made)):
        crs = WGS84
        _say(WGS84, (header,), findings)
    return replace(raw, shapes=made, faults=faults, crs=crs)


def _pairs(cells: Sequence[Any], *, swap: bool) -> tuple[Any, Any]:
    """Read two numbers per cell."""
    points = np.full((len(cells), 2), np.nan)
    missing = np.array([is_missing(cell) for cell in cells], dtype=bool)
    for row, cell in enumerate(cells):
        found = TWO.findall(str(cell)) if not missing[row] else []
        if len(found) == 2:  # noqa: PLR2004  # a pair
            points[row] = [float(part) for part in found]
    return (points[:, ::-1] if swap else points), missing


def _shape(text: str, row: int, shapes: Shapes) -> tuple[Any, str]:
    """Read WKT, WKB in hexadecimal digits, or GeoJSON."""
    if text.startswith("{"):
        try:
            shapes.put(row, json.loads(text))
        except (ValueError, RecursionError):
            return None, "GEO-DAMAGED"
        return None, ""
    read = shapely.from_wkb if re.fullmatch(r"[0-9A-Fa-f]+", text) else shapely.from_wkt
    with np.errstate(all="ignore"):  # a number out of range is found by looking at it
        made = read(text, on_invalid="ignore")
    return made, "" if made is not None else "GEO-DAMAGED"
