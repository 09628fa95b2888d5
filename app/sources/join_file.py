"""A second map that only lends its places: stations or postcodes by code."""

from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from app.core.schema import KINDS
from app.sources.answers import Answers
from app.sources.area import Area
from app.sources.capacity_table import may_be_code
from app.sources.ground import find_ground
from app.sources.intake import receive
from app.sources.join import Places, by_code
from app.sources.limits import Limits
from app.sources.location import locate
from app.sources.problems import Findings, Refused, refuse
from app.sources.raw import Raw
from app.sources.readers import read
from app.sources.sniff import sniff
from app.sources.task import Task
from app.sources.values import as_text


def read_places(
    source: Path | BinaryIO, area: Area | None, limits: Limits, name: str
) -> tuple[Places, str]:
    """Read the codes of a map, and the metric system its shapes are in.

    Every column that looks like an id, a name or a postcode may hold the code.
    """
    findings = Findings()
    content = receive(source, limits)
    task = Task(KINDS["grid"], area, Answers(clip=True), limits, name, findings)
    raw = read(sniff(content, Path(name.lower()).suffix).format, content, task)
    used: dict[str, str] = {}
    if raw.shapes is None:
        raw, used = locate(raw, task.answers, findings)
    ground = find_ground(raw, task)
    if findings.refused:
        raise Refused(*(each for each in findings.problems if each.severity == "error"))
    if ground.placed is None:
        raise refuse("GEO-NONE")
    codes = [header for header in raw.cells if header not in used and may_be_code(header)]
    pairs = [pair for header in codes[::-1] for pair in _pairs(raw, header, ground)]
    return Places(by_code(pairs)), ground.placed.metric


def lend(area: Area | None, places: Places, metric: str) -> Area:
    """Let an area know the places of another map; without an area that map is the place."""
    if area is None:
        return Area(None, metric, "the second map", places=places)
    return replace(area, places=(area.places or Places()).over(places))


def _pairs(raw: Raw, header: str, ground: Any) -> list[tuple[object, Any]]:  # noqa: ANN401
    column = raw.cells[header]
    kept = [column[row] for row in ground.rows]
    return [
        (as_text(cell), shape) for cell, shape in zip(kept, np.asarray(ground.shapes), strict=True)
    ]
