"""What rules and criteria may look at besides the candidates themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np

from app.core.engine.arrays import Floats
from app.core.parameters import Parameter
from app.core.siting.problem import freeze


def _nothing() -> Floats:
    return np.zeros((0, 2))


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """The world around candidates, each array aligned with them; NaN is unknown.

    Attributes
    ----------
    values
        Sourced numbers, by name.
    as_of
        Date of each layer, by kind.
    exclusions
        Areas where nothing may stand; None where no such map was loaded.
    landmarks
        Places such as shelters, schools, trees and hubs; None where no such map was loaded.
    cables
        Low-voltage cables, as lines; None where no such map was loaded.
    streets
        Streets and paths, as lines; None where no such map was loaded.
    radius_m
        How far people walk [m].
    public_xy, public_percent : (point,)
        Today's public points [m] and how much of the time they are taken [%].
    locked_xy : (locked, 2)
        New places fixed by hand [m].
    headroom_kw, kappa_kw : (candidate,)
        Room on the transformer and what one point adds at its peak [kW].
    reach_kwh, unserved_kwh, homes : (candidate,)
        Energy wanted in reach [kWh/day], what today's points leave of it, and homes without own
        parking in reach.
    points_per_1000 : (candidate,)
        Public points per 1,000 households in its district today.
    """

    values: Mapping[str, Parameter]
    headroom_kw: Floats
    kappa_kw: Floats
    reach_kwh: Floats
    unserved_kwh: Floats
    homes: Floats
    points_per_1000: Floats
    as_of: Mapping[str, str] = field(default_factory=dict)
    exclusions: gpd.GeoDataFrame | None = None
    landmarks: gpd.GeoDataFrame | None = None
    cables: gpd.GeoDataFrame | None = None
    streets: gpd.GeoDataFrame | None = None
    radius_m: float = 300.0
    public_xy: Floats = field(default_factory=_nothing)
    public_percent: Floats = field(default_factory=lambda: np.zeros(0))
    locked_xy: Floats = field(default_factory=_nothing)

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        freeze(self)
