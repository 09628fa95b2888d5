"""A calendar goes out as CSV, JSON or TOML and comes back the same, in words and in load."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from app.core.engine.arrays import Sessions
from app.core.engine.clock import Clock
from app.core.engine.contract import (
    BASES,
    COLOURS,
    DAY_TYPES,
    TRIGGERS,
    UNITS,
    Contract,
    Terms,
    Thresholds,
    Window,
)
from app.core.engine.result import Options
from app.core.engine.run import run
from app.core.errors import InputError
from app.core.tender.calendar_file import (
    calendar_csv,
    calendar_document,
    calendar_toml,
    whole_days,
)
from app.services.contracts import load_contracts
from app.services.own_contract import find_contract, read_contracts
from tests.core.engine.cases import make_sessions

ZONE = "Europe/Amsterdam"
WRITERS: dict[str, Callable[[tuple[Contract, ...]], str]] = {
    "csv": calendar_csv,
    "json": lambda some: json.dumps(calendar_document(some, zone=ZONE)),
    "toml": lambda some: calendar_toml(some, zone=ZONE),
}


def drawn(seed: int) -> Contract:
    """Draw a contract with every field somewhere in its range."""
    dice = np.random.default_rng(seed)

    def pick(*some: str) -> str:
        return some[dice.integers(len(some))]

    def maybe(high: float) -> float | None:
        return None if dice.random() < 0.3 else float(dice.random() * high)

    unit = pick(*UNITS)
    windows = []
    halves = (tuple(range(1, 7)), tuple(range(7, 13)))
    for months in halves if dice.random() < 0.5 else (halves[0] + halves[1],):
        for days in (DAY_TYPES[:1], DAY_TYPES[1:]):
            edges = np.unique([0, *dice.integers(1, 1440, 3), 1440]).tolist()
            for start, end in pairwise(edges):
                colour = pick(*COLOURS)
                in_kw = unit != "per_point" or dice.random() < 0.5
                limit = {
                    "limit_kw": float(dice.random() * 11) if in_kw else None,
                    "limit_share": None if in_kw else float(dice.integers(101)) / 100,
                }
                if colour == "green":
                    limit = {"limit_kw": None, "limit_share": None}
                windows.append(Window(start, end, colour, day_types=days, months=months, **limit))
    terms = Terms(
        direction=pick("import", "export"),
        asset_id=pick("", "T-1", "=T2"),
        lot_code=pick("", "2"),
        full_kw=float(dice.random() * 50),
        phases=int(dice.integers(1, 4)),
        max_hours_day=maybe(24),
        max_events_year=maybe(365),
        override_surcharge_eur_kwh=maybe(1),
        min_kwh_guarantee=maybe(20),
        guarantee_basis=pick("", *BASES),
        fallback_kw=maybe(11),
        log_interval_min=maybe(60),
        compliance_pct=maybe(100),
        compensation=pick("", 'a fine, "as agreed"; €5', "-5 EUR"),
        review_date=pick("", "2028-02-29"),
        holidays=(("12-25", "easter+1", "04-27<"), ())[dice.integers(2)],
    )
    guarantee = bool(dice.integers(2))
    return Contract(
        key=f"K{seed}",
        title=pick("Evening", "Été: 16–20 h"),
        windows=tuple(windows),
        source="kerbwatt",
        confidence=pick("A", "B", "C"),
        override=bool(dice.integers(2)),
        pause_allowed=bool(dice.integers(2)),
        guarantee=guarantee,
        override_share=float(dice.random()),
        rated_a=pick_a(dice),
        note=pick("", "ours"),
        unit=unit,
        trigger=pick(*TRIGGERS),
        notice_min=float(dice.integers(0, 60)),
        thresholds=Thresholds(0.7, 0.93, 0.07),
        terms=terms,
    )


def pick_a(dice: np.random.Generator) -> float:
    return (16.0, 32.0)[dice.integers(2)]


def some_cars(clock: Clock, *, rows: int, cars: int) -> Sessions:
    """Two stations a transformer; all have energy enough to be held back."""
    dice = np.random.default_rng(7)
    arrival = dice.integers(0, clock.steps - 60, rows * cars)
    one = dice.random(rows * cars) < 0.2
    return make_sessions(
        rows,
        row=np.repeat(np.arange(rows), cars),
        arrival=arrival,
        departure=arrival + dice.integers(20, 60, rows * cars),
        energy_kwh=dice.uniform(5, 40, rows * cars),
        power_kw=np.where(one, 3.68, 11.04),
        station=dice.integers(0, 2, rows * cars),
    )


def back(text: str, folder: Path, form: str) -> tuple[Contract, ...]:
    path = folder / f"traffic_light.{form}"
    path.write_text(text, "utf-8")
    return read_contracts(path)


@pytest.mark.parametrize("form", WRITERS)
def test_two_hundred_contracts_come_back_equal(form: str, tmp_path: Path) -> None:
    some = tuple(drawn(seed) for seed in range(200))
    assert back(WRITERS[form](some), tmp_path, form) == some


def test_every_preset_is_written_in_whole_days_and_keeps_its_load(tmp_path: Path) -> None:
    clock = Clock.days(datetime(2030, 3, 30), 3, ZONE)  # noqa: DTZ001  # over the night of 23 h
    cars = some_cars(clock, rows=2, cars=60)
    for key, contract in load_contracts().items():
        (found,) = back(calendar_csv((contract,)), tmp_path, "csv")
        assert found == whole_days(contract), key
        loads = [simulated(each, clock, cars) for each in (contract, found)]
        assert np.array_equal(*loads), key


def simulated(
    contract: Contract, clock: Clock, cars: Sessions, strategy: str = "traffic_light"
) -> np.ndarray:
    base, limit = np.full((2, clock.steps), 10.0), np.array([60.0, np.nan])
    options = Options(share_can_resume=1.0)
    found = run(strategy, cars, base, limit, clock, options, contract=contract)
    return found.load_kw


def test_a_green_calendar_is_uncontrolled_charging_bit_by_bit() -> None:
    clock = Clock.days(datetime(2030, 1, 7), 2, ZONE)  # noqa: DTZ001  # a local day
    cars = some_cars(clock, rows=2, cars=60)
    green = Contract("g", "", (Window(0, 1440, "green"),), "", "C")
    calm = simulated(green, clock, cars)
    assert np.array_equal(calm, simulated(green, clock, cars, "uncontrolled"))
    export = replace(green, windows=(Window(0, 1440, "red", 0.0),), terms=Terms(direction="export"))
    assert np.array_equal(calm, simulated(export, clock, cars)), "it asks nothing of charging"


@pytest.mark.parametrize("unit", ["per_station", "per_cluster", "per_transformer"])
def test_units_stay_below_their_limit_in_amber_and_red(unit: str) -> None:
    """Every car can pause and none overrides; two stations on each transformer."""
    clock = Clock.days(datetime(2030, 1, 7), 2, ZONE)  # noqa: DTZ001  # a local day
    cars = some_cars(clock, rows=2, cars=60)
    windows = (
        Window(0, 960, "green"),
        Window(960, 1200, "amber", 14.0),
        Window(1200, 1440, "red", 4.2),
    )
    contract = Contract("u", "", windows, "", "C", override=False, unit=unit)
    found = simulated(contract, clock, cars) - 10.0
    units = 2 if unit == "per_station" else 1
    for window in windows[1:]:
        held = (clock.minute >= window.start_min) & (clock.minute < window.end_min)
        assert found[:, held].max() <= (window.limit_kw or 0) * units + 1e-6
    free = simulated(contract, clock, cars, "uncontrolled") - 10.0
    assert free[:, (clock.minute >= 960)].max() > 14.0 * units, "the limit would bind"


def test_a_gap_in_a_file_of_many_calendars_is_refused(tmp_path: Path) -> None:
    text = calendar_csv((drawn(1), replace(drawn(2), key="other")))
    lines = text.splitlines()
    with pytest.raises(InputError, match="gap between midnight"):
        back("\n".join([lines[0], *lines[2:]]), tmp_path, "csv")


@pytest.mark.parametrize(
    ("text", "form", "said"),
    [
        ("{", "json", "not valid"),
        ("{}", "json", "wanted .calendars."),
        ("[]", "json", "not a contract"),
        ('{"calendars": [{"windows": [{"start": "00:00"}]}]}', "json", "end"),
        ("calendars = 3", "toml", "not a contract"),
    ],
)
def test_a_document_that_is_no_calendar_is_refused(
    text: str, form: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=said):
        back(text, tmp_path, form)


@pytest.mark.parametrize(
    ("field", "value"),
    [("holidays", "christmas"), ("guarantee_basis", "luck"), ("review_date", "soon")],
)
def test_terms_that_mean_nothing_are_refused(field: str, value: str, tmp_path: Path) -> None:
    told = calendar_document((drawn(3),), zone=ZONE)
    told["calendars"][0][field] = value
    with pytest.raises(InputError, match=value):
        back(json.dumps(told), tmp_path, "json")


def test_a_run_follows_one_calendar(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text(calendar_csv((drawn(1), drawn(2))), "utf-8")
    with pytest.raises(InputError, match="2 calendars in one file"):
        find_contract(path)
