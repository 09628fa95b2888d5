"""What a placement rule is: pass, fail or not checked for every candidate, with its reason."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from app.core.parameters import Parameter
from app.core.siting.about import ABOUT
from app.core.siting.context import Surroundings

PASS, FAIL, NOT_CHECKED = 1, 0, -1
Marks: TypeAlias = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """What a rule found.

    Attributes
    ----------
    marks : (candidate,) int8
        1 pass, 0 fail, -1 not checked: missing data is never a pass.
    reasons : (candidate,)
        For each that fails: the value measured, the threshold, the date of the map. Else empty.
    """

    marks: Marks
    reasons: tuple[str, ...]


Check: TypeAlias = Callable[[pd.DataFrame, Surroundings], Finding]
Example: TypeAlias = Callable[[bool], tuple[pd.DataFrame, Surroundings]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A named condition.

    ``needs`` names the maps and columns it reads, ``params`` the sourced numbers; ``example``
    makes one candidate that passes (True) or fails (False), for the contract test.
    """

    key: str
    label: str
    hard: bool
    needs: tuple[str, ...]
    params: tuple[str, ...]
    check: Check
    example: Example
    order: int


def judge(
    good: npt.NDArray[np.bool_], known: npt.NDArray[np.bool_], reason: Callable[[int], str]
) -> Finding:
    """Turn a condition into marks; words are only made for candidates that fail."""
    marks = np.where(known, np.where(good, PASS, FAIL), NOT_CHECKED).astype(np.int8)
    reasons = [""] * marks.size
    for at in np.flatnonzero(marks == FAIL):
        reasons[at] = reason(int(at))
    return Finding(marks, tuple(reasons))


def nobody_knows(count: int) -> Finding:
    """Say that nothing could be checked, as the map it needs was not loaded."""
    return Finding(np.full(count, NOT_CHECKED, np.int8), ("",) * count)


def number(name: str, value: float, unit: str) -> Parameter:
    """Make a sourced number, for examples."""
    return Parameter(name, value, value, value, unit, "definition", "example")


def dated(context: Surroundings, kind: str) -> str:
    """Name the date of a map within a reason."""
    date = context.as_of.get(kind, "unknown")
    return f"{kind} map of {date}" if date != "unknown" else f"{kind} map, date unknown"


def one(
    columns: Mapping[str, object] | None = None, **around: object
) -> tuple[pd.DataFrame, Surroundings]:
    """Make one candidate and its surroundings, for examples."""
    usual: dict[str, object] = {
        "candidate_id": "c1", "name": "Example", "origin": "on_street", "x": 0.0, "y": 0.0,
        "max_points": 4, "existing_points": 0, "kw": np.nan, "spaces": 10.0, "row_bays": 10.0,
        "layout": "", "footway_m": np.nan, "owner": "", "consent": -1, "open_24h": -1,
        "occupancy_percent": np.nan, "precision": "point", "status": "measured", "merged_from": "",
    }  # fmt: skip
    usual |= dict.fromkeys(ABOUT, np.nan)
    places = pd.DataFrame([{**usual, **(columns or {})}])
    context = {
        "values": {},
        "headroom_kw": np.array([np.nan]),
        "kappa_kw": np.array([1.0]),
        "reach_kwh": np.array([100.0]),
        "unserved_kwh": np.array([100.0]),
        "homes": np.array([np.nan]),
        "points_per_1000": np.array([np.nan]),
    }
    return places, Surroundings(**{**context, **around})  # type: ignore[arg-type]
