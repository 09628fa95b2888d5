"""What grid and districts say of each candidate, beside what its own map says."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from app.core.assets import LEVELS, Texts, numbers, texts
from app.core.belonging import polygons
from app.core.layer import Layer
from app.core.places import EngineRows
from app.core.siting.problem import UNKNOWN

PERCENT = 100.0
ABOUT = (
    "transformer_m", "load_percent", "export_kw", "multifamily_share", "income_eur", "mixed_share",
    "walk_m", "room_kw",
)  # fmt: skip
"""Columns that criteria and point types read; NaN is unknown."""


def describe(places: pd.DataFrame, rows: EngineRows, districts: pd.DataFrame) -> pd.DataFrame:
    """Add what the transformer and the district of each candidate say, all but ``walk_m``."""
    row = places["transformer"].to_numpy(int)
    fed = row != UNKNOWN
    at = np.maximum(row, 0) if len(rows) else np.zeros(0, np.int64)
    unknown = np.full(len(places), np.nan)
    away_m, load, export, room = (unknown.copy() for _ in range(4))
    if len(rows):
        spot = ~polygons(rows.shape)[at] & (rows.level == LEVELS[0])
        east, north = rows.x[at] - places["x"].to_numpy(), rows.y[at] - places["y"].to_numpy()
        away_m = np.where(fed & spot, np.hypot(east, north), np.nan)
        load = np.where(fed & (rows.limit_kw[at] > 0), rows.peak_kw[at] / rows.limit_kw[at], np.nan)
        export = np.where(fed, rows.export_kw[at], np.nan)
        room = np.where(fed, rows.limit_kw[at] - rows.peak_kw[at], np.nan)
    district = places["district"].to_numpy(int)
    jobs, homes = numbers(districts, "jobs"), numbers(districts, "dwellings")
    most = np.maximum(jobs, homes)
    mixed = np.where(most > 0, np.minimum(jobs, homes) / np.where(most > 0, most, 1.0), np.nan)
    return places.assign(
        transformer_m=away_m,
        load_percent=PERCENT * load,
        export_kw=export,
        room_kw=room,
        multifamily_share=numbers(districts, "multifamily_share")[district],
        income_eur=numbers(districts, "income_eur")[district],
        mixed_share=mixed[district],
    )


def operators(places: pd.DataFrame, rows: EngineRows, layers: Mapping[str, Layer]) -> Texts:
    """Name the grid operator of each candidate: its transformer's, else its district's, else ""."""
    found: Texts = texts(layers["districts"].frame, "dso")[places["district"].to_numpy(int)]
    if "grid" not in layers or not len(rows):
        return found
    frame = layers["grid"].frame
    told = dict(zip(texts(frame, "asset_id").astype(str), texts(frame, "dso"), strict=True))
    row = places["transformer"].to_numpy(int)
    named = np.array([told.get(str(each), "") for each in rows.asset_id], object)[
        np.maximum(row, 0)
    ]
    return np.asarray(np.where((row != UNKNOWN) & (named != ""), named, found))
