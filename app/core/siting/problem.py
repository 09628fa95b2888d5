"""The question as it was asked: places, demand and limits, before any solver has touched them."""

from dataclasses import dataclass, field, fields
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from app.core.engine.arrays import Floats, Ints

Flags: TypeAlias = npt.NDArray[np.bool_]

SERVED, COVERAGE = "served", "coverage"
SLACK = 1e-9
UNKNOWN = -1
UNLIMITED = np.int64(2**40)


@dataclass(frozen=True, slots=True, eq=False)
class Demands:
    """Places where charging is wanted.

    Attributes
    ----------
    id : (demand,)
        Names, in rising order: the order of a file must not change a plan.
    xy : (demand, 2)
        Coordinates [m].
    kwh_day : (demand,)
        Energy wanted [kWh/day].
    district : (demand,)
        Index of the district.
    """

    id: tuple[str, ...]
    xy: Floats
    kwh_day: Floats
    district: Ints

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        freeze(self)


@dataclass(frozen=True, slots=True, eq=False)
class Sites:
    """Places where charge points could stand, or stand already.

    Attributes
    ----------
    id : (site,)
        Names, in rising order.
    xy : (site, 2)
        Coordinates [m].
    max_points, existing : (site,)
        The most points there, and those that stand there today.
    fixed_eur, point_eur : (site,)
        Cost of opening it, and of each new point [EUR].
    kwh_point : (site,)
        What one point delivers [kWh/day].
    pull : (site,)
        Value of a kWh served here; 1 is neutral.
    district, transformer : (site,)
        Indices; -1 where none is known.
    locked, barred : (site,)
        Wanted by hand; and shut out by hand or by a hard rule.
    slots : (site,)
        Room one of its points takes on the transformer, in whole reference points; 1 everywhere
        where nothing is given.
    type : (site,)
        The one type of point it may have; empty where types are not told apart.
    """

    id: tuple[str, ...]
    xy: Floats
    max_points: Ints
    existing: Ints
    fixed_eur: Floats
    point_eur: Floats
    kwh_point: Floats
    pull: Floats
    district: Ints
    transformer: Ints
    locked: Flags
    barred: Flags
    slots: Ints = field(default_factory=lambda: np.ones(0, np.int32))
    type: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Give every point a slot, and freeze the arrays."""
        if not self.slots.size:
            object.__setattr__(self, "slots", np.ones(len(self.id), np.int32))
        freeze(self)


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Room on the transformers.

    Attributes
    ----------
    id : (transformer,)
        Names.
    headroom_kw : (transformer,)
        Room for new points [kW]; infinite where no limit was given, NaN where it is unknown.
    kappa_kw : (transformer,)
        What one new point adds at the transformer's critical hour [kW].
    fit : (transformer,)
        New points that fit.
    """

    id: tuple[str, ...]
    headroom_kw: Floats
    kappa_kw: Floats
    fit: npt.NDArray[np.int64]

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        freeze(self)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the planner allows and asks for; infinite means no limit.

    ``radius_m`` is walking distance: ``detour`` times the straight line. ``floor_share`` of each
    district's demand should be served, each kWh short of it costs ``floor_price`` kWh of value.
    """

    radius_m: float
    detour: float
    budget_eur: float = np.inf
    max_points: float = np.inf
    spacing_m: float = 0.0
    floor_share: float = 0.0
    floor_price: float = 2.0
    objective: str = SERVED


@dataclass(frozen=True, slots=True, eq=False)
class Streets:
    """The street network, as straight pieces.

    Attributes
    ----------
    start, end : (piece, 2)
        Coordinates [m].
    snap_m
        Points further from every street than this walk the straight line times the detour.
    join_m
        A street that ends this near to another meets it.
    """

    start: Floats
    end: Floats
    snap_m: float
    join_m: float

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        freeze(self)


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Everything a plan must answer to: the verifier reads this and nothing the solver made.

    People walk along ``streets``; None where no network is known.
    """

    demands: Demands
    sites: Sites
    grid: Grid
    terms: Terms
    districts: tuple[str, ...]
    streets: Streets | None = None


def freeze(record: object) -> None:
    """Make the arrays of a record read-only."""
    for each in fields(record):  # type: ignore[arg-type]
        value = getattr(record, each.name)
        if isinstance(value, np.ndarray):
            value.setflags(write=False)


def sums(index: npt.NDArray[Any], amount: npt.ArrayLike, count: int) -> Floats:
    """Add amounts up by index; numbers with decimals even where there is nothing to add."""
    return np.bincount(index, amount, count).astype(np.float64)


def fitting(headroom_kw: Floats, kappa_kw: Floats) -> npt.NDArray[np.int64]:
    """Count whole points that fit: 30 kW at 3.85 kW each are 7, not 8; unknown room is none."""
    points = np.floor(np.nan_to_num(headroom_kw / kappa_kw, nan=0.0, posinf=np.inf) + SLACK)
    return np.clip(np.minimum(points, UNLIMITED), 0, None).astype(np.int64)
