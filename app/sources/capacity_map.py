"""The Dutch national capacity map (model 1.x): areas, their queues, colours and works, as a grid.

The file holds no geometry. Areas and postcodes are joined by code to what lies on the map already;
what finds no place stays in the table. Power is in MW in the file and in kW here.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from app.sources.capacity_check import check_dates, check_model, check_size, check_version
from app.sources.capacity_rows import (
    AREA,
    KEPT,
    OURS,
    OWN,
    POSTCODE,
    Row,
    area_row,
    items,
    postcode_row,
    text,
)
from app.sources.geojson import depth
from app.sources.ground import JOINED
from app.sources.join import Places
from app.sources.problems import refuse, rows_text
from app.sources.raw import SILENT, Raw
from app.sources.task import Task

GREEN = {"transparant": "green"}  # the model leaves what has room uncoloured


@dataclass(slots=True, eq=False)
class Line:
    """One row on its way: what it says, and where it lies (None: nowhere yet)."""

    row: Row
    shape: Any = None

    def put(self, shape: Any, how: str) -> None:  # noqa: ANN401
        """Give it a place, and say by which code."""
        self.shape, self.row[JOINED] = shape, how


def read_capacity_map(document: Any, task: Task) -> Raw:  # noqa: ANN401
    """Read a capacity map tolerantly, then say where it breaks its own model."""
    if task.kind.key != "grid":
        raise refuse("FILE-KIND", found="A capacity map", kind="grid")
    if depth(document, task.limits.depth) > task.limits.depth:
        raise refuse("JSON-DEEP")
    check_version(document, task.findings)
    areas = [each for each in items(document.get("energy_areas")) if isinstance(each, Mapping)]
    if not areas:
        raise refuse("GEO-NONE")
    limit = task.limits.map_rows
    total = len(areas) + sum(len(items(each.get("postcode_areas"))) for each in areas)
    if total > limit:
        raise refuse("FILE-ROWS", n=f"{total:,}", what="rows", limit=f"{limit:,}")
    date = _newest(document)
    places = task.area.places if task.area is not None and task.area.places else Places()
    lines = [line for nth, each in enumerate(areas) for line in _lines(each, nth, date, places)]
    lines = _near(lines, task)
    _apart(lines, task)
    _say(lines, areas, task)
    check_model(document, task.findings)
    check_dates(document, task.findings)
    check_size(areas, task.findings)
    return _raw(lines, date, task)


def _lines(area: Mapping[str, Any], nth: int, date: str, places: Places) -> Iterator[Line]:
    """Yield an area and its postcodes; the area's ground is its own, or that of its postcodes."""
    code = text(area.get("short_code")) or text(area.get("m_rid")) or f"area-{nth + 1}"
    first = Line(area_row(area, code, date))
    inner = [each for each in items(area.get("postcode_areas")) if isinstance(each, Mapping)]
    lines = [Line(postcode_row(each, code, date)) for each in inner]
    for line in lines:
        line.row["district_id"] = places.district(line.row["name"])
        own = places.at(line.row["name"])
        if own is not None:
            line.put(own, "postcode")
    _colours(first.row, lines)
    _ground(first, lines, places)
    yield first
    yield from lines


def _colours(area: Row, lines: list[Line]) -> None:
    """Count the colours of an area's postcodes; where all agree, it is the area's."""
    if not lines:
        return
    counted = Counter(GREEN.get(each, each) for each in (_colour(line) for line in lines))
    area["postcodes"] = ", ".join(f"{n} {colour}" for colour, n in sorted(counted.items()))
    stations = {line.row["substation_short_code"] for line in lines}
    if len(counted) == 1 and not area["constraint"]:
        area["constraint"] = lines[0].row["constraint"]
    if len(stations) == 1 and not area["parent_id"]:
        area["parent_id"] = next(iter(stations))
        area["substation_short_code"] = area["parent_id"]


def _colour(line: Line) -> str:
    return line.row["constraint"] or "unknown"


def _ground(area: Line, lines: list[Line], places: Places) -> None:
    """Find where an area lies: its postcodes, else its own code, else what it feeds."""
    codes = dict.fromkeys(str(line.row["name"]) for line in lines if line.row["name"])
    grounds = [places.postcode(code) for code in codes]
    shapes = {id(shape): shape for shape in grounds if shape is not None}
    plain = [shape for shape in shapes.values() if shape.area > 0]
    if plain:
        area.put(shapely.union_all(plain), "postcode")
        return
    for name in dict.fromkeys((area.row["asset_id"], area.row["name"])):
        own = places.at(name)
        if own is not None:
            area.put(own, "station")
            return
    fed = places.fed_by(area.row["asset_id"])
    if fed is not None:
        area.put(fed, "what it feeds")


