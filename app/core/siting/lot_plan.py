"""The lots of a plan: on the map of districts, and within grid operators where that is wanted."""

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from app.core.engine.arrays import Floats, Ints, Longs
from app.core.errors import InputError
from app.core.scenario import Scenario
from app.core.siting.borders import Land
from app.core.siting.lots import UNEVEN, Lots, largest_over_smallest, make_lots, most_lots
from app.core.siting.prepare import Prepared
from app.core.siting.problem import Flags


def lots_within(  # noqa: PLR0913  # what lots are made of
    xy: Floats,
    kwh_day: Floats,
    count: int,
    owner: Longs,
    *,
    seed: int,
    also: tuple[Floats, ...] = (),
    weak: Flags | None = None,
    land: Land | None = None,
) -> Lots:
    """Make lots that each lie with one owner: more lots for whoever has more energy.

    Parameters
    ----------
    owner : (site,)
        From 0, without gaps.
    """
    owners = int(owner.max(initial=-1)) + 1
    if count < owners:
        raise InputError(f"{count} lots cannot keep {owners} grid operators apart")
    share = _shared_out(owner, kwh_day, count)
    if share.sum() < count:
        raise InputError(f"these sites make at most {share.sum()} lots within grid operators")
    lot, parts, joined = np.zeros(len(xy), np.int64), list[int](), list[float]()
    for each in range(owners):
        mine = owner == each
        found = make_lots(
            xy[mine], kwh_day[mine], int(share[each]), seed=seed,
            also=tuple(measure[mine] for measure in also),
            weak=None if weak is None else weak[mine],
            land=None if land is None else land.only(mine),
        )  # fmt: skip
        lot[mine] = found.lot + share[:each].sum()
        parts += found.pieces
        joined.append(found.joined_ratio)
    spread = tuple(largest_over_smallest(lot - 1, each, count) for each in (kwh_day, *also))
    return Lots(lot, spread[0], spread, tuple(parts), max(joined, default=1.0))


def _shared_out(owner: Longs, kwh_day: Floats, count: int) -> Longs:
    """Give every owner a lot, and each further one to whose lots would be the largest."""
    energy = np.bincount(owner, kwh_day)
    most = np.array([most_lots(kwh_day[owner == each]) for each in range(energy.size)])
    share = np.ones(energy.size, np.int64)
    while share.sum() < count and (share < most).any():
        share[np.where(share < most, energy / share, -1.0).argmax()] += 1
    return share


def plan_lots(
    prepared: Prepared, scenario: Scenario, served_kwh: Floats, points: Ints, cost: Floats
) -> tuple[Lots, list[str]]:
    """Divide the chosen sites, and say what could not be had.

    Energy, points and cost are shared out alike; weak are sites whose points deliver little.
    """
    chosen = np.flatnonzero(points)
    places = prepared.places.iloc[chosen]
    xy, kwh = places[["x", "y"]].to_numpy(float).reshape(-1, 2), served_kwh[chosen]
    new = points[chosen].astype(float)
    least = prepared.values["weak_point"].value
    if not chosen.size:
        return Lots(np.zeros(0, np.int64), 1.0), []
    owner, words = _owners(places, xy, scenario)
    owners = int(owner.max()) + 1
    count = int(_shared_out(owner, kwh, max(scenario.lots, owners)).sum())
    lots = lots_within(
        xy, kwh, count, owner, seed=scenario.seed, also=(new, cost[chosen]),
        weak=kwh < least * new * prepared.kwh_point[chosen],
        land=Land(places["district"].to_numpy(np.int64), prepared.spots, prepared.borders),
    )  # fmt: skip
    if count != scenario.lots:
        words.append(_other_count(count, scenario.lots, apart=owners > 1))
    return lots, [*words, *_clashes(lots, apart=owners > 1)]


def _owners(places: pd.DataFrame, xy: Floats, scenario: Scenario) -> tuple[Longs, list[str]]:
    """Find whose grid each site is on, if lots must keep to that; unknown: as the nearest known."""
    nobody, words = np.zeros(len(places), np.int64), list[str]()
    if scenario.lots_per_dso == "off":
        return nobody, words
    told = places["dso"].to_numpy(object)
    known = told != ""
    if not known.any():
        words.append(
            "No map says which grid operator a place is on, so lots may cross their borders: "
            "load a grid or districts map with a column dso."
        )
        return nobody, words
    if lost := int((~known).sum()):
        told = told[known][cKDTree(xy[known]).query(xy)[1]]
        words.append(
            f"{lost} of {len(places)} places have no known grid operator: they count to the "
            "nearest that has one."
        )
    return np.unique(told.astype(str), return_inverse=True)[1], words


def _other_count(made: int, wanted: int, *, apart: bool) -> str:
    if made > wanted:
        return f"Lots that keep to one grid operator each are {made} here, not {wanted}."
    within = " within one grid operator each" if apart else ""
    return f"These places make {made} lots of equal worth{within}, not {wanted}."


def _clashes(lots: Lots, *, apart: bool) -> list[str]:
    """Say where equal worth, hanging together and grid operators cannot all be had."""
    found = []
    if apart and lots.ratio > UNEVEN:
        found.append(
            f"Kept within one grid operator each, the largest lot has {lots.ratio:.2f} times the "
            "energy of the smallest."
        )
    torn = sum(each > 1 for each in lots.pieces)
    if torn:
        found.append(
            f"{torn} of {len(lots.pieces)} lots lie in more than one part: in one part each, the "
            f"largest would have {lots.joined_ratio:.2f} times the energy of the smallest."
        )
    return found
