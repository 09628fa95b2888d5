"""Use-case: read a person's own demand, candidates and limits, ready to choose sites from."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
from pyproj import CRS
from pyproj.exceptions import CRSError

from app.core.engine.arrays import Floats, Ints
from app.core.errors import InputError
from app.core.schema import Column
from app.core.siting.problem import (
    UNKNOWN,
    UNLIMITED,
    Demands,
    Grid,
    Problem,
    Sites,
    Terms,
    fitting,
)
from app.sources.own_notices import Refusals
from app.sources.own_tables import read_own_table

MANY, MUCH = 1_000_000, 1e12
MOST = MappingProxyType({"points": MANY * 1000, "seed": 2**63 - 1, "lots": MANY})
DEGREES, FAR_M = 180.0, 10_000.0
DEMAND = (
    Column("demand_id", "name of the demand point", "text", required=True),
    Column("x", "coordinate", "number", "m", required=True),
    Column("y", "coordinate", "number", "m", required=True),
    Column("kwh_day", "energy wanted", "number", "kWh/day", required=True, low=0, high=MUCH),
    Column("district_id", "district", "text"),
    Column("homes", "homes there", "number", low=0, high=MUCH),
    Column("group", "user group", "text"),
)
CANDIDATES = (
    Column("candidate_id", "name of the candidate", "text", required=True),
    Column("x", "coordinate", "number", "m", required=True),
    Column("y", "coordinate", "number", "m", required=True),
    Column("transformer_id", "transformer that feeds it; empty where unknown", "text"),
    Column("max_points", "the most points there", "whole", required=True, low=0, high=MANY),
    Column(
        "cost_fixed_eur", "cost of opening it", "number", "EUR", required=True, low=0, high=MUCH
    ),
    Column("cost_point_eur", "cost of a point", "number", "EUR", required=True, low=0, high=MUCH),
    Column("district_id", "district", "text"),
    Column("locked", "must be in the plan", "flag"),
    Column("excluded", "must not be in the plan", "flag"),
    Column("existing_points", "points that stand there", "whole", low=0, high=MANY),
    Column("type", "type of point", "text"),
    Column("weight", "value of a kWh served there", "number", low=0, high=1000),
    Column("lot", "lot it belongs to", "text"),
)
LIMITS = (
    Column("transformer_id", "name of the transformer", "text", required=True),
    Column("headroom_kw", "room left", "number", "kW", required=True, low=0, high=MUCH),
)


@dataclass(frozen=True, slots=True)
class SitesOptions:
    """Every option of a run on own tables; defaults as on the command line."""

    radius_m: float
    detour: float = 1.3
    budget_eur: float | None = None
    points: int | None = None
    kwh_point_day: float = 16.0
    kw_point: float = 11.0
    coincidence: float = 1.0
    floor: float | None = None
    floor_price: float = 2.0
    objective: str = "served"
    min_spacing_m: float = 0.0
    lock: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    seconds: float = 5.0
    prove: float = 0.0
    lots: int = 1
    seed: int = 1
    crs: str | None = None
    years: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be meant, all of it at once."""
        positive = ("radius_m", "detour", "kwh_point_day", "kw_point", "coincidence")
        faults = [
            f"--{name.replace('_', '-')} {getattr(self, name):g}: wanted more than 0"
            for name in positive
            if not 0 < getattr(self, name) < np.inf
        ]
        least = (
            "budget_eur", "points", "floor", "floor_price", "min_spacing_m", "seconds", "prove",
            "seed",
        )  # fmt: skip
        for name in least:
            value = getattr(self, name)
            if value is not None and not 0 <= value < np.inf:
                faults.append(f"--{name.replace('_', '-')} {value:g}: wanted 0 or more")
        faults += [
            f"--{name} {getattr(self, name)}: wanted {most} at most"
            for name, most in MOST.items()
            if (getattr(self, name) or 0) > most
        ]
        listed = ",".join(map(str, self.years))
        checks = (
            (self.detour < 1, f"--detour {self.detour:g}: no walk is shorter than a straight line"),
            ((self.floor or 0) > 1, f"--floor {self.floor}: wanted a share from 0 to 1"),
            (
                self.objective not in {"served", "coverage"},
                f"--objective {self.objective}: wanted served or coverage",
            ),
            (list(self.years) != sorted(set(self.years)), f"--years {listed}: the years must rise"),
            (
                bool(self.years) and self.prove > 0,
                "--prove and --years: a plan in years is not proven, leave one out",
            ),
            (self.lots < 1, f"--lots {self.lots}: wanted 1 or more"),
        )
        faults += [words for wrong, words in checks if wrong]
        if faults:
            raise InputError("\n".join(faults))


@dataclass(frozen=True, slots=True)
class SitesPaths:
    """The files of a run; limits may be missing."""

    demand: Path
    candidates: Path
    limits: Path | None = None


