"""Where charging is wanted: each district's energy on a lattice, kept to the watt-hour."""

import numpy as np
import shapely

from app.core.belonging import Shapes, containing, largest_remainder
from app.core.engine.arrays import Floats, Ints
from app.core.siting.problem import Demands

WH = 1000.0


def spread(districts: Shapes, names: list[str], kwh_day: Floats, step_m: float) -> Demands:
    """Spread each district's energy evenly over the lattice points inside it.

    A district too small for the lattice gets one point. The sum per district is exact to 1 Wh.
    """
    west, south, east, north = shapely.total_bounds(districts)
    x = np.arange(np.floor(west / step_m), np.ceil(east / step_m)) + 0.5
    y = np.arange(np.floor(south / step_m), np.ceil(north / step_m)) + 0.5
    xy = np.column_stack([each.ravel() for each in np.meshgrid(x, y)]) * step_m
    home = containing(districts, shapely.points(xy))
    xy, home = xy[home >= 0], home[home >= 0]
    bare = np.setdiff1d(np.arange(len(districts)), home)
    spot = shapely.point_on_surface(districts[bare])
    xy = np.concatenate([xy, np.column_stack([shapely.get_x(spot), shapely.get_y(spot)])])
    home = np.concatenate([home, bare])
    order = np.lexsort((xy[:, 0], xy[:, 1], home))
    xy, home = xy[order], home[order]
    wh = largest_remainder(
        np.rint(kwh_day * WH).astype(np.int64), home, 1.0 / np.bincount(home)[home]
    )
    number = np.arange(home.size) - np.searchsorted(home, np.arange(len(districts)))[home]
    ids = tuple(f"{names[d]}:{at:05d}" for d, at in zip(home, number, strict=True))
    district: Ints = home.astype(np.int32)
    return Demands(ids, xy, wh / WH, district)
