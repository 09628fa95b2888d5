"""Where the rows of a file lie: which have a shape that can be used, and in which system."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from app.sources.crs import Placed, place, to_metric
from app.sources.geometry import examine, in_degrees, middles, right_type, single, too_wide
from app.sources.raw import Raw
from app.sources.task import Task

JOINED, NOWHERE = "joined_by", "none"  # how a row without a place of its own came onto the map


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """The rows that are kept.

    Attributes
    ----------
    rows
        (kept row,) number in the file, from 0.
    shapes, source
        (kept row,) shapes in metres, and as they came; None where there are none.
    placed
        The coordinate system; None for tables, and where it is still a question.
    nowhere
        Whether no row has a place and none needs one.
    """

    rows: Any
    shapes: Any = None
    source: Any = None
    placed: Placed | None = None
    nowhere: bool = False


def find_ground(raw: Raw, task: Task) -> Ground:
    """Find out where the rows lie, and set aside, with a word, those that cannot be used."""
    if raw.shapes is None or not task.kind.geometry:
        return Ground(np.arange(raw.rows))
    wanted = task.kind.geometry
    loose = without_place(raw, task)
    fit = examine(raw, task.limits, task.findings, loose)
    sound = right_type(raw.shapes, fit, wanted, task.findings)
    if not sound.any():
        if loose.any() and not task.findings.refused:
            none = np.full(int(loose.sum()), None, dtype=object)
            return Ground(np.flatnonzero(loose), none, none, nowhere=True)
        if not task.findings.refused:
            task.findings.add("GEO-NONE")
        return Ground(np.arange(raw.rows))
    rows = np.flatnonzero(sound)
    if in_degrees(raw.shapes[rows]):
        too_wide(raw.shapes, sound, task.findings)
    placed = place(middles(raw.shapes[rows]), raw.crs, task)
    if placed is None:
        return Ground(rows, source=raw.shapes[rows])
    rows = np.sort(np.concatenate([rows[placed.inside], np.flatnonzero(loose)]))
    source = single(raw.shapes[rows], rows, task)
    return Ground(rows, to_metric(source, placed), source, placed)


def without_place(raw: Raw, task: Task) -> Any:  # noqa: ANN401
    """Tell the rows of a grid file that are facts without a place, as their file says itself."""
    said = raw.cells.get(JOINED)
    if said is None or task.kind.key != "grid":
        return np.zeros(raw.rows, dtype=bool)
    empty = shapely.is_missing(raw.shapes) | shapely.is_empty(raw.shapes)
    return empty & np.array([each == NOWHERE for each in said], dtype=bool)
