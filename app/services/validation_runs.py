"""Use-case: compute every published figure anew, each with its named parameter set."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeAlias
from zoneinfo import ZoneInfo

import numpy as np

from app.core.demand.groups import GROUPS
from app.core.engine.arrays import STEP_H, Floats, Sessions
from app.core.engine.clock import STEP_MIN, Clock
from app.core.engine.contract import Contract
from app.core.engine.flexibility import flexibility
from app.core.engine.generator import generate
from app.core.engine.hosting import Rules, host_row, points_from_days
from app.core.engine.keys import text_keys
from app.core.engine.patterns import PATTERNS
from app.core.engine.result import EngineResult, Options
from app.core.engine.run import run
from app.core.scenario import Scenario
from app.core.validation import Setup
from app.services.contracts import load_contracts
from app.services.estimate import estimate
from app.services.own_files import OwnCase, OwnPaths, read_own
from app.services.parameters import load_parameters
from app.services.patterns import load_patterns
from app.services.projects import load_project
from app.services.setting import prepare, week_stretch
from app.services.validation import load_setups
from app.services.validation_learning import compute_learning
from app.services.validation_measured import Told, compute_occupancy, compute_sessions
from app.settings import SETTINGS

ZONE = "Europe/Amsterdam"
CITY = "utrecht"
DAY_H, YEAR_D = 24, 365
STEPS_DAY = 96
KWH_MWH = 1000
VISITOR = next(place for place, group in enumerate(GROUPS) if group.key == "visitor")
QUANTILES = {"p10": 0.1, "p50": 0.5, "p90": 0.9}


@dataclass(frozen=True, slots=True)
class Found:
    """What a computation gives for one figure; None where it cannot be computed yet."""

    ours: float | None
    note: str = ""


Answers: TypeAlias = Mapping[str, Found]


def compute(key: str, folder: Path) -> Answers:
    """Compute all figures of one parameter set.

    Parameters
    ----------
    key
        Name of the parameter set.
    folder
        Where the real files lie; sets of the bundled city need none.
    """
    return RUNNERS[key](load_setups()[key], folder)


def _case(setup: Setup, folder: Path) -> OwnCase:
    paths = [folder / name for name in setup.files]
    prices = paths[2] if len(paths) > 2 else None  # noqa: PLR2004  # sessions, base, prices
    return read_own(OwnPaths(paths[0], paths[1], prices=prices), zone=ZONE)


def _run(case: OwnCase, strategy: str, options: Options, *, profiles: bool = False) -> EngineResult:
    return run(
        strategy,
        case.file.sessions,
        case.base_kw,
        case.limit_kw,
        case.clock,
        options,
        price_eur_per_mwh=case.eur_per_mwh,
        profiles=profiles,
        threads=SETTINGS.threads,
    )


def _paused_peaks(setup: Setup, folder: Path) -> Answers:
    case = _case(setup, folder)
    options = Options(
        share_can_resume=setup["share_can_resume"],
        min_current_a=setup["min_current_a"],
        sweeps=setup.whole("sweeps"),
    )
    wanted_kwh = float(case.file.sessions.energy_kwh.astype(np.float64).sum())
    answers = {}
    for strategy in ("uncontrolled", "throttle", "pause"):
        told = _run(case, strategy, options)
        served = float(told.served_kwh.astype(np.float64).sum()) / wanted_kwh
        note = f"{served:.2%} of the energy served"
        answers[f"peak_{strategy}"] = Found(float(told.load_kw.max()), note)
    return answers


def _paused_costs(setup: Setup, folder: Path) -> Answers:
    case = _case(setup, folder)
    usual = _cost(case, "uncontrolled", Options())
    slow = Options(share_can_resume=0.0, min_current_a=setup["min_current_a"])
    free = Options(share_can_resume=1.0, min_current_a=setup["min_current_with_pauses_a"])
    never, paused = _cost(case, "price", slow), _cost(case, "price", free)
    return {
        "cost_uncontrolled": Found(usual),
        "cost_no_pause": Found(never),
        "cost_pause": Found(paused),
        "saving_ratio": Found((usual - paused) / (usual - never)),
    }


def _cost(case: OwnCase, strategy: str, options: Options) -> float:
    """Cost of a kWh at the market's price [EUR/kWh]."""
    assert case.eur_per_mwh is not None  # noqa: S101  # the parameter set names the file
    told = _run(case, strategy, options)
    paid_eur = float((told.ev_kw[0] * STEP_H) @ np.nan_to_num(case.eur_per_mwh)) / KWH_MWH
    return paid_eur / float(told.served_kwh.astype(np.float64).sum())


