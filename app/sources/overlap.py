"""Districts that overlap or leave gaps: demand must be counted once, everywhere."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from app.sources.area import Area
from app.sources.codes import Severity
from app.sources.plausible import plausible
from app.sources.problems import Fields, Findings, rows_text

SERIOUS = 0.01
TWO_LAYERS = 0.50
GAP = 0.05
TRACE = 1e-6  # below this share it is rounding
KM2 = 1_000_000
MITRE = 2


def overlaps(shapes: Any, names: Sequence[str], findings: Findings) -> None:  # noqa: ANN401
    """Report pairs of districts that share ground. O(n log n + pairs)."""
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = first < second
    first, second = first[pairs], second[pairs]
    shared = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    areas = shapely.area(shapes)
    share = shared / np.maximum(np.minimum(areas[first], areas[second]), 1)
    for at in np.flatnonzero(share >= SERIOUS):
        severity: Severity = "error" if share[at] >= TWO_LAYERS else "warning"
        pair: Fields = {"a": names[first[at]], "b": names[second[at]]}
        findings.add("GEO-OVERLAP", severity=severity, pct=f"{share[at] * 100:.1f}", **pair)
    small = (share < SERIOUS) & (share > TRACE)
    if small.any():
        worst = int(np.argmax(np.where(small, share, 0)))
        total = shared[small].sum() / areas.sum() * 100
        most: Fields = {"a": names[first[worst]], "b": names[second[worst]]}
        pct = f"{share[worst] * 100:.2g}"
        findings.add("GEO-OVERLAPS", n=int(small.sum()), pct=pct, total=f"{total:.2g}", **most)


def gaps(shapes: Any, findings: Findings) -> None:  # noqa: ANN401
    """Report holes and narrow slits between districts."""
    union = shapely.union_all(shapes)
    parts = shapely.get_parts(union)
    filled = shapely.union_all(shapely.polygons(shapely.get_exterior_ring(parts)))
    reach = plausible()["gap_closing_m"]
    grown = shapely.buffer(filled, reach, join_style="mitre", mitre_limit=MITRE)
    closed = shapely.buffer(grown, -reach, join_style="mitre", mitre_limit=MITRE)
    missing = shapely.difference(shapely.union(filled, closed), union)
    share = missing.area / union.area if union.area else 0.0
    if share > TRACE * 10:
        fields: Fields = {"pct": f"{share * 100:.3g}", "km2": f"{missing.area / KM2:.3g}"}
        findings.add("GEO-GAP", severity="warning" if share > GAP else "notice", **fields)


def cover(shapes: Any, area: Area | None, findings: Findings) -> None:  # noqa: ANN401
    """Report how much of the study area no district covers."""
    if area is None or area.polygon is None or not area.polygon.area:
        return
    left = shapely.difference(area.polygon, shapely.union_all(shapes)).area / area.polygon.area
    if left > SERIOUS:
        severity: Severity = "warning" if left > GAP else "notice"
        findings.add("GEO-COVER", severity=severity, pct=f"{left * 100:.3g}", area=area.name)


def same_shapes(shapes: Any, rows: Any, findings: Findings) -> None:  # noqa: ANN401
    """Report rows with exactly the same shape."""
    found: dict[bytes, list[int]] = {}
    for row, wkb in zip(rows, shapely.to_wkb(shapely.normalize(shapes)), strict=True):
        found.setdefault(wkb, []).append(int(row) + 1)
    for same in found.values():
        if len(same) > 1:
            findings.add("GEO-DUPLICATE", row=same[0], rows=rows_text(same))
