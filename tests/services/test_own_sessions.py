"""A person's own sessions go through the engine, or are refused in a sentence."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from app.commands.simulate_sessions import simulate_sessions
from app.core.errors import InputError

HEAD = "session_id,arrival,departure,energy_kwh,max_power_kw"
DAY = "2026-01-12T"
TWO = (
    f"{HEAD}\n"
    f"a,{DAY}18:00:00+01:00,{DAY}22:00:00+01:00,11,11\n"
    f"b,{DAY}18:30:00+01:00,{DAY}23:00:00+01:00,3.7,3.7\n"
)
KEYS = """schema version strategy options seed start end step_minutes steps sessions
transformers_count counts engine_seconds warmup_seconds read_seconds write_seconds wall_seconds
energy_requested_kwh energy_delivered_kwh energy_unserved_kwh infeasible_kwh energy_discharged_kwh
loss_kwh peak_kw peak_time base_peak_kw peak_ev_kw coincident_peak_kw cost_eur cost_eur_per_kwh
co2_kg users cycles rebound sanity warnings transformers parent_kwh_over parents"""
COUNTS = """dropped cut zero_energy infeasible phases_assumed soc_assumed opted_out throttle_only
can_pause v2g"""


def base(hours: Sequence[float], start: str = "2026-01-12T00:00:00+01:00") -> str:
    times = pd.date_range(start, periods=len(hours), freq="1h")
    rows = (f"{time.isoformat()},{load}" for time, load in zip(times, hours, strict=True))
    return "time,load_kw\n" + "\n".join(rows) + "\n"


class Files:
    """Write the files of a command and run it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str, text: str) -> Path:
        """Write a file."""
        path = self.folder / name
        path.write_text(text, "utf-8")
        return path

    def run(
        self,
        sessions: str,
        strategy: str = "uncontrolled",
        **given: Any,  # noqa: ANN401  # files by name, and options of the command
    ) -> tuple[dict[str, Any], pd.DataFrame]:
        """Run the command; return its indicators and its load."""
        for name in ("base", "limits", "prices"):
            if name in given:
                given[name] = self.path(f"{name}.csv", given[name])
        out = self.folder / "out"
        path = self.path("sessions.csv", sessions)
        simulate_sessions(path, strategy=strategy, out=out, **given)
        kpis = json.loads((out / "kpis.json").read_text("utf-8"))
        return kpis, pd.read_csv(out / "load.csv")


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def test_two_cars_by_hand(files: Files) -> None:
    # a draws 11 kW from 18:00 to 19:00; b 3.7 kW from 18:30 to 19:30: together 14.7 at 18:30
    kpis, load = files.run(TWO, base=base([2.0] * 24))
    assert kpis["peak_kw"] == pytest.approx(16.7)
    assert kpis["peak_time"] == "2026-01-12T18:30:00+01:00"
    assert kpis["base_peak_kw"] == 2
    assert kpis["energy_delivered_kwh"] == pytest.approx(14.7)
    assert kpis["counts"]["phases_assumed"] == 2
    at = load.set_index("time")["ev_kw"]
    assert at["2026-01-12T18:15:00+01:00"] == pytest.approx(11)
    assert at["2026-01-12T18:45:00+01:00"] == pytest.approx(14.7)
    assert at["2026-01-12T19:15:00+01:00"] == pytest.approx(3.7)
    assert at["2026-01-12T19:30:00+01:00"] == 0


def test_the_documents_hold_every_key_in_the_agreed_form(files: Files) -> None:
    kpis, load = files.run(TWO, base=base([2.0] * 24), profiles=True, strategy="pause")
    assert set(kpis) == set(KEYS.split())
    assert set(kpis["counts"]) == set(COUNTS.split())
    assert kpis["schema"] == "kerbwatt.kpis/1"
    assert kpis["cost_eur"] is None
    assert kpis["start"] == "2026-01-12T00:00:00+01:00"
    assert kpis["end"] == "2026-01-13T00:00:00+01:00"
    assert kpis["wall_seconds"] >= kpis["engine_seconds"] + kpis["read_seconds"]
    assert list(load) == ["time", "transformer_id", "base_kw", "ev_kw", "total_kw"]
    assert len(load) == 96
    np.testing.assert_allclose(load["total_kw"], load["base_kw"] + load["ev_kw"], atol=1e-6)
    row = kpis["transformers"][0]
    assert row["transformer_id"] == "T1"
    assert row["limit_kw"] is None
    assert row["hours_over"] is None
    profiles = pd.read_parquet(files.folder / "out" / "profiles.parquet")
    assert list(profiles) == ["session_id", "time", "power_kw"]
    assert str(profiles["time"].dt.tz) == "Europe/Amsterdam"
    kwh = profiles.groupby("session_id")["power_kw"].sum() / 4
    assert kwh["a"] == pytest.approx(11, rel=1e-6)
    assert kwh["b"] == pytest.approx(3.7, rel=1e-6)


