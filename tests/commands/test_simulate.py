"""``kerbwatt simulate`` and ``host`` hear every option, or say that they do not."""

import json
from pathlib import Path

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner, Result

from app.commands.host import host
from app.commands.simulate import simulate
from app.core.errors import InputError

cli = typer.Typer()
cli.command()(simulate)
cli.command()(host)
SESSION = "session_id,arrival,departure,energy_kwh,max_power_kw\n"


def _run(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


def _refusal(*words: object) -> str:
    found = _run(*words)
    assert isinstance(found.exception, InputError), found.exception
    return str(found.exception)


def _sessions(folder: Path) -> Path:
    path = folder / "sessions.csv"
    path.write_text(f"{SESSION}1,2026-01-06 18:00,2026-01-07 06:00,20,11\n", "utf-8")
    return path


def test_a_projects_load_adds_up_in_the_order_of_transformer_then_time(tmp_path: Path) -> None:
    found = _run("simulate", "sampletown", "--strategy", "pause", "--out", tmp_path, "--json")
    assert found.exit_code == 0
    kpis = json.loads(found.stdout)
    assert kpis == json.loads((tmp_path / "kpis.json").read_text("utf-8"))
    with (tmp_path / "load.csv").open("rb") as file:
        assert file.readline() == b"time,transformer_id,base_kw,ev_kw,total_kw\n"
    load = pd.read_csv(tmp_path / "load.csv")
    assert (load["total_kw"] - load["base_kw"] - load["ev_kw"]).abs().max() < 1e-6
    assert load["time"].str.contains(r"\+0[12]:00$").all()
    order = pd.MultiIndex.from_arrays(
        [load["transformer_id"], pd.to_datetime(load["time"], utc=True)]
    )
    assert order.is_unique
    assert order.is_monotonic_increasing
    # every transformer's load is rounded to the watt, so the sum is off by 55 half watts at most
    peak_kw = load.groupby("time")["total_kw"].sum().max()
    assert peak_kw == pytest.approx(kpis["answers"]["pause"]["peak_kw"], abs=0.06)


def test_an_option_is_a_lever_of_the_project(tmp_path: Path) -> None:
    words = ("simulate", "sampletown", "--strategy", "pause", "--json")
    found = _run(*words, "--option", "min_current_a=10", "--option", "opt_out=0.1")
    changes = json.loads(found.stdout)["scenario"]
    assert changes == {"strategy": "pause", "min_current_a": 10, "opt_out": 0.1}
    assert "acts on your own" in _refusal(*words, "--option", "sweeps=3")
    assert "0 to 5 kWp per home" in _refusal(*words, "--option", "pv_kwp_home=9")
    assert "wanted a number" in _refusal(*words, "--option", "heat_pump_share=all")
    assert "no option 'foo'" in _refusal(*words, "--option", "foo=3")
    assert not list(tmp_path.iterdir())


def test_the_base_load_is_turned_and_what_drivers_pay_is_said() -> None:
    words = ("simulate", "sampletown", "--strategy", "v2g", "--json")
    usual, sunny = (
        json.loads(_run(*words, *more).stdout)["answers"]
        for more in ((), ("--option", "pv_kwp_home=4"))
    )
    assert sunny["uncontrolled"]["lowest_kw"] < 0 < usual["uncontrolled"]["lowest_kw"]
    assert sunny["uncontrolled"]["export_hours_over"] > usual["uncontrolled"]["export_hours_over"]
    told = usual["v2g"]
    assert told["groups"]["all"]["sessions"] == pytest.approx(
        sum(each["sessions"] for key, each in told["groups"].items() if key != "all")
    )
    change = told["against_uncontrolled"]["peak_kw"]
    assert change == pytest.approx(told["peak_kw"] - usual["uncontrolled"]["peak_kw"])
    assert change < 0
    assert told["served_share"] > 0.99
    assert not told["leaves_cars_short"]
    assert 0 < told["cost_eur_per_kwh"] < usual["uncontrolled"]["cost_eur_per_kwh"]
    assert told["flex_down_kw"] > 0
    assert "illustrative" in json.loads(_run(*words).stdout)["prices"]


def test_options_of_the_other_use_are_refused(tmp_path: Path) -> None:
    mine = ("--sessions", _sessions(tmp_path))
    assert "--year" in _refusal("simulate", *mine, "--out", tmp_path, "--year", 2030)
    assert "--base" in _refusal("simulate", "sampletown", "--json", "--base", "base.csv")
    assert "--out" in _refusal("host", *mine, "--limit-kw", 10, "--out", tmp_path / "x.csv")
    assert "--limit-kw" in _refusal("host", "sampletown", "--limit-kw", 10)


def test_local_times_are_read_in_the_zone_of_the_project(tmp_path: Path) -> None:
    town = tmp_path / "town"
    town.mkdir()
    about = 'name = "T"\ncrs = "EPSG:3067"\ntimezone = "Europe/Helsinki"\n'
    (town / "project.toml").write_text(about, "utf-8")
    found = _run("simulate", town, "--sessions", _sessions(tmp_path), "--out", tmp_path, "--json")
    assert json.loads(found.stdout)["start"] == "2026-01-06T00:00:00+02:00"
    assert "Europe/Helsinki" in found.stderr


@pytest.mark.parametrize("command", ["simulate", "host"])
def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path, command: str) -> None:
    taken = tmp_path / "taken"
    taken.write_text("mine")
    assert "cannot be written" in _refusal(command, "sampletown", "--out", taken / "x")
    assert taken.read_text() == "mine"


def test_host_makes_the_folder_of_its_table(tmp_path: Path) -> None:
    found = _run("host", "sampletown", "--strategy", "pause", "--out", tmp_path / "a/fit.csv")
    assert found.exit_code == 0
    assert pd.read_csv(tmp_path / "a" / "fit.csv")["fit"].min() >= 0


def test_host_follows_a_contract_of_your_own_sessions(tmp_path: Path) -> None:
    words = ("host", "--sessions", _sessions(tmp_path), "--limit-kw", 40, "--json")
    light = ("--strategy", "traffic_light")
    assert "needs_contract" in _refusal(*words, *light)
    found = _run(*words, *light, "--contract", "flexpower-1")
    assert json.loads(found.stdout)["points"]["p50"] >= 3  # 3 x 11 kW < 40 kW