def _near(lines: list[Line], task: Task) -> list[Line]:
    """Set postcodes of other places aside, once the map is known to hold some of the file's."""
    if not any(line.shape is not None for line in lines):
        return lines
    near = [
        line
        for line in lines
        if line.row["area_type"] != POSTCODE or line.shape is not None or line.row["district_id"]
    ]
    if len(near) < len(lines):
        area = task.area.name if task.area is not None else ""
        task.findings.add("CAP-ASIDE", n=f"{len(lines) - len(near):,}", area=area)
    return near


def _apart(lines: list[Line], task: Task) -> None:
    """Tell rows of one code apart: a postcode may be fed by two areas."""
    seen: Counter[str] = Counter()
    told: list[int] = []
    for nth, line in enumerate(lines):
        code = line.row["asset_id"] or f"row-{nth + 1}"
        seen[code] += 1
        if seen[code] > 1:
            told.append(nth + 1)
            code = f"{code}-{seen[code]}"
            seen[code] += 1
        line.row["asset_id"] = code
    if told:
        task.findings.add("ID-SUFFIX", n=len(told), rows=rows_text(told))


def _say(lines: list[Line], areas: list[Mapping[str, Any]], task: Task) -> None:
    """Say how the figures came about, and which rows found no place."""
    for column, side in (("headroom_kw", "demand"), ("export_headroom_kw", "generation")):
        known = [line.row for line in lines if line.row.get(column) is not None]
        if known:
            how = f"({side}_available_capacity - {side}_quoted_capacity) x 1000"
            task.findings.add("COL-COMPUTED", column=column, how=how, n=len(known))
    untyped = sum(1 for each in areas if not each.get("type"))
    if untyped:
        task.findings.add("COL-DEFAULT", column="area_type", meaning="the kind of area", value=AREA)
    silent = [
        nth + 1
        for nth, line in enumerate(lines)
        if line.row.get("headroom_kw") is not None and line.row["demand_quoted_capacity"] is None
    ]
    if silent:
        task.findings.add("CAP-QUOTED", n=len(silent), rows=rows_text(silent))
    placed = [line.row[JOINED] for line in lines if line.shape is not None]
    for how, n in sorted(Counter(placed).items()):
        task.findings.add("CAP-JOINED", n=n, total=len(lines), how=how)
    _lost(lines, task)
    _shared(lines, task)


def _lost(lines: list[Line], task: Task) -> None:
    """List what has no place; a postcode whose district is known is where its area is."""
    lost = [
        nth
        for nth, line in enumerate(lines)
        if line.shape is None and not line.row.get("district_id")
    ]
    if lost:
        shown = ", ".join(str(lines[nth].row["asset_id"]) for nth in lost[:5])
        more = f" and {len(lost) - 5} more" if len(lost) > 5 else ""  # noqa: PLR2004
        rows = rows_text([nth + 1 for nth in lost])
        task.findings.add(
            "CAP-NOWHERE", n=len(lost), total=len(lines), names=shown + more, rows=rows
        )


def _shared(lines: list[Line], task: Task) -> None:
    """Say which districts are fed by several areas: each counts for an equal share of them."""
    fed: dict[str, set[str]] = {}
    for line in lines:
        if line.row.get("district_id"):
            fed.setdefault(line.row["district_id"], set()).add(line.row["parent_id"])
    several = sorted(district for district, areas in fed.items() if len(areas) > 1)
    if several:
        names = ", ".join(several[:5]) + (" …" if len(several) > 5 else "")  # noqa: PLR2004
        task.findings.add("CAP-SHARED", n=len(several), names=names)


def _raw(lines: list[Line], date: str, task: Task) -> Raw:
    """Write the rows as columns; those that nothing fills are left out, except our own."""
    headers = (*OURS, *KEPT, *OWN)
    cells = {header: [line.row.get(header) for line in lines] for header in headers}
    needed = ("asset_id", "level", "status", JOINED)
    full = {h: c for h, c in cells.items() if h in needed or any(v is not None for v in c)}
    shapes = np.full(len(lines), None, dtype=object)
    for nth, line in enumerate(lines):
        shapes[nth] = line.shape
    lies = any(line.shape is not None for line in lines)
    crs = task.area.declared if task.area is not None and lies else SILENT
    bare = np.array([line.row["area_type"] == POSTCODE for line in lines])
    faults = [""] * len(lines)
    return Raw(full, len(lines), shapes, faults, crs, format="capacity map", bare=bare, as_of=date)


def _newest(document: Mapping[str, Any]) -> str:
    """Return the day the figures were last brought up to date."""
    updates = [each for each in items(document.get("updated")) if isinstance(each, Mapping)]
    dates = [str(each.get("date"))[:10] for each in updates if each.get("date")]
    dates = dates or [str(document[key])[:10] for key in ("date", "issued") if document.get(key)]
    return max((each for each in dates if each[:4].isdigit()), default="")