def test_without_a_base_whole_days_are_simulated(files: Files) -> None:
    kpis, load = files.run(TWO)
    assert kpis["steps"] == 96
    assert "no_base" in {each["code"] for each in kpis["warnings"]}
    assert (load["base_kw"] == 0).all()


def test_limits_tell_hours_over_and_prices_tell_costs(files: Files) -> None:
    prices = base([50.0] * 18 + [100.0] + [200.0] * 5).replace("load_kw", "eur_per_mwh")
    limits = "transformer_id,limit_kw\nT1,14\n"
    kpis, _ = files.run(TWO, base=base([2.0] * 24), limits=limits, prices=prices)
    # over 14 kW: 16.7 kW from 18:30 to 19:00
    row = kpis["transformers"][0]
    assert row["hours_over"] == pytest.approx(0.5)
    assert row["kwh_over"] == pytest.approx(2.7 * 0.5)
    # 11 + 1.85 kWh at 0.10 and 1.85 kWh at 0.20 EUR/kWh
    assert kpis["cost_eur"] == pytest.approx(1.285 + 0.37)


def test_a_hole_in_prices_gives_no_cost(files: Files) -> None:
    prices = base([50.0] * 18).replace("load_kw", "eur_per_mwh")
    kpis, _ = files.run(TWO, base=base([2.0] * 24), prices=prices)
    assert kpis["cost_eur"] is None
    assert kpis["cost_eur_per_kwh"] is None
    assert "price_hole" in {each["code"] for each in kpis["warnings"]}


def test_sessions_beyond_the_horizon_are_cut_or_dropped_and_counted(files: Files) -> None:
    text = (
        f"{HEAD}\n"
        "a,2026-01-12T22:00:00+01:00,2026-01-13T02:00:00+01:00,8,11\n"
        "b,2026-02-01T22:00:00+01:00,2026-02-02T02:00:00+01:00,8,11\n"
        "c,2026-01-12T10:00:00+01:00,2026-01-12T11:00:00+01:00,0,11\n"
        "d,2026-01-12T10:00:00+01:00,2026-01-12T11:00:00+01:00,20,11\n"
    )
    kpis, _ = files.run(text, base=base([2.0] * 24))
    counts = kpis["counts"]
    assert (counts["cut"], counts["dropped"], counts["zero_energy"]) == (1, 1, 1)
    assert counts["infeasible"] == 1
    assert kpis["infeasible_kwh"] == pytest.approx(9)
    assert kpis["energy_requested_kwh"] == pytest.approx(4 + 20)  # half of a's stay is inside
    assert kpis["energy_delivered_kwh"] == pytest.approx(4 + 11)
    assert kpis["energy_unserved_kwh"] == pytest.approx(0, abs=1e-6)


