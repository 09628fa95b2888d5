"""Use-case: let the map of a city stand for the file of a case."""

from types import MappingProxyType

import numpy as np
import pandas as pd

from app.core.assets import numbers, texts
from app.core.cases.inputs import File
from app.core.errors import InputError
from app.core.project import Project
from app.core.schema import KINDS

HEAD = MappingProxyType({"parking": "spaces", "chargers": "power_kw"})  # a row needs it


def from_map(project: Project, kind: str) -> File:
    """Write the rows of a map as the table a case reads; rows without their figure are left out."""
    if kind not in project.layers:
        raise InputError(f"{project.name} has no map of {KINDS[kind].title.lower()}")
    frame = project.layers[kind].frame
    told = frame[np.isfinite(numbers(frame, HEAD[kind]))]
    if told.empty:
        raise InputError(f"{project.name}: no row of {kind} says its {HEAD[kind]}")
    table = _parking(told) if kind == "parking" else _chargers(told)
    return File(f"{kind} of {project.slug}", table.to_csv(index=False), project.slug)


def untold(project: Project, kind: str) -> int:
    """Count the rows that do not say their figure."""
    return int(np.isnan(numbers(project.layers[kind].frame, HEAD[kind])).sum())


def _parking(frame: pd.DataFrame) -> pd.DataFrame:
    names, ids = texts(frame, "name"), texts(frame, "parking_id")
    return pd.DataFrame(
        {
            "facility": np.where(names == "", ids, names),
            "spaces": numbers(frame, "spaces").astype(np.int64),
            "existing": np.nan_to_num(numbers(frame, "ev_spaces")).astype(np.int64),
            "kind": texts(frame, "kind"),
        }
    )


def _chargers(frame: pd.DataFrame) -> pd.DataFrame:
    """Rapid stations have a connection of their own: they deliver what they say."""
    points, kw = np.nan_to_num(numbers(frame, "points"), nan=1.0), numbers(frame, "power_kw")
    rapid = texts(frame, "current_type") == "DC"
    return pd.DataFrame(
        {
            "station": texts(frame, "charger_id"),
            "points": points.astype(np.int64),
            "kw": kw,
            "station_kw": np.where(rapid, points * kw, np.nan),
        }
    )
