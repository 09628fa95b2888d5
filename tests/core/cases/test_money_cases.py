"""The cases of the tender: money of a lot, and who wins."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.core.cases.cashflow import SHARES
from app.core.errors import InputError
from app.core.tender.cash_inputs import CASH_INPUTS, PREFIX
from app.core.tender.cashflow import NAMES
from app.core.tender.cashflow import SHARES as SHARES_OF_CORE
from app.services.parameters import load_parameters


def run(*words: str) -> Any:  # noqa: ANN401
    done = CliRunner().invoke(cli, ["case", *words, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def refused(*words: str) -> str:
    done = CliRunner().invoke(cli, ["case", *words, "--json"])
    assert isinstance(done.exception, InputError)  # which the command turns into status 2
    assert not done.stdout
    return str(done.exception)


def test_the_case_asks_for_the_numbers_of_our_table_with_their_ranges() -> None:
    assert {each.name for each in CASH_INPUTS} == set(NAMES)
    assert SHARES == SHARES_OF_CORE
    for each in CASH_INPUTS:
        ours = load_parameters()[PREFIX + each.name]
        told = (float(each.usual), each.low, each.high, each.unit)
        assert told == (ours.value, ours.low, ours.high, ours.unit), each.name
        assert ours.source == "kerbwatt"


def test_the_concession_of_the_worked_table() -> None:
    found = run("cashflow", "--model", "concession", "--set", "u=8")
    told = {who: round(eur, 2) for who, eur in found["npv_eur"].items()}
    assert told == {
        "authority": -181.95,
        "operator": -4881.75,
        "company": 0,
        "bank": 0,
        "project": -5063.7,
    }
    assert found["margin_eur_kwh"] == 0.1
    assert found["break_even_kwh_point_day"] == pytest.approx(17.0859, abs=5e-5)
    assert found["cash_eur"]["operator"][1] == pytest.approx(84)
    assert len(found["cash_eur"]["project"]) == 11
    assert found["payback_years"] is None
    assert found["risk_bearer"] == "operator"
    assert found["sensitivity"][0]["name"] == "tariff"
    u = next(each for each in found["inputs"] if each["name"] == "u")
    assert u == {
        "name": "u",
        "value": 8,
        "unit": "kWh/point a day",
        "source": "given",
        "confidence": "C",
    }


def test_both_ways_to_give_a_number_say_the_same_and_not_both_at_once() -> None:
    one, other = run("cashflow", "--set", "u=20"), run("cashflow", "--u", "20")
    assert one == other
    assert one["npv_eur"]["operator"] == pytest.approx(1565.68, abs=0.01)
    assert "u is given twice" in refused("cashflow", "--set", "u=20", "--u", "20")
    assert "no input 'kwh'" in refused("cashflow", "--set", "kwh=20")
    assert "this is no name=value" in refused("cashflow", "--set", "u")


def test_no_break_even_is_told_with_its_reason_and_never_as_a_number() -> None:
    found = run("cashflow", "--model", "concession", "--set", "energy=0.5")
    assert found["break_even_kwh_point_day"] is None
    assert found["reason"] == "margin_not_positive"
    assert "more than the point can deliver" in refused("cashflow", "--set", "u=300")


def test_the_score_of_two_files(tmp_path: Path) -> None:
    criteria, bids = tmp_path / "criteria.csv", tmp_path / "bids.csv"
    criteria.write_text("criterion,weight\nprice,40\nquality,35\nv2g,25\n")
    rows = {"A": (0.9, 0.5, 0.4), "B": (0.6, 0.7, 0.9), "C": (0.8, 0.6, 0.6)}
    lines = [
        f"{bid},{key},{score}"
        for bid, scores in rows.items()
        for key, score in zip(("price", "quality", "v2g"), scores, strict=True)
    ]
    bids.write_text("bid,criterion,score\n" + "\n".join(lines) + "\n")
    found = run("score", "--criteria", str(criteria), "--bids", str(bids))
    assert found["totals"] == {"A": 0.635, "B": 0.71, "C": 0.68}
    assert found["winner"] == "B"
    assert found["nearest_flip"]["weight"] == pytest.approx(47.826, abs=1e-3)
    assert (found["nearest_flip"]["criterion"], found["nearest_flip"]["rival"]) == ("price", "C")
    assert 0 < found["winner_stays_share"] < 1
    bids.write_text("bid,criterion,score\n" + "\n".join(lines[:-1]) + "\n")
    told = refused("score", "--criteria", str(criteria), "--bids", str(bids))
    assert "bid C: no value for v2g" in told
    criteria.write_text("criterion,weight\nprice,40\nquality,35\nv2g,24\n")
    assert "must sum to 100" in refused("score", "--criteria", str(criteria), "--bids", str(bids))
    assert "both files are wanted" in refused("score", "--bids", str(bids))