def test_the_order_of_the_file_changes_nothing(files: Files) -> None:
    rng = np.random.default_rng(0)
    start = pd.Timestamp("2026-01-12", tz="UTC") + pd.to_timedelta(
        rng.integers(0, 90, 60) * 15, "m"
    )
    frame = pd.DataFrame(
        {
            "session_id": [f"s{i}" for i in range(60)],
            "transformer_id": [f"T{i % 3}" for i in range(60)],
            "arrival": start.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "departure": (start + pd.Timedelta(hours=9)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "energy_kwh": rng.uniform(0, 30, 60).round(2),
            "max_power_kw": rng.choice([3.7, 11], 60),
        }
    )
    found = []
    for seed in (1, 2):
        text = frame.sample(frac=1, random_state=seed).to_csv(index=False)
        kpis, load = files.run(text, strategy="pause")
        found.append((load.to_csv(), kpis["peak_kw"], kpis["counts"]))
    assert found[0] == found[1]


def test_a_load_of_five_minutes_is_averaged_and_a_short_hole_bridged(files: Files) -> None:
    times = pd.date_range("2026-01-12", periods=288, freq="5min", tz="Europe/Amsterdam")
    rows = [f"{t.isoformat()},{i % 3}" for i, t in enumerate(times) if not 30 <= i < 36]
    kpis, load = files.run(TWO, base="time,load_kw\n" + "\n".join(rows) + "\n")
    np.testing.assert_allclose(load["base_kw"], 1.0)
    assert {"base_averaged", "base_bridged"} <= {each["code"] for each in kpis["warnings"]}


def bad(row: str, head: str = HEAD) -> str:
    return f"{head}\na,{DAY}18:00:00+01:00,{DAY}22:00:00+01:00,11,11\n{row}\n"


STAY = f"{DAY}18:00:00+01:00,{DAY}22:00:00+01:00"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (bad(f"b,{DAY}18:00:00+01:00,{DAY}17:00:00+01:00,1,11"), "departure_before_arrival"),
        (bad(f"b,{STAY},-1,11"), "energy_negative"),
        (bad(f"b,{STAY},,11"), "energy_nan"),
        (bad(f"b,{STAY},nan,11"), "energy_nan"),
        (bad(f"b,{STAY},inf,11"), "energy_nan"),
        (bad(f"b,{STAY},much,11"), "energy_nan"),
        (bad(f"b,{STAY},1,0"), "power_not_positive"),
        (bad(f"b,{STAY},1,"), "power_not_positive"),
        (bad(f"a,{STAY},1,11"), "duplicate_session"),
        (bad(f"b,yesterday,{DAY}22:00:00+01:00,1,11"), "time_unreadable"),
        (bad(f"b,{STAY},501,11"), "energy_too_high"),
        (bad(f"b,{STAY},1,401"), "power_too_high"),
        (
            f"{HEAD},soc_kwh,battery_kwh\nz,{STAY},1,11,10,50\nb,{STAY},1,11,51,50\n",
            "soc_above_battery",
        ),
    ],
)
def test_every_bad_session_is_refused_with_its_row(files: Files, text: str, code: str) -> None:
    with pytest.raises(InputError) as refused:
        files.run(text, base=base([2.0] * 24))
    said = str(refused.value).splitlines()
    assert len(said) == 1
    assert said[0].startswith("sessions.csv, row 2, column ")
    assert said[0].endswith(f"[{code}]")
    assert not (files.folder / "out" / "kpis.json").exists()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"strategy": "magic"}, "unknown_strategy"),
        ({"option": ["colour=red"]}, "unknown_option"),
        ({"option": ["sweeps"]}, "unknown_option"),
        ({"option": ["sweeps=0"]}, "option_out_of_range"),
        ({"option": ["sweeps=2.5"]}, "option_out_of_range"),
        ({"option": ["share_can_resume=1.1"]}, "option_out_of_range"),
        ({"option": ["soc_floor=nan"]}, "option_out_of_range"),
        ({"strategy": "v2g"}, "needs_limits"),
        ({"strategy": "traffic_light"}, "needs_contract"),
    ],
)
def test_every_bad_choice_is_refused_by_name(
    files: Files, given: dict[str, Any], code: str
) -> None:
    with pytest.raises(InputError, match=rf"\[{code}\]"):
        files.run(TWO, base=base([2.0] * 24), **given)


def test_price_strategies_need_prices(files: Files) -> None:
    from app.core.strategies import STRATEGIES  # noqa: PLC0415

    if "price" not in STRATEGIES:
        pytest.skip("this version has no price strategy")
    with pytest.raises(InputError, match=r"\[needs_prices\]"):
        files.run(TWO, strategy="price", base=base([2.0] * 24))


def test_a_long_hole_in_the_base_is_named(files: Files) -> None:
    rows = base([2.0] * 24).splitlines()
    empty = [row.replace("2.0", "") if 8 <= at < 12 else row for at, row in enumerate(rows)]
    for gone in (rows[:8] + rows[12:], empty):
        with pytest.raises(InputError, match="no load from 2026-01-12T07:00:00") as refused:
            files.run(TWO, base="\n".join(gone) + "\n")
        assert "[base_hole]" in str(refused.value)


def test_transformers_without_a_base_are_refused_by_name(files: Files) -> None:
    two = TWO.replace("max_power_kw", "max_power_kw,transformer_id")
    two = two.replace(",11,11\n", ",11,11,North\n").replace(",3.7,3.7\n", ",3.7,3.7,South\n")
    with pytest.raises(InputError, match=r"no column transformer_id.*\[unknown_transformer\]"):
        files.run(two, base=base([2.0] * 24))
    north = (
        base([2.0] * 24).replace("load_kw", "load_kw,transformer_id").replace("2.0\n", "2,North\n")
    )
    with pytest.raises(InputError, match=r"'South' has sessions.*\[unknown_transformer\]"):
        files.run(two, base=north)