@dataclass(frozen=True, slots=True, eq=False)
class OwnTables:
    """The question in a person's own tables.

    Attributes
    ----------
    transformer, type, lot : (site,)
        As the file says; empty where it says nothing.
    grid_unknown : (site,)
        Whether the room on its transformer is unknown.
    homes : (demand,)
        Homes at each demand point; NaN is unknown.
    inputs
        SHA-256 of each file, by its name.
    yearly
        The room in each year asked for.
    """

    problem: Problem
    transformer: tuple[str, ...]
    type: tuple[str, ...]
    lot: tuple[str, ...]
    grid_unknown: np.ndarray
    weighted: bool
    limited: bool
    homes: Floats
    inputs: dict[str, str]
    notices: tuple[str, ...]
    yearly: tuple[Grid, ...] = ()


def read_sites(paths: SitesPaths, options: SitesOptions) -> OwnTables:
    """Read and check the tables, or refuse with all faults of the first file that has some."""
    if options.crs is not None:
        _refuse_crs(options.crs)
    demand, said = _read(paths.demand, DEMAND, "demand_id")
    places, more = _read(paths.candidates, CANDIDATES, "candidate_id", also=("transformer_id",))
    _refuse_degrees((paths.demand, demand), (paths.candidates, places))
    limits, last = None, list[str]()
    if paths.limits is not None:
        columns = (*LIMITS, *(_room_of(year) for year in options.years))
        limits, last = _read(paths.limits, columns, "transformer_id")
        last += _years_told(paths.limits.name, limits, last, options.years)
    names = sorted(set(_words(demand, "district_id")) | set(_words(places, "district_id")))
    district = {name: at for at, name in enumerate(names)}
    grid, transformer, unknown = _grid(places, limits, options)
    yearly = tuple(_grid(places, limits, options, year)[0] for year in options.years)
    locked, excluded = _by_hand(places, options)
    problem = Problem(
        _demands(demand, district),
        _sites(places, district, options, transformer, locked, excluded),
        grid,
        _terms(options),
        tuple(names),
    )
    files = [paths.demand, paths.candidates, *([paths.limits] if paths.limits else [])]
    return OwnTables(
        problem=problem,
        transformer=tuple(_words(places, "transformer_id")),
        type=tuple(_words(places, "type")),
        lot=tuple(_words(places, "lot")),
        grid_unknown=unknown,
        weighted="weight" in places,
        limited=limits is not None,
        homes=_numbers(demand, "homes", np.nan),
        inputs={file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files},
        notices=(*said, *more, *last),
        yearly=yearly,
    )


def _room_of(year: int) -> Column:
    return Column(f"headroom_kw_{year}", f"room left in {year}", "number", "kW", low=0, high=MUCH)


def _years_told(
    file: str, limits: pd.DataFrame, said: Sequence[str], years: Sequence[int]
) -> list[str]:
    """Say which years have no room of their own, and that columns of years need years."""
    found = [
        f"{file}: no column {name}, so room in {year} is headroom_kw"
        for year, name in ((year, _room_of(year).name) for year in years)
        if name not in limits
    ]
    if not years and any("headroom_kw_" in str(each) for each in said):
        found.append(f"{file}: headroom_kw_<year> is read where --years names the year")
    return found


def _read(
    path: Path, columns: Sequence[Column], key: str, also: tuple[str, ...] = ()
) -> tuple[pd.DataFrame, list[str]]:
    """Read one table, sorted by its key: the order of a file must not change a plan."""
    table = read_own_table(path, columns)
    frame, refusals = table.frame, Refusals(path.name)
    for name in also:
        if name not in frame:
            refusals.say(f"column {name} is missing", "column_missing")
    repeated = frame[key].duplicated(keep="first").to_numpy()
    refusals.add(repeated, key, list(map(repr, frame[key])), "each name once", "id_duplicate")
    refusals.finish()
    return frame.sort_values(key, ignore_index=True, kind="stable"), list(table.notices)


def _words(frame: pd.DataFrame, column: str) -> list[str]:
    return [str(each) for each in frame[column]] if column in frame else [""] * len(frame)


def _numbers(frame: pd.DataFrame, column: str, usual: float) -> Floats:
    """Read an optional column; what is left empty is the usual."""
    if column not in frame:
        return np.full(len(frame), usual)
    found = frame[column].to_numpy(float)
    return np.where(np.isnan(found), usual, found)


def _refuse_crs(name: str) -> None:
    """Refuse a coordinate system that is unknown, or does not count in metres."""
    try:
        crs = CRS.from_user_input(name)
    except CRSError as error:
        raise InputError(f"--crs {name}: no such coordinate system") from error
    if not crs.is_projected or crs.axis_info[0].unit_name != "metre":
        raise InputError(f"--crs {name} ({crs.name}) does not count in metres")


