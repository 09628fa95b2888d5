# ruff: noqa: A005  # the name the design gives it
"""Use-case: from a city and its plan to traffic-light calendars, each tried in the engine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import geopandas as gpd
import numpy as np

from app.core.engine.arrays import Floats, Longs
from app.core.engine.contract import Contract, Terms
from app.core.engine.holidays import wall_day_type
from app.core.engine.weeks import year_clock
from app.core.errors import InputError
from app.core.places import attach
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.tender.calendar import Calendar, CalendarOptions, calendar, load_bins
from app.services.calendar_trial import Trial, tried
from app.services.estimate import estimate
from app.services.holidays import holidays
from app.services.jobs import Report, silent
from app.services.parameters import load_parameters
from app.services.setting import SCENE, Setting, Stretch, peak_week, prepare, rows_of
from app.services.simulate import REFERENCE, dispatch

PIECE = 32  # transformers whose year is laid out at a time
QUARTERS, QUARTER_MIN = 96, 15
CLAUSE = "SMC-04"  # the clause that annexes the calendar
CHARGING = ("opt_out", "share_can_resume", "min_current_a", "taper")
ASKS = (*SCENE, *CHARGING)
Site = tuple[int, str, int]  # transformer (row), lot, points


@dataclass(frozen=True, slots=True, eq=False)
class Calendars:
    """The calendars of a plan.

    Attributes
    ----------
    made
        One per transformer that feeds a place of the plan and whose limit is known.
    unknown
        Transformers with places whose capacity nobody told: they get no calendar.
    nowhere
        Places that no transformer feeds.
    of_site
        Name of the calendar of each place, in the plan's order; empty where there is none.
    trial
        What the engine says of them; None where there is no calendar.
    zone
        Time zone of the hours.
    """

    made: tuple[Calendar, ...]
    unknown: tuple[str, ...]
    nowhere: int
    of_site: tuple[str, ...]
    trial: Trial | None
    zone: str

    @property
    def contracts(self) -> tuple[Contract, ...]:
        """The contracts alone."""
        return tuple(each.contract for each in self.made)


def calendar_options(scenario: Scenario) -> CalendarOptions:
    """Say how calendars are drawn up; points by the scenario's kind of point."""
    numbers = load_parameters()
    return CalendarOptions(
        confidence=numbers["calendar_confidence"].value,
        full_kw=22.08 if scenario.point_type == "ac22" else 11.04,
        min_window_min=int(numbers["calendar_min_window_min"].value),
        max_windows=int(numbers["calendar_max_windows"].value),
        max_red_h=numbers["calendar_max_red_h"].value,
    )


def calendars(
    project: Project, scenario: Scenario, sites: gpd.GeoDataFrame, *, report: Report = silent
) -> Calendars:
    """Draw up and try the calendars of the places of a tender.

    Parameters
    ----------
    sites
        Places with ``n_charge_points`` and ``lot_code``, as in the location list.
    """
    rows = rows_of(project)
    if not len(sites):
        return Calendars((), (), 0, (), None, project.timezone)
    at = attach(sites.geometry.to_crs(project.crs).to_numpy(), rows)
    lots = sites["lot_code"].astype(str) if "lot_code" in sites else [""] * len(sites)
    counts = sites["n_charge_points"].astype(int)
    asked = tuple(zip(at.tolist(), lots, counts.tolist(), strict=True))
    if report is silent:
        return _kept(project, scenario.only(*ASKS), asked, calendar_options(scenario))
    return _made(project, scenario.only(*ASKS), asked, calendar_options(scenario), report)


@lru_cache(maxsize=8)
def _kept(
    project: Project, scenario: Scenario, sites: tuple[Site, ...], options: CalendarOptions
) -> Calendars:
    return _made(project, scenario, sites, options, silent)


def _made(
    project: Project,
    scenario: Scenario,
    sites: tuple[Site, ...],
    options: CalendarOptions,
    report: Report,
) -> Calendars:
    report(0.0, "Estimating demand")
    setting = prepare(project, estimate(project, scenario), scenario)
    rows = np.unique([row for row, _, _ in sites if row >= 0]).astype(np.int64)
    known = rows[np.isfinite(setting.limit_kw[rows])]
    report(0.1, "Counting cars that charge at once")
    days = peak_week(setting)
    share = active_share(setting, days, scenario)
    report(0.3, "Laying out the year")
    made = _calendars(project, setting, known, sites, share, options)
    trial = None
    if made:
        trial, made = tried(setting, days, known, made, scenario, report)
    names = {int(row): each.contract.key for row, each in zip(known, made, strict=True)}
    unknown = np.setdiff1d(rows, known)
    return Calendars(
        made,
        tuple(setting.facts["asset_id"].iloc[unknown].astype(str)),
        sum(row < 0 for row, _, _ in sites),
        tuple(names.get(row, "") for row, _, _ in sites),
        trial,
        project.timezone,
    )