def test_batteries_never_switch_a_taper_on_and_are_assumed_only_where_asked(files: Files) -> None:
    kpis, _ = files.run(TWO, base=base([2.0] * 24))
    assert kpis["counts"]["soc_assumed"] == 0
    limits = "transformer_id,limit_kw\nT1,10\n"
    kpis, _ = files.run(TWO, strategy="v2g", base=base([2.0] * 24), limits=limits)
    assert kpis["counts"]["soc_assumed"] == 2
    assert kpis["counts"]["v2g"] == 2


PUBLISHED = {  # options, peak [kW] and how far above it may be
    "uncontrolled": ([], 157.00, 0.05),
    "throttle": (["sweeps=20"], 143.81, 0.43),
    "pause": (["sweeps=20", "share_can_resume=1"], 135.53, 0.05),
}


@pytest.mark.parametrize("strategy", PUBLISHED)
def test_the_published_case_is_reproduced(
    testdata: Callable[[str], Path], tmp_path: Path, strategy: str
) -> None:
    # Brinkel et al., Nature Communications 15 (2024): 157.00 / 143.81 / 135.53 kW
    options, peak_kw, upwards = PUBLISHED[strategy]
    simulate_sessions(
        testdata("paused_charging/sessions.csv"),
        base=testdata("paused_charging/base_load.csv"),
        prices=testdata("paused_charging/day_ahead_nl.csv"),
        strategy=strategy,
        option=options,
        out=tmp_path,
    )
    kpis = json.loads((tmp_path / "kpis.json").read_text("utf-8"))
    assert peak_kw - 0.05 <= kpis["peak_kw"] <= peak_kw + upwards
    assert kpis["energy_unserved_kwh"] == 0
    if strategy == "uncontrolled":
        assert kpis["cost_eur_per_kwh"] == pytest.approx(0.276, abs=0.001)


def test_a_feeder_over_two_transformers_by_hand(files: Files) -> None:
    # Two cars of 11 kW want 11 kWh each between 18:00 and 22:00, one on A and one on B, and the
    # feeder F carries 11 kW. At once they are 22 kW together for an hour: 11 kWh too much. With
    # pauses each transformer alone is flat at 2.75 kW a car, 5.5 together: the feeder has room.
    sessions = f"{HEAD},transformer_id\na,{STAY},11,11,A\nb,{STAY},11,11,B\n"
    limits = "transformer_id,limit_kw,parent_id,level\nA,50,F,transformer\nB,50,F,\nF,11,,feeder\n"
    kpis, _ = files.run(sessions, limits=limits)
    assert kpis["parent_kwh_over"] == pytest.approx(11)
    (feeder,) = kpis["parents"]
    assert feeder["parent_id"] == "F"
    assert feeder["peak_kw"] == pytest.approx(22)
    assert feeder["hours_over"] == 1
    assert [each["code"] for each in kpis["warnings"]].count("parent_over") == 1
    assert "limit_unused" not in {each["code"] for each in kpis["warnings"]}
    options = ["min_current_a=0", "share_can_resume=1"]
    kpis, _ = files.run(sessions, strategy="pause", limits=limits, option=options)
    assert kpis["parent_kwh_over"] == 0
    assert kpis["energy_delivered_kwh"] == pytest.approx(22, rel=1e-5)


def test_a_circle_of_feeders_is_refused_by_name(files: Files) -> None:
    limits = "transformer_id,limit_kw,parent_id\nT1,50,F\nF,11,G\nG,11,F\n"
    with pytest.raises(InputError, match=r"circle: T1 → F → G → F.*\[parent_circle\]"):
        files.run(TWO, limits=limits)


def test_stations_share_a_limit(files: Files) -> None:
    # Two cars of 11 kW on one station that may draw 8.28 kW: 4.14 kW each, 6 A on three phases.
    columns = f"{HEAD},phases,station_id"
    sessions = f"{columns}\na,{STAY},11,11,3,S\nb,{STAY},11,11,3,S\n"
    light = files.path(
        "light.csv",
        "start,end,colour,limit_kw,unit,override\n00:00,24:00,amber,8.28,per_station,0\n",
    )
    kpis, _ = files.run(sessions, strategy="traffic_light", contract=light)
    assert kpis["peak_kw"] == pytest.approx(8.28)
    assert kpis["energy_delivered_kwh"] == pytest.approx(22, rel=1e-5)