def _paused_hosting(setup: Setup, folder: Path) -> Answers:
    case, numbers = _case(setup, folder), load_parameters()
    base_kw = case.base_kw[0] * (setup["base_peak_kw"] / float(case.base_kw.max()))
    pool = int(numbers["hosting_pool"].value)
    stations = points_from_days(case.file.sessions, case.clock, pool, 0)
    rules = replace(Rules.of(numbers), most=setup.whole("most_points"))
    options = Options(
        share_can_resume=setup["share_can_resume"], min_current_a=setup["min_current_a"]
    )
    median: dict[str, float] = {}
    answers: dict[str, Found] = {}
    for strategy in ("uncontrolled", "throttle", "pause"):
        told = host_row(
            stations,
            base_kw,
            setup["limit_kw"],
            strategy,
            options,
            case.clock,
            rules=rules,
            samples=setup.whole("samples"),
            threads=SETTINGS.threads,
        )
        median[strategy] = float(np.median(told.points))
        note = (
            f"10 to 90 % of the draws: {told.quantile(0.1)} to {told.quantile(0.9)}; "
            f"{told.served_share:.2%} of the energy served"
        )
        answers[f"hosted_{strategy}"] = Found(median[strategy], note)
    answers["hosted_ratio"] = Found(median["pause"] / median["throttle"])
    return answers


