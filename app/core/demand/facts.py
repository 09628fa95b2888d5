"""What the map says of each district, with every blank filled openly."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from app.core.demand.bass import Yearly
from app.core.engine.arrays import Floats
from app.core.errors import InputError
from app.core.layer import STATUSES
from app.core.parameters import Parameter

MEASURED, ESTIMATED, DEFAULT, UNKNOWN = range(len(STATUSES))
YEARLY = re.compile(r"plugins_((?:19|20)\d\d)")  # private plug-in cars on the road in that year


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """Districts as arrays without blanks, in the order of the layer.

    Attributes
    ----------
    cars, plugins : (district,)
        Private cars, and those with a plug, in the year of the registrations.
    company : (district,)
        Company cars kept at home; NaN where not known.
    own_parking : (district,)
        Share of homes with own parking; NaN where not known.
    multifamily : (district,)
        Share of homes in apartment buildings.
    visits : (district,)
        Visitors a day, to spread visitors by; inhabitants where nobody counted.
    depot_kwh_day : (district,)
        What vehicles of depots charge there.
    factor : (district,)
        What a map says of a district's demand against the model's, such as what was learned from
        counts; 1 where it says nothing.
    bev_of_plugin
        Fully electric share of the plug-in cars.
    yearly
        Share of plug-ins in earlier years, over the districts that know all of them.
    status : (district,)
        The weakest of the figures used.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    cars: Floats
    plugins: Floats
    company: Floats
    households: Floats
    population: Floats
    jobs: Floats
    visits: Floats
    depot_kwh_day: Floats
    multifamily: Floats
    own_parking: Floats
    factor: Floats
    bev_of_plugin: float
    yearly: Yearly
    status: tuple[str, ...]
    notices: tuple[str, ...]

    def part(self, rows: slice) -> "Facts":
        """Return some of the districts."""
        counts = ("cars", "plugins", "company", "households", "population", "jobs", "visits")
        others = ("depot_kwh_day", "multifamily", "own_parking", "factor", "ids", "names", "status")
        per_row = (*counts, *others)
        return replace(self, **{name: getattr(self, name)[rows] for name in per_row})