def active_share(setting: Setting, days: Stretch, scenario: Scenario) -> Floats:
    """Return the share of points that charge at once, by quarter-hour of the day.

    A high percentile over transformers and days of the peak week, charging uncontrolled.
    """
    each = days.sessions
    ends = np.maximum(dispatch(setting, days, REFERENCE, scenario).finished, each.arrival)
    moves = np.zeros((each.rows, days.clock.steps + 1))
    np.add.at(moves, (each.row, each.arrival), 1.0)
    np.add.at(moves, (each.row, ends), -1.0)
    has = setting.points > 0
    charging = moves.cumsum(axis=1)[has, :-1] / setting.points[has, None]
    quarter = days.clock.minute // QUARTER_MIN
    rank = load_parameters()["calendar_active"].value
    found = [
        np.percentile(charging[:, days.counted & (quarter == at)], rank) if has.any() else 1.0
        for at in range(QUARTERS)
    ]
    return np.asarray(np.minimum(np.array(found), 1.0), np.float64)


def _calendars(  # noqa: PLR0913, PLR0917  # what a calendar is made of
    project: Project,
    setting: Setting,
    known: Longs,
    sites: tuple[Site, ...],
    share: Floats,
    options: CalendarOptions,
) -> tuple[Calendar, ...]:
    rules = holidays(project.country)
    clock = year_clock(setting.year, setting.zone)
    kinds = wall_day_type(clock, rules)
    wall = (clock.day, kinds, clock.month, clock.minute)
    new, lots = _by_row(sites)
    found: list[Calendar] = []
    for first in range(0, len(known), PIECE):
        some = known[first : first + PIECE]
        base_kw = setting.only(some).base_kw(clock)
        bins = load_bins(base_kw, wall, options.confidence)
        for row, cells in zip(some.tolist(), bins, strict=True):
            points = int(setting.facts["existing"].iloc[row]) + new[row]
            terms = _terms(str(setting.facts["asset_id"].iloc[row]), lots[row], rules, options)
            made = calendar(
                cells,
                float(setting.limit_kw[row]),
                points,
                share,
                name=f"TL-{len(found) + 1:03d}",
                options=options,
                facts=_facts(terms, options),
            )
            assert made is not None  # noqa: S101  # the limit is known
            found.append(made)
    return tuple(found)


def replay(
    project: Project, scenario: Scenario, sites: gpd.GeoDataFrame, contracts: Sequence[Contract]
) -> Trial:
    """Run somebody's calendars on the transformers of a plan, as they are.

    A calendar that names a transformer holds there; one that names none holds where its name is
    that of ours, or everywhere if it is the only one.
    """
    ours = calendars(project, scenario, sites)
    if not ours.made:
        raise InputError("no transformer of this plan has a known limit to hold a calendar against")
    by_asset = {each.terms.asset_id: each for each in contracts if each.terms.asset_id}
    by_name = {each.key: each for each in contracts if not each.terms.asset_id}
    only = contracts[0] if len(contracts) == 1 and not by_asset else None
    used = []
    for each in ours.contracts:
        found = by_asset.get(each.terms.asset_id) or by_name.get(each.key) or only
        if found is None:
            raise InputError(f"the file has no calendar for transformer {each.terms.asset_id}")
        used.append(Calendar(found, (), None, 0.0))
    asked = scenario.only(*ASKS)
    setting = prepare(project, estimate(project, asked), asked)
    ids = {name: row for row, name in enumerate(setting.facts["asset_id"].astype(str))}
    rows = np.array([ids[each.terms.asset_id] for each in ours.contracts], np.int64)
    return tried(setting, peak_week(setting), rows, tuple(used), asked, rounds=0)[0]


def _by_row(sites: tuple[Site, ...]) -> tuple[Mapping[int, int], Mapping[int, str]]:
    """Sum the new points of each transformer, and name the lots they are in."""
    points: dict[int, int] = {}
    lots: dict[int, set[str]] = {}
    for row, lot, count in sites:
        points[row] = points.get(row, 0) + count
        lots.setdefault(row, set()).add(lot)
    return points, {row: ";".join(sorted(found)) for row, found in lots.items()}


def _terms(asset_id: str, lot_code: str, rules: tuple[str, ...], options: CalendarOptions) -> Terms:
    numbers = load_parameters()
    return Terms(
        asset_id=asset_id,
        lot_code=lot_code,
        holidays=rules,
        fallback_kw=options.step_kw(numbers["calendar_fallback_a"].value),
        log_interval_min=numbers["calendar_log_min"].value,
        compliance_pct=numbers["calendar_compliance_pct"].value,
        guarantee_basis="departure_share",
    )


def _facts(terms: Terms, options: CalendarOptions) -> Mapping[str, object]:
    numbers = load_parameters()
    return {
        "terms": terms,
        "rated_a": float(options.amps(options.full_kw)),
        "override_share": numbers["override_share"].value,
        "note": (
            "Made from the load of the year, the limit and the points of the plan. The next day's "
            "changes are told by 14:00; drivers may always ask for full power at once."
        ),
    }