def _paused_flexibility(setup: Setup, folder: Path) -> Answers:
    """Repeat the study's example: how much less, all through one hour, than charging at once."""
    case, hold = _case(setup, folder), setup.whole("hold_steps")
    moment = datetime(2022, 8, 31, setup.whole("hour"), tzinfo=ZoneInfo(ZONE))
    step = round((moment - case.clock.start).total_seconds() / 60 / STEP_MIN)
    usual = _run(case, "uncontrolled", Options(), profiles=True)
    answers = {}
    for name, share in (("pause", "share_can_resume"), ("no_pause", "share_without")):
        told = _shed(case.file.sessions, usual, setup, share, hold)
        note = (
            "one of the 100 sessions is charging in that hour, at 10.45 kW; so the figure tests "
            "the rule, not a crowd"
        )
        answers[f"flexibility_moment_{name}"] = Found(float(told[step // hold]), note)
    return answers


def _public_flexibility(setup: Setup, folder: Path) -> Answers:
    """Mean over all hours of what a station could do without for an hour."""
    del folder
    clock, sessions = _stations(setup)
    hold, stations = setup.whole("hold_steps"), setup.whole("stations")
    nothing, unknown = np.zeros((stations, clock.steps)), np.full(stations, np.nan)
    usual = run("uncontrolled", sessions, nothing, unknown, clock, Options(), profiles=True)
    day = STEPS_DAY // hold
    kw, notes = {}, {}
    for name, share in (("pause", "share_can_resume"), ("no_pause", "share_without")):
        hours = _shed(sessions, usual, setup, share, hold)[day:-day] / stations
        by_hour = hours.reshape(-1, day).mean(axis=0)
        low, high = int(by_hour.argmin()), int(by_hour.argmax())
        kw[name] = float(hours.mean())
        notes[name] = (
            f"mean of all hours; by hour of the day {by_hour[low]:.2f} at {low:02d}:00 to "
            f"{by_hour[high]:.2f} at {high:02d}:00"
        )
    return {
        **{f"flexibility_{name}": Found(each, notes[name]) for name, each in kw.items()},
        "flexibility_ratio": Found(kw["no_pause"] / kw["pause"]),
    }


def _shed(sessions: Sessions, usual: EngineResult, setup: Setup, share: str, hold: int) -> Floats:
    """Power that all cars together can do without all through each window [kW]."""
    options = Options(share_can_resume=setup[share], min_current_a=setup["min_current_a"])
    down_kw = flexibility(sessions, usual, options, hold=hold).down_kw.sum(axis=0)
    whole = down_kw.size // hold * hold
    return np.asarray(down_kw[:whole].reshape(-1, hold).min(axis=1))


def _crowd(rows: int, rate: float, kwh: float, clock: Clock, year: int) -> Sessions:
    """Draw public sessions: ``rate`` a day on each row."""
    rates = np.zeros((rows, len(GROUPS)))
    rates[:, VISITOR] = rate
    names = text_keys(f"row-{row}" for row in range(rows))
    energies = np.full(len(GROUPS), kwh)
    return generate(rates, names, energies, load_patterns(), clock, seed=0, year=year)


def _public_kwh() -> float:
    """Mean energy of a public session in the published table [kWh]."""
    patterns, place = load_patterns(), PATTERNS.index("public")
    return float(patterns.energy_kwh[place].mean(axis=1) @ patterns.day_share(place))


def _flexpower(setup: Setup, folder: Path) -> Answers:
    del folder
    clock, sessions = _stations(setup)
    points = setup["points_per_station"]
    usual = _mean_day(sessions, clock, "uncontrolled", None)
    contract = load_contracts()["flexpower-2"]
    less = {}
    for name in ("amber_share", "amber_share_low", "amber_share_high"):
        slower = tuple(replace(each, limit_share=setup[name]) for each in contract.windows)
        light = replace(contract, windows=slower)
        held = _mean_day(sessions, clock, "traffic_light", light)
        window = _window(light)
        less[name] = float((usual - held)[window].mean()), float(held.max()) / points
    note = (
        f"{less['amber_share_low'][0]:.2f} at {setup['amber_share_low']:.0%} and "
        f"{less['amber_share_high'][0]:.2f} at {setup['amber_share_high']:.0%} of the rated "
        f"current; the highest load of the mean day rises from {usual.max() / points:.2f} to "
        f"{less['amber_share'][1]:.2f} kW a point, after the window"
    )
    return {"flexpower_station": Found(less["amber_share"][0], note)}


def _stations(setup: Setup) -> tuple[Clock, Sessions]:
    """Draw the public sessions of stations that are used as much as the set says."""
    clock = Clock.days(datetime(2019, 11, 4), setup.whole("days"), ZONE)  # noqa: DTZ001  # local
    kwh = _public_kwh()
    rate = setup["points_per_station"] * setup["mean_kw_per_point"] * DAY_H / kwh
    return clock, _crowd(setup.whole("stations"), rate, kwh, clock, setup.whole("year"))


def _window(contract: Contract) -> slice:
    """Quarter hours of the first window of a contract."""
    step_min = DAY_H * 60 // STEPS_DAY
    first = contract.windows[0]
    return slice(first.start_min // step_min, first.end_min // step_min)


def _mean_day(sessions: Sessions, clock: Clock, strategy: str, contract: Contract | None) -> Floats:
    """Mean load of a row by quarter hour of the day [kW], the first and last day left out."""
    rows = sessions.rows
    nothing, unknown = np.zeros((rows, clock.steps)), np.full(rows, np.nan)
    options = Options()
    told = run(strategy, sessions, nothing, unknown, clock, options, contract=contract)
    days = told.ev_kw.sum(axis=0).reshape(-1, STEPS_DAY)[1:-1]
    return np.asarray(days.mean(axis=0) / rows)


def _demo_city(setup: Setup, folder: Path) -> Answers:
    del folder
    usual = Scenario().year
    years = {
        "point_kw_2022": setup.whole("year_of_registrations"),
        "point_kw_2025": setup.whole("year_between"),
        "point_kw": usual,
    }
    found = {key: _point_kw(year) for key, year in years.items()}
    mwh = found["point_kw"].ours
    assert mwh is not None  # noqa: S101  # just computed
    return {**found, "point_mwh": Found(mwh * DAY_H * YEAR_D / KWH_MWH, found["point_kw"].note)}


def _point_kw(year: int) -> Found:
    """Simulate the design weeks of the demo city and share the energy out over its points."""
    scenario = replace(Scenario(), year=year)
    project = load_project(CITY)
    setting = prepare(project, estimate(project, scenario), scenario)
    energy_kwh = hours = 0.0
    for week in setting.weeks:
        days = week_stretch(setting, week)
        told = run(
            "uncontrolled", days.sessions, days.base_kw, setting.limit_kw, week.clock, Options()
        )
        energy_kwh += week.day_weight * float(told.ev_kw.sum(axis=0)[week.counted].sum()) * STEP_H
        hours += week.day_weight * float(week.counted.sum()) * STEP_H
    points = int(setting.points.sum())
    per_point = setting.vehicles / points
    note = f"{year}: {points:,} points, {per_point:.1f} electric cars of residents to a point"
    return Found(energy_kwh / hours / points, note)


def _public_crowd(setup: Setup, folder: Path) -> Answers:
    del folder
    clock = Clock.days(datetime(2020, 1, 6), setup.whole("days"), ZONE)  # noqa: DTZ001  # local
    kwh = _public_kwh()
    every = _crowd(setup.whole("rows"), setup["rate"], kwh, clock, setup.whole("year"))
    kept = every.departure < clock.steps
    stay_h = (every.departure - every.arrival)[kept] * STEP_H
    energy_kwh = every.energy_kwh[kept].astype(np.float64)
    patterns, place = load_patterns(), PATTERNS.index("public")
    crowd = {"stay": patterns.stay_h[place, 0], "energy": patterns.energy_kwh[place, 0]}
    answers = {}
    for name, values in (("stay", stay_h), ("energy", energy_kwh)):
        for part, share in QUANTILES.items():
            answers[f"{name}_{part}"] = Found(float(np.quantile(crowd[name], share)))
            answers[f"{name}_grid_{part}"] = Found(float(np.quantile(values, share)))
    full_h = float(stay_h.sum() - (energy_kwh / every.power_kw[kept]).sum())
    note = f"{stay_h.size:,} sessions, charging at once"
    return {**answers, "idle_share": Found(full_h / float(stay_h.sum()), note)}


def _learning(setup: Setup, folder: Path) -> Answers:
    return {key: Found(*told) for key, told in compute_learning(setup, folder).items()}


def _measured(run: Callable[[Setup, Path], Told]) -> Callable[[Setup, Path], Answers]:
    def computed(setup: Setup, folder: Path) -> Answers:
        return {key: Found(ours, note) for key, (ours, note) in run(setup, folder).items()}

    return computed


RUNNERS: Mapping[str, Callable[[Setup, Path], Answers]] = {
    "paused_peaks": _paused_peaks,
    "paused_costs": _paused_costs,
    "paused_hosting": _paused_hosting,
    "paused_flexibility": _paused_flexibility,
    "public_flexibility": _public_flexibility,
    "flexpower": _flexpower,
    "demo_city": _demo_city,
    "public_crowd": _public_crowd,
    "learned_utrecht": _learning,
    "measured_sessions": _measured(compute_sessions),
    "measured_occupancy": _measured(compute_occupancy),
}