class _Reader:
    """Read columns, remembering per district how good the weakest figure is."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self.level = np.zeros(len(frame), dtype=int)
        self.notices: list[str] = []
        if "status" in frame:
            rank = {status: place for place, status in enumerate(STATUSES)}
            said = frame["status"].map(rank).fillna(MEASURED)
            self.level = said.to_numpy(dtype=int, copy=True)

    def column(self, name: str) -> Floats:
        """Return a column as numbers; what is no count (blank, secret, negative) is NaN."""
        if name not in self.frame:
            return np.full(len(self.frame), np.nan)
        found = pd.to_numeric(self.frame[name], errors="coerce").to_numpy(float, na_value=np.nan)
        return np.where(np.isfinite(found) & (found >= 0), found, np.nan)

    def fill(self, values: Floats, other: Floats, level: int, words: str) -> Floats:
        """Fill blanks from ``other`` where it has a figure, and say so."""
        blank = np.isnan(values) & ~np.isnan(other)
        if blank.any():
            self.level[blank] = np.maximum(self.level[blank], level)
            count = "all" if blank.all() else f"{blank.sum()} of {blank.size}"
            self.notices.append(f"{words} ({count} districts, status {STATUSES[level]}).")
        return np.where(blank, other, values)

    def spread(self, name: str, people: Floats, words: str) -> Floats:
        """Return what a group is spread by; inhabitants where nobody counted it."""
        found = np.nan_to_num(self.column(name))
        if found.sum() > 0:
            return found
        self.notices.append(f"{words} by inhabitants (all districts).")
        return people


def read(frame: pd.DataFrame, numbers: Mapping[str, Parameter]) -> Facts:
    """Read the districts; unknown figures are estimated, never left blank and never hidden."""
    if frame.empty:
        raise InputError("the districts layer has no rows: demand needs at least one district")
    missing = [name for name in ("district_id", "name") if name not in frame]
    if missing:
        raise InputError(f"the districts layer has no column {' and no '.join(missing)}")
    reader = _Reader(frame)
    cars, households, population = _sizes(reader, numbers)
    plugins, bev_of_plugin = _plugins(reader, cars, numbers)
    multifamily = _multifamily(reader, households, numbers)
    jobs = reader.spread("jobs", population, "Jobs are not known: commuters are spread")
    visits = reader.spread("visits_day", population, "Visits are not known: visitors are spread")
    return Facts(
        ids=tuple(frame["district_id"].astype(str)),
        names=tuple(frame["name"].astype(str)),
        cars=cars,
        plugins=plugins,
        company=reader.column("cars_company"),
        households=households,
        population=population,
        jobs=jobs,
        visits=visits,
        depot_kwh_day=np.nan_to_num(reader.column("depot_kwh_day")),
        multifamily=multifamily,
        own_parking=np.minimum(reader.column("off_street_share"), 1),
        factor=_factor(reader),
        bev_of_plugin=bev_of_plugin,
        yearly=_yearly(reader, cars),
        status=tuple(STATUSES[each] for each in reader.level),
        notices=tuple(reader.notices),
    )


def _factor(reader: _Reader) -> Floats:
    """Read the factor on demand; 1 where there is none."""
    told = reader.column("demand_factor")
    if not np.isnan(told).all():
        count = int((~np.isnan(told)).sum())
        words = "The map sets a factor on demand, the city's total kept"
        reader.notices.append(f"{words} ({count} of {told.size} districts).")
    return np.where(np.isnan(told), 1.0, told)


def _sizes(reader: _Reader, numbers: Mapping[str, Parameter]) -> tuple[Floats, Floats, Floats]:
    """Cars, households and inhabitants, each estimated from the others where blank."""
    per_household = numbers["default_cars_household"].value
    people = numbers["default_people_household"].value
    cars, households = reader.column("cars"), reader.column("households")
    population = reader.column("population")
    of_homes = reader.column("dwellings")
    words = "Households are not known: taken equal to homes"
    households = reader.fill(households, of_homes, ESTIMATED, words)
    words = f"Households are not known: estimated as inhabitants / {people:g}"
    households = reader.fill(households, population / people, DEFAULT, words)
    words = f"Households are not known: estimated as cars / {per_household:g}"
    households = reader.fill(households, cars / per_household, DEFAULT, words)
    words = f"Cars are not known: estimated as households x {per_household:g}"
    cars = reader.fill(cars, households * per_household, DEFAULT, words)
    words = f"Inhabitants are not known: estimated as households x {people:g}"
    population = reader.fill(population, households * people, DEFAULT, words)
    nothing = np.zeros(cars.size)
    words = "Neither cars nor households nor inhabitants are known: no demand is shown"
    cars = reader.fill(cars, nothing, UNKNOWN, words)
    return cars, np.nan_to_num(households), np.nan_to_num(population)


def _plugins(
    reader: _Reader, cars: Floats, numbers: Mapping[str, Parameter]
) -> tuple[Floats, float]:
    """Plug-in cars registered, and how many of them are fully electric."""
    bev, phev = reader.column("cars_bev"), reader.column("cars_phev")
    mix = numbers["bev_of_plugin_2022"].value
    if np.isnan(bev).all() and np.isnan(phev).all():
        share = numbers["ev_share_2022"].value
        words = f"Registered plug-in cars are not known: {share:.2%} of private cars everywhere"
        return reader.fill(bev, share * cars, DEFAULT, words), mix
    nothing = np.zeros(cars.size)
    words = "Battery-electric cars are blank: counted as none"
    bev = reader.fill(bev, nothing, ESTIMATED, words)
    words = "Plug-in hybrids are blank: counted as none"
    phev = reader.fill(phev, nothing, ESTIMATED, words)
    plugins = bev + phev
    if (plugins > cars).any():
        count = int((plugins > cars).sum())
        words = "More plug-in cars than cars: counted as all cars"
        reader.notices.append(f"{words} ({count} of {cars.size} districts).")
    known = plugins.sum() > 0
    return np.minimum(plugins, cars), float(bev.sum() / plugins.sum()) if known else mix


def _yearly(reader: _Reader, cars: Floats) -> Yearly:
    """Plug-in share of each year that is told, over the districts that know every such year."""
    names = {name: YEARLY.fullmatch(str(name)) for name in reader.frame}
    years = {int(found[1]): str(name) for name, found in names.items() if found}
    if not years:
        return ()
    plugins = np.array([reader.column(years[year]) for year in sorted(years)])
    known = ~np.isnan(plugins).any(axis=0)
    total = cars[known].sum()
    if total <= 0:
        return ()
    shares = np.minimum(plugins[:, known].sum(axis=1) / total, 1)
    return tuple(zip(sorted(years), shares.tolist(), strict=True))


def _multifamily(reader: _Reader, households: Floats, numbers: Mapping[str, Parameter]) -> Floats:
    """Share of homes in apartment buildings; the city's own mean before our default."""
    share = np.minimum(reader.column("multifamily_share"), 1)
    own = reader.column("off_street_share")
    share = np.where(np.isnan(share) & ~np.isnan(own), 0.0, share)  # not used there
    known = ~np.isnan(reader.column("multifamily_share"))
    if (weight := households * known).sum() > 0:
        mean = float((np.nan_to_num(share) * weight).sum() / weight.sum())
        words = f"The kind of homes is not known: the city's mean, {mean:.0%} apartments"
        return reader.fill(share, np.full(share.size, mean), ESTIMATED, words)
    mean = numbers["default_multifamily"].value
    words = f"The kind of homes is not known: {mean:.0%} apartments everywhere"
    return reader.fill(share, np.full(share.size, mean), DEFAULT, words)
