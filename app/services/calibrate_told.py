"""Use-case: tell a calibration: as plain data, as a file, and in one sentence."""

from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from app.core.demand.calibration import Fit
from app.core.errors import InputError
from app.core.words import summary
from app.exports import Result
from app.services.calibrate import Answer, occupied

SCHEMA = "kerbwatt.calibration/1"


def document(found: Answer) -> dict[str, Any]:
    """Return the answer as plain data: what ``--json`` prints."""
    reading = found.reading
    calibration = found.found
    fits = {} if calibration is None else {"kwh": calibration.kwh, "hours": calibration.hours}
    counted = calibration.counted if calibration else None
    return {
        "schema": SCHEMA,
        "project": found.project.slug,
        "kind": reading.kind,
        "file": reading.file,
        "year": found.year,
        "days": calibration.seen.days if calibration else None,
        "first": reading.first,
        "last": reading.last,
        "read": reading.read,
        "kept": reading.kept,
        "dropped": dict(reading.dropped),
        "refused": found.refusal,
        "assumptions": found.factors,
        "fits": {name: _fit(fit) for name, fit in fits.items() if fit is not None},
        "occupied": occupied(found) or None,
        "scatter": _plain(asdict(counted.scatter)) if counted else None,
        "counts": _plain(asdict(counted)) if counted else None,
        "kwh_session": reading.session.get("kwh"),
        "hours_session": reading.session.get("hours"),
        "numbers": [_plain(asdict(each)) | {"inside": each.inside} for each in found.numbers],
        "by_hour": [_number(each) for each in reading.profile]
        if np.isfinite(reading.profile).any()
        else None,
        "groups": _rows(found.groups),
        "districts": _rows(found.districts),
        "version": version("kerbwatt"),
        "notices": list(found.notices),
    }


def _fit(fit: Fit) -> dict[str, Any]:
    return {
        "factor": fit.factor,
        "districts": fit.districts,
        "before": _plain(asdict(fit.before)),
        "after": _plain(asdict(fit.after)),
    }


def _plain(told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: _plain(value) if isinstance(value, dict) else _number(value)
        for key, value in told.items()
    }


def _number(value: Any) -> Any:  # noqa: ANN401  # numbers, words, nothing
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [_plain({str(k): v for k, v in row.items()}) for row in frame.to_dict("records")]


def result(found: Answer, day: str = "") -> Result:
    """Return the answer as a file to be, made on a day."""
    if found.districts.empty:
        raise InputError(f"there is nothing to write: {found.refusal}")
    meta = {
        "city": found.project.name,
        "scenario": summary(found.scenario),
        "year": str(found.year),
        "sources": f"{found.reading.file}; {found.project.layers['districts'].origin}",
        "status": f"refused: {found.refusal}" if found.refusal else "estimated",
        "program": f"Kerbwatt {version('kerbwatt')}",
        "note": " ".join([verdict(found), *found.notices]),
    }
    if day:
        meta["date"] = day
    layer = found.project.layers["districts"]
    rows = found.districts
    if isinstance(layer.frame, gpd.GeoDataFrame):
        shapes = layer.map.geometry
        rows = gpd.GeoDataFrame(rows, geometry=shapes.to_numpy(), crs=shapes.crs)
    tables = {"districts": rows}
    if len(found.groups):
        tables["groups"] = found.groups
    return Result("calibration", "The model against what was measured", tables, meta)


def verdict(found: Answer) -> str:
    """Say in one sentence what came out, in English."""
    if found.refusal or found.found is None:
        return f"No factor: {found.refusal}."
    names = {"kwh": "energy", "hours": "connected hours"}
    fits = {"kwh": found.found.kwh, "hours": found.found.hours}
    told = [
        f"{names[name]} x {fit.factor:.2f} (bias {fit.before.bias:+.0%} before, "
        f"{fit.after.bias + 0:+.0%} after, {fit.districts} districts)"
        for name, fit in fits.items()
        if fit is not None
    ]
    return "Model against measured: " + "; ".join(told) + "."
