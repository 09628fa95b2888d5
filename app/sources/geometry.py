"""Shapes of strangers: looked at in a fixed order, repaired where that is safe, never guessed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from app.core.schema import LINE, POINT, POLYGON
from app.sources.limits import Limits
from app.sources.problems import Fields, Findings, Question, rows_text
from app.sources.raw import Raw
from app.sources.repairs import HECTARE, Repair
from app.sources.task import Task

FAMILY = {0: POINT, 1: LINE, 2: LINE, 3: POLYGON, 4: POINT, 5: LINE, 6: POLYGON}
COLLECTION = 7
MULTI = 4  # MultiPoint; the multi-types of lines and polygons follow
WORDS = {POINT: "points", LINE: "lines", POLYGON: "polygons"}
STRAY = 0.01  # this share of rows of another type is set aside, more is another layer
MISSING = 0.20  # this share of rows without a shape is set aside, more is a damaged file
WIDE = 180  # degrees
SMALL_CHANGE = 0.001  # of the area


@dataclass(frozen=True, slots=True)
class Names:
    """What rows are called in a sentence, and where their shapes came from."""

    names: Sequence[str]
    rows: Any


def middles(shapes: Any) -> Any:  # noqa: ANN401
    """Return the middle of every shape's box, (row, 2); works for broken shapes too."""
    west, south, east, north = shapely.bounds(shapes).T
    return np.column_stack([(west + east) / 2, (south + north) / 2])


def examine(raw: Raw, limits: Limits, findings: Findings, loose: Any = None) -> Any:  # noqa: ANN401
    """Report shapes that cannot be used; returns per row whether there is one to go on with.

    ``loose`` rows may be without a shape: their file says so itself.
    """
    faults = list(raw.faults or [""] * raw.rows)
    shapes = raw.shapes
    missing = np.array([f == "" for f in faults]) & (
        shapely.is_missing(shapes) | shapely.is_empty(shapes)
    )
    _report_missing(missing if loose is None else missing & ~loose, findings)
    finite = _finite(shapes)
    for row in np.flatnonzero(~missing):
        if faults[row] or not finite[row]:
            findings.add(faults[row] or "GEO-NAN", row=int(row) + 1)
    sound = finite & ~missing & np.array([not fault for fault in faults])
    _vertices(shapes, sound, limits, findings)
    if raw.height is not None:
        findings.add("GEO-Z", z=f"{raw.height:g} m")
    return sound


def in_degrees(shapes: Any) -> bool:  # noqa: ANN401
    """Tell whether all shapes fit on the globe as longitude and latitude; metres hardly do."""
    return bool((np.abs(shapely.total_bounds(shapes)) <= (WIDE, 90, WIDE, 90)).all())


def too_wide(shapes: Any, sound: Any, findings: Findings) -> None:  # noqa: ANN401
    """Refuse shapes in degrees that span half the globe."""
    bounds = shapely.bounds(shapes)
    spans = bounds[:, 2] - bounds[:, 0]
    for row in np.flatnonzero(sound & (np.nan_to_num(spans) > WIDE)):
        findings.add("GEO-WIDE", row=int(row) + 1, deg=f"{spans[row]:.0f}")


def right_type(shapes: Any, sound: Any, wanted: Sequence[str], findings: Findings) -> Any:  # noqa: ANN401
    """Keep the shapes of the wanted types; a few strays are set aside, many are another layer."""
    kinds = shapely.get_type_id(shapes)
    for row in np.flatnonzero(sound & (kinds == COLLECTION)):
        findings.add("GEO-COLLECTION", row=int(row) + 1)
    families = np.array([FAMILY.get(int(kind), "") for kind in kinds])
    fits = np.isin(families, list(wanted))
    wrong = sound & ~fits & (kinds != COLLECTION)
    if wrong.any():
        counted = Counter(families[wrong].tolist())
        counts = ", ".join(f"{n} {_words(name, n)}" for name, n in sorted(counted.items()))
        few = wrong.sum() <= STRAY * sound.sum()
        findings.add(
            "GEO-TYPE",
            severity="warning" if few else "error",
            wanted=" or ".join(WORDS[name] for name in wanted),
            counts=counts + (", set aside" if few else ""),
            rows=rows_text([int(row) + 1 for row in np.flatnonzero(wrong)]),
        )
    return sound & fits


