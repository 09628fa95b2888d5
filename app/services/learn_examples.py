"""Use-case: invented observed places to try the learning layer on, in any city, and say so."""

from collections.abc import Mapping
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from app.core.belonging import Shapes
from app.core.demand.surroundings import expected_a_day, home_of
from app.core.engine.arrays import Floats
from app.core.project import Project
from app.core.scenario import Scenario
from app.services.estimate import estimate
from app.services.learn_files import SYNTHETIC
from app.services.parameters import load_parameters

PLACES, DAYS, POINTS = 300, 90, 2
ALPHA = 0.3  # scatter of the invented counts
SESSIONS_DAY = 0.7  # of an invented point
EXAMPLES: Mapping[str, float] = MappingProxyType({"signal": 0.6, "noise": 0.0})


def example(project: Project, kind: str) -> bytes:
    """Draw a synthetic table of places: ``signal`` where shops matter, ``noise`` where they do not.

    The same bytes for the same city and kind.
    """
    chance = np.random.default_rng(project_seed(project))
    spots = _spots(project, chance)
    home = home_of(project, spots)
    points = np.full(PLACES, float(POINTS))
    numbers = load_parameters()
    districts = estimate(project, Scenario()).districts
    homes = numbers["homes_per_cluster"].value
    rate = expected_a_day(project, districts, "sessions", home, points, homes)
    shops = chance.standard_normal(PLACES)
    count = chance.poisson(
        _level(rate) * _effect(EXAMPLES[kind], shops) * chance.gamma(1 / ALPHA, ALPHA, PLACES)
    )
    degrees = gpd.GeoSeries(spots, crs=project.crs).to_crs(4326)
    table = pd.DataFrame(
        {
            "site_id": [f"{SYNTHETIC}{row:03d}" for row in range(PLACES)],
            "lon": degrees.x.round(6),
            "lat": degrees.y.round(6),
            "sessions": count,
            "days": DAYS,
            "points": POINTS,
            "shop_visits_day": np.round(100 * np.exp(shops)).astype(int),
        }
    )
    return bytes(table.to_csv(index=False, lineterminator="\n").encode())


def project_seed(project: Project) -> int:
    """Give every city draws of its own, whatever else is loaded."""
    return int(project.layers["districts"].digest[:8], 16)


def _level(rate: Floats) -> Floats:
    """Bring what the model expects to a usual level [sessions in all days]."""
    usual = np.nan_to_num(rate)
    mean = float(usual.mean())
    shape = np.clip(usual / mean, 0.3, 3.0) if mean > 0 else np.ones(usual.size)
    return shape * SESSIONS_DAY * POINTS * DAYS


def _effect(size: float, shops: Floats) -> Floats:
    return np.exp(size * shops - size**2 / 2)


def _spots(project: Project, chance: np.random.Generator) -> Shapes:
    """Draw points inside the districts, more where more cars are."""
    districts = project.layers["districts"].map
    cells = districts.geometry.to_numpy()
    cars = districts["cars"] if "cars" in districts else pd.Series(1.0, index=districts.index)
    weight = np.nan_to_num(cars.to_numpy(np.float64, na_value=np.nan)) + 1.0
    home = chance.choice(len(cells), PLACES, p=weight / weight.sum())
    low_x, low_y, high_x, high_y = shapely.bounds(cells[home]).T
    found = shapely.point_on_surface(cells[home])
    for _ in range(12):  # a cell fills a good part of its box
        tried = shapely.points(chance.uniform(low_x, high_x), chance.uniform(low_y, high_y))
        inside = shapely.contains(cells[home], tried)
        found = np.where(inside, tried, found)
    return np.asarray(found, dtype=object)
