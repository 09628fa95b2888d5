"""What the maps say stands near a candidate: trees, crossings, monuments, shelters, hubs.

Two maps know of such things: excluded areas by their reason, places by their kind. Where neither
holds a single one of a family, nobody mapped that family, and nothing is known of it.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd
import shapely

from app.core.assets import Texts, texts
from app.core.belonging import Shapes
from app.core.engine.arrays import Floats, Longs
from app.core.siting.context import Surroundings

FAMILIES: Mapping[str, str] = MappingProxyType(
    {
        "conflict": (
            r"cycle ?(lane|path|way)|cycleway|crossing|zebra|loading|bus stop|tram stop|works|"
            r"roadworks|fietspad|oversteek|bushalte|laad- en los|radweg|haltestelle|ladezone"
        ),
        "tree": r"tree|trunk|boom|bomen|baum|b\u00e4ume|arbre|tr\u00e4d|puu",
        "heritage": r"heritage|monument|listed|protected view|denkmal|patrimoine|erfgoed",
        "flood": r"flood|inundation|overstroming|hochwasser|inondation|quake|earthquake",
        "request": r"request|aanvraag|wunsch|demande",
        "shelter": r"shelter|assembly|evacuation|opvang|sammelplatz|notunterkunft",
        "hub": r"hub|mobility hub|car ?share|car ?sharing|shared cars?|deelauto|carsharing",
        "destination": r"shop|supermarket|market|school|university|hospital|station|library|sports",
    }
)
"""Words, from the start of a word, by which a reason or kind belongs to a family."""


def said(context: Surroundings, family: str) -> tuple[Shapes, Texts] | None:
    """Collect the shapes of a family and what the map calls them; None where it knows none."""
    found: list[tuple[Shapes, Texts]] = []
    pattern = re.compile(rf"\b(?:{FAMILIES[family]})", re.IGNORECASE)
    for layer, column in ((context.exclusions, "reason"), (context.landmarks, "kind")):
        if layer is None:
            continue
        words = texts(layer, column)
        mine = np.array([pattern.search(str(each)) is not None for each in words], bool)
        found.append((layer.geometry.to_numpy()[mine], words[mine]))
    if not sum(len(shapes) for shapes, _ in found):
        return None
    shapes, words = (np.concatenate(each) for each in zip(*found, strict=True))
    return shapes, words


def spots(places: pd.DataFrame) -> Shapes:
    """Return the candidates as points."""
    found: Shapes = shapely.points(places["x"].to_numpy(float), places["y"].to_numpy(float))
    return found


def apart(places: pd.DataFrame, shapes: Shapes) -> tuple[Floats, Longs]:
    """Measure from each candidate to the nearest shape [m], and say which; 0 within one."""
    far_m, which = np.full(len(places), np.inf), np.zeros(len(places), np.int64)
    if not len(places) or not len(shapes):
        return far_m, which
    pairs, metres = shapely.STRtree(shapes).query_nearest(
        spots(places), return_distance=True, all_matches=False
    )
    far_m[pairs[0]], which[pairs[0]] = metres, pairs[1]
    return far_m, which


def away_from(places: pd.DataFrame, context: Surroundings, family: str) -> Floats:
    """Measure to the nearest shape of a family [m]; NaN where no map holds any."""
    found = said(context, family)
    if found is None:
        return np.full(len(places), np.nan)
    return apart(places, found[0])[0]


def within_walk(places: pd.DataFrame, context: Surroundings, family: str) -> Floats:
    """Count a family's shapes within walking distance; NaN where no map holds any."""
    found = said(context, family)
    if found is None:
        return np.full(len(places), np.nan)
    reach_m = context.radius_m / context.values["detour"].value
    pairs = shapely.STRtree(found[0]).query(spots(places), "dwithin", distance=reach_m)
    return np.bincount(pairs[0], minlength=len(places)).astype(np.float64)


def dates(context: Surroundings) -> str:
    """Name the maps that know of such things, with their dates."""
    known = [
        f"{kind} map of {context.as_of[kind]}"
        for kind in ("exclusions", "places")
        if context.as_of.get(kind, "unknown") != "unknown"
    ]
    return ", ".join(known) or "map, date unknown"