def single(shapes: Any, rows: Any, task: Task) -> Any:  # noqa: ANN401
    """Make a multi-shape of one part a plain one; several points of one record are a question.

    Parameters
    ----------
    rows
        (row,) number of each shape in the file, from 0.
    """
    parts = shapely.get_num_geometries(shapes)
    kinds = shapely.get_type_id(shapes)
    alone = (parts == 1) & (kinds >= MULTI)
    made = shapes.copy()
    made[alone] = shapely.get_geometry(shapes[alone], 0)
    many = (parts > 1) & (kinds == MULTI)
    if POINT not in task.kind.geometry or not many.any():
        return made
    if task.answers.several_points == "centroid":
        made[many] = shapely.centroid(shapes[many])
        return made
    said = rows_text([int(row) + 1 for row in rows[many]])
    counts = f"{int(many.sum())} records of several points"
    task.findings.add("GEO-TYPE", wanted="one point per record", counts=counts, rows=said)
    text = "Put records of several points in their middle?"
    task.findings.ask(Question("GEO-TYPE", "several_points", text, ("centroid",)))
    return made


def repair(shapes: Any, source: Any, names: Names, findings: Findings) -> Any:  # noqa: ANN401
    """Make polygons valid and say by how much each changed.

    Parameters
    ----------
    shapes
        (row,) shapes in metres.
    source
        (row,) the same shapes as they came, for the place in the sentence.
    """
    broken = np.flatnonzero(~shapely.is_valid(shapes) & ~shapely.is_missing(shapes))
    if not len(broken):
        return shapes
    made = shapes.copy()
    for row in broken:
        before = shapely.area(shapes[row])
        fixed = _wanted_part(shapes[row])
        number = int(names.rows[row]) + 1
        if shapely.is_empty(fixed):
            findings.add("GEO-VANISHED", row=number, name=names.names[int(row)])
            continue
        made[row] = fixed
        findings.repairs.append(Repair(number, names.names[int(row)], shapes[row], fixed))
        x, y = _crossing(source[row])
        after = shapely.area(fixed)
        small = abs(after - before) <= SMALL_CHANGE * max(before, after)
        findings.add(
            "GEO-REPAIRED",
            row=number,
            severity="notice" if small else "warning",
            name=names.names[int(row)],
            x=x,
            y=y,
            before=f"{before / HECTARE:,.1f}",
            after=f"{after / HECTARE:,.1f}",
        )
    return made


def _wanted_part(shape: Any) -> Any:  # noqa: ANN401
    """Repair one shape and keep only parts of its own dimension."""
    dimension = shapely.get_dimensions(shape)
    fixed = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    parts = shapely.get_parts(shapely.get_parts(fixed))
    parts = parts[shapely.get_dimensions(parts) == dimension]
    if len(parts) == 1:
        return parts[0]
    polygon = 2
    return shapely.multipolygons(parts) if dimension == polygon else shapely.multilinestrings(parts)


def _crossing(shape: Any) -> tuple[str, str]:  # noqa: ANN401
    """Find where a shape crosses itself, in the file's own coordinates."""
    said = shapely.is_valid_reason(shape)
    inside = said.partition("[")[2].rstrip("]").split()
    where = inside if len(inside) == 2 else shapely.bounds(shape)[:2]  # noqa: PLR2004  # x and y
    x, y = (float(part) for part in where)
    return f"{x:.6g}", f"{y:.6g}"


def _report_missing(missing: Any, findings: Findings) -> None:  # noqa: ANN401
    if not missing.any():
        return
    n, total = int(missing.sum()), len(missing)
    rows = rows_text([int(row) + 1 for row in np.flatnonzero(missing)])
    many = n > MISSING * total
    findings.add(
        "GEO-MISSING", severity="error" if many else "warning", n=n, total=total, rows=rows
    )


def _finite(shapes: Any) -> Any:  # noqa: ANN401
    """Tell per shape whether all its coordinates are finite numbers."""
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    finite = np.ones(len(shapes), dtype=bool)
    finite[owner[~np.isfinite(points).all(axis=1)]] = False
    return finite


def _vertices(shapes: Any, sound: Any, limits: Limits, findings: Findings) -> None:  # noqa: ANN401
    counts = shapely.get_num_coordinates(shapes)
    for row in np.flatnonzero(sound & (counts > limits.vertices_feature)):
        fields: Fields = {"n": f"{counts[row]:,}", "limit": f"{limits.vertices_feature:,}"}
        findings.add("GEO-VERTICES", row=int(row) + 1, **fields)
    total = int(counts[sound].sum())
    if total > limits.vertices_layer:
        limit = f"{limits.vertices_layer:,}"
        findings.add("FILE-ROWS", n=f"{total:,}", what="vertices", limit=limit)


def _words(family: str, n: int) -> str:
    word = WORDS.get(family, "shapes of another type")
    return word.rstrip("s") if n == 1 else word
