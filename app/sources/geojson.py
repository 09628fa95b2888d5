"""GeoJSON, read without GDAL: it sees what GDAL hides (NaN, repeated keys, a linked CRS)."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from app.sources.limits import Limits
from app.sources.problems import refuse
from app.sources.raw import WGS84, Declared, Raw
from app.sources.shapes import Shapes
from app.sources.task import Task

NAME = re.compile(r"\A(?:urn:(?:x-)?ogc:def:crs:)?EPSG:(?:[\d.]*:)?(\d{4,6})\Z", re.IGNORECASE)
CRS84 = re.compile(r"\A(?:urn:ogc:def:crs:)?OGC:(?:[\d.]*:)?CRS84\Z", re.IGNORECASE)
NEAR_END = 2
# Half of a character, which nothing can write down again, becomes one that is reported as control.
HALF = re.compile(
    r"\\\\"  # an escaped backslash, and
    r"|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # two halves, stay as they are
    r"|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)
PRIVATE = r"\ue000"


def read_features(document: object, repeated: dict[str, None], task: Task) -> Raw:
    """Read a FeatureCollection or one Feature; ``repeated`` names keys that stood there twice."""
    limits, findings = task.limits, task.findings
    crs = _crs(document)
    features = _features(document)
    for key in repeated:
        findings.add("COL-DUPLICATE", column=key)
    if not features:
        raise refuse("GEO-NONE")
    if len(features) > limits.map_rows:
        raise refuse("FILE-ROWS", n=f"{len(features):,}", what="rows", limit=f"{limits.map_rows:,}")
    shapes = Shapes(len(features))
    cells: dict[str, list[Any]] = {}
    for row, feature in enumerate(features):
        if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
            raise refuse("JSON-FEATURE", row=row + 1)
        shapes.put(row, feature.get("geometry"))
        _properties(feature, row, len(features), cells, limits)
    _drop_containers(cells)
    built, faults = shapes.build()
    return Raw(cells, len(features), built, faults, crs, height=shapes.height, format="GeoJSON")


def parse(text: str, repeated: dict[str, None]) -> Any:  # noqa: ANN401
    """Read JSON, or one feature per line; says what is wrong with it, and where."""

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(found)
        if len(made) < len(found):
            counted = Counter(key for key, _ in found)
            repeated.update({key: None for key, times in counted.items() if times > 1})
        return made

    text = HALF.sub(lambda found: PRIVATE if found[1] else found[0], text)
    try:
        return json.loads(text, object_pairs_hook=pairs)
    except RecursionError as error:
        raise refuse("JSON-DEEP") from error
    except json.JSONDecodeError as error:
        if error.msg.startswith("Extra data"):
            return _lines(text, pairs)
        raise _syntax(text, error) from error
    except ValueError as error:  # an integer of thousands of digits
        raise refuse("JSON-SYNTAX", line="?", what="a number is too long") from error


def _lines(text: str, pairs: Any) -> dict[str, Any]:  # noqa: ANN401
    """Read one feature per line."""
    features = []
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.strip().lstrip("\x1e")
        if not content:
            continue
        try:
            features.append(json.loads(content, object_pairs_hook=pairs))
        except (ValueError, RecursionError) as error:
            raise refuse("JSON-SYNTAX", line=number, what="not one feature per line") from error
    return {"type": "FeatureCollection", "features": features}


def _syntax(text: str, error: json.JSONDecodeError) -> Exception:
    end = len(text.rstrip())
    if error.pos >= end - NEAR_END or error.msg.startswith("Unterminated string"):
        return refuse("JSON-TRUNCATED", n=f"{len(text.encode()):,}")
    return refuse("JSON-SYNTAX", line=error.lineno, what=error.msg[0].lower() + error.msg[1:])


def _features(document: object) -> list[Any]:
    kind = document.get("type") if isinstance(document, Mapping) else None
    if isinstance(document, Mapping):
        if kind == "FeatureCollection" and isinstance(document.get("features"), list):
            return list(document["features"])
        if kind == "Feature":
            return [document]
        if kind == "gdal_streamed_alg":
            raise refuse("FILE-POINTER", found="a GDAL pipeline")
        if kind == "Topology":
            raise refuse("FILE-UNSUPPORTED", found="TopoJSON")
        if "elements" in document:
            raise refuse("FILE-UNSUPPORTED", found="Overpass JSON")
    raise refuse("FILE-UNSUPPORTED", found="JSON that is not a GeoJSON FeatureCollection")


def _crs(document: object) -> Declared:
    """Read the legacy ``crs`` member by its name only; a link is never followed."""
    member = document.get("crs") if isinstance(document, Mapping) else None
    if member is None:
        return WGS84
    if not isinstance(member, Mapping) or not isinstance(member.get("properties"), Mapping):
        raise refuse("CRS-UNKNOWN", crs="in the crs member")
    if member.get("type") == "link" or "href" in member["properties"]:
        raise refuse("CRS-LINK")
    name = str(member["properties"].get("name", member["properties"].get("code", "")))
    if CRS84.match(name):
        return WGS84
    found = NAME.match(name)
    if found is None:
        return Declared("unknown", name or "in the crs member")
    return Declared("epsg", found[1], named=True)


def _properties(
    feature: Mapping[str, Any], row: int, rows: int, cells: dict[str, list[Any]], limits: Limits
) -> None:
    """Put the properties of one feature into columns; objects are opened one level."""
    properties = feature.get("properties") or {}
    if not isinstance(properties, Mapping):
        raise refuse("JSON-FEATURE", row=row + 1)
    own = feature.get("id")
    if isinstance(own, str) and not own.isdigit() and "id" not in properties:
        properties = {"id": own, **properties}  # a number there is mostly the place in the file
    for key, value in _flat(properties, limits):
        column = cells.get(key)
        if column is None:
            if len(cells) >= limits.columns:
                raise refuse("FILE-ROWS", n=len(cells) + 1, what="columns", limit=limits.columns)
            column = cells[key] = [None] * rows
        if isinstance(value, str) and len(value) > limits.cell_characters:
            raise refuse("TAB-CELL", row=row + 1, limit=f"{limits.cell_characters:,}")
        column[row] = value


def _flat(properties: Mapping[str, Any], limits: Limits) -> Iterator[tuple[str, Any]]:
    for key, value in properties.items():
        if isinstance(value, dict):
            yield key, None
            for inner, deeper in value.items():
                yield f"{key}.{inner}", _written(deeper, limits)
        else:
            yield key, _written(value, limits)


def _written(value: object, limits: Limits) -> object:
    """Keep plain values; write a list or an object as text."""
    if not isinstance(value, (dict, list)):
        return value
    if depth(value, limits.depth) > limits.depth:
        raise refuse("JSON-DEEP")
    return json.dumps(value, ensure_ascii=False)


def depth(value: object, most: int) -> int:
    """Count the levels of nesting, without recursion; stops past ``most``."""
    level, depth = [value], 0
    while level and depth <= most:
        depth += 1
        level = [
            inner
            for outer in level
            if isinstance(outer, (dict, list))
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return depth


def _drop_containers(cells: dict[str, list[Any]]) -> None:
    """Drop headers that only ever held an object: its parts stand beside it."""
    opened = {key.partition(".")[0] for key in cells if "." in key}
    for key in opened & set(cells):
        if all(value is None for value in cells[key]):
            del cells[key]
