"""Which kind of charge point may stand where, and what it costs, delivers and takes there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from app.core.assets import Texts
from app.core.engine.arrays import Floats, Ints
from app.core.parameters import Parameter
from app.core.siting.problem import Flags, freeze

REFERENCE = "ac11"
Values = Mapping[str, Parameter]


@dataclass(frozen=True, slots=True)
class PointType:
    """One kind of charge point.

    Attributes
    ----------
    kwh_ratio
        Energy one point delivers, against the reference type.
    slots
        Room one point takes on a transformer, in whole reference points: an estimate, rounded up.
    """

    key: str
    title: str
    power_kw: float
    fixed_eur: float
    point_eur: float
    kwh_ratio: float = 1.0
    slots: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Kinds:
    """The one type of each candidate, and its figures; each array is (candidate,)."""

    key: Texts
    power_kw: Floats
    fixed_eur: Floats
    point_eur: Floats
    kwh_ratio: Floats
    slots: Ints

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        freeze(self)


def _anywhere(places: pd.DataFrame, values: Values) -> Flags:  # noqa: ARG001
    return np.ones(len(places), bool)


def _overnight(places: pd.DataFrame, values: Values) -> Flags:  # noqa: ARG001
    """Residents stay the night: in the street, or where nobody says that it closes."""
    open_24h = places["open_24h"].to_numpy()
    facility = np.isin(places["origin"].to_numpy(str), ("lot", "garage"))
    found: Flags = np.where(facility, open_24h == 1, open_24h != 0)
    return found


def _visitors(places: pd.DataFrame, values: Values) -> Flags:
    """Visitors come to lots and garages, and to districts with jobs beside homes."""
    mixed = places["mixed_share"].to_numpy(float) >= values["type_mixed_share"].value
    facility = np.isin(places["origin"].to_numpy(str), ("lot", "garage"))
    return mixed | facility


def _short_stay(places: pd.DataFrame, values: Values) -> Flags:
    """Short stays at a lot or garage, under a transformer with room for one at full power."""
    room = places["room_kw"].to_numpy(float) >= values["type_dc_room_kw"].value
    return room & np.isin(places["origin"].to_numpy(str), ("lot", "garage"))


def _gives_back(places: pd.DataFrame, values: Values) -> Flags:
    """Find rows of bays where the grid is known to take power back."""
    row = places["row_bays"].to_numpy(float) >= values["type_row_bays"].value
    return row & (places["export_kw"].to_numpy(float) >= values["type_export_kw"].value)


PERMITTED: Mapping[str, Callable[[pd.DataFrame, Values], Flags]] = MappingProxyType(
    {
        REFERENCE: _anywhere,
        "low_power": _overnight,
        "ac22": _visitors,
        "dc50": _short_stay,
        "v2g": _gives_back,
    }
)
"""Where each type may stand; what is not known does not permit."""


def kinds_of(
    places: pd.DataFrame, wanted: str, types: Mapping[str, PointType], values: Values
) -> Kinds:
    """Give each candidate the wanted type where it is permitted, else the reference type.

    Places with points of today grow by the reference type, as those stand there.
    """
    fits = PERMITTED[wanted](places, values) & (places["existing_points"].to_numpy() == 0)
    two = types[wanted], types[REFERENCE]

    def pick(name: str) -> np.ndarray:
        chosen: np.ndarray = np.where(fits, *(getattr(each, name) for each in two))
        return chosen

    return Kinds(
        pick("key").astype(object),
        pick("power_kw"),
        pick("fixed_eur"),
        pick("point_eur"),
        pick("kwh_ratio"),
        pick("slots").astype(np.int32),
    )
