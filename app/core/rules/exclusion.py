"""Nothing stands where the city ruled it out."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from app.core.assets import texts
from app.core.belonging import containing
from app.core.rules.base import Finding, Rule, dated, judge, nobody_knows, one
from app.core.siting.context import Surroundings


def check(places: pd.DataFrame, context: Surroundings) -> Finding:
    """Fail candidates inside an excluded area."""
    if context.exclusions is None:
        return nobody_knows(len(places))
    at = shapely.points(places["x"].to_numpy(float), places["y"].to_numpy(float))
    area = containing(context.exclusions.geometry.to_numpy(), at)
    why = texts(context.exclusions, "reason")

    def reason(row: int) -> str:
        return f"inside an excluded area ({why[area[row]]}; {dated(context, 'exclusions')})"

    return judge(area < 0, np.ones(len(places), bool), reason)


def example(passes: bool) -> tuple[pd.DataFrame, Surroundings]:  # noqa: FBT001
    """Stand outside, or inside, a square."""
    square = shapely.box(5, 5, 9, 9) if passes else shapely.box(-5, -5, 5, 5)
    areas = gpd.GeoDataFrame({"reason": ["monument"]}, geometry=[square])
    return one(exclusions=areas)


RULE = Rule(
    key="exclusion",
    label="Outside excluded areas",
    hard=True,
    needs=("exclusions",),
    params=(),
    check=check,
    example=example,
    order=10,
)