def _refuse_degrees(*files: tuple[Path, pd.DataFrame]) -> None:
    """Refuse coordinates that are degrees: all small, and no others nearby in metres."""
    boxes = [frame[["x", "y"]].agg(["min", "max"]).to_numpy(float) for _, frame in files]
    small = [
        bool(len(frame)) and np.abs(box).max() <= DEGREES
        for (_, frame), box in zip(files, boxes, strict=True)
    ]
    for at, (path, frame) in enumerate(files):
        other = boxes[1 - at]
        apart = np.maximum(boxes[at][0] - other[1], other[0] - boxes[at][1]).max()
        alone = not len(files[1 - at][1]) or apart > FAR_M
        if small[at] and (small[1 - at] or alone):
            raise InputError(
                f"{path.name}, columns x, y: all {len(frame)} rows lie within -180 to 180, so they "
                f"are degrees; wanted metres in a projected system"
            )


def _demands(frame: pd.DataFrame, district: dict[str, int]) -> Demands:
    index = np.array([district[name] for name in _words(frame, "district_id")], np.int32)
    xy = frame[["x", "y"]].to_numpy(float)
    return Demands(tuple(frame["demand_id"]), xy, frame["kwh_day"].to_numpy(float).copy(), index)


def _sites(  # noqa: PLR0913, PLR0917
    frame: pd.DataFrame,
    district: dict[str, int],
    options: SitesOptions,
    transformer: Ints,
    locked: np.ndarray,
    excluded: np.ndarray,
) -> Sites:
    return Sites(
        id=tuple(frame["candidate_id"]),
        xy=frame[["x", "y"]].to_numpy(float),
        max_points=frame["max_points"].to_numpy(np.int32),
        existing=_numbers(frame, "existing_points", 0.0).astype(np.int32),
        fixed_eur=frame["cost_fixed_eur"].to_numpy(float).copy(),
        point_eur=frame["cost_point_eur"].to_numpy(float).copy(),
        kwh_point=np.full(len(frame), options.kwh_point_day),
        pull=_numbers(frame, "weight", 1.0),
        district=np.array([district[name] for name in _words(frame, "district_id")], np.int32),
        transformer=transformer,
        locked=locked,
        barred=excluded,
    )


def _grid(
    places: pd.DataFrame,
    limits: pd.DataFrame | None,
    options: SitesOptions,
    year: int | None = None,
) -> tuple[Grid, Ints, np.ndarray]:
    """Read the room, of a year where it has its own; without limits it is without end."""
    kappa = options.kw_point * options.coincidence
    if limits is None:
        every = np.zeros(len(places), np.int32)
        grid = Grid(("",), np.array([np.inf]), np.array([kappa]), np.array([UNLIMITED]))
        return grid, every, np.zeros(len(places), bool)
    names = {name: at for at, name in enumerate(limits["transformer_id"])}
    headroom = limits["headroom_kw"].to_numpy(float).copy()
    if year is not None:
        own = _numbers(limits, _room_of(year).name, np.nan)
        headroom = np.where(np.isnan(own), headroom, own)
    each = np.full(headroom.size, kappa)
    grid = Grid(tuple(names), headroom, each, fitting(headroom, each))
    found = [names.get(name, UNKNOWN) for name in _words(places, "transformer_id")]
    transformer = np.array(found, np.int32)
    return grid, transformer, transformer == UNKNOWN


def _by_hand(places: pd.DataFrame, options: SitesOptions) -> tuple[np.ndarray, np.ndarray]:
    """Join the columns of the file with the options; refuse contradictions."""
    ids = {name: at for at, name in enumerate(places["candidate_id"])}
    faults, found = [], []
    by_hand = (("locked", "lock", options.lock), ("excluded", "exclude", options.exclude))
    for column, option, names in by_hand:
        marks = _numbers(places, column, 0.0) == 1
        lost = [name for name in names if name not in ids]
        faults += [f"--{option} {name}: no such candidate" for name in lost]
        marks[[ids[name] for name in names if name in ids]] = True
        found.append(marks)
    locked, excluded = found
    for at in np.flatnonzero(locked & excluded):
        faults.append(f"{places['candidate_id'].iloc[at]} is both locked and excluded")
    if faults:
        raise InputError("\n".join(faults))
    return locked, excluded


def _terms(options: SitesOptions) -> Terms:
    return Terms(
        radius_m=options.radius_m,
        detour=options.detour,
        budget_eur=np.inf if options.budget_eur is None else options.budget_eur,
        max_points=np.inf if options.points is None else options.points,
        spacing_m=options.min_spacing_m,
        floor_share=options.floor or 0.0,
        floor_price=options.floor_price,
        objective=options.objective,
    )
