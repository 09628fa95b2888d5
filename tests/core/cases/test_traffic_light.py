"""The worked example, as the terminal gives it."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.core.errors import InputError
from app.services.own_contract import find_contract

EVENING = {16: 180, 17: 225, 18: 225, 19: 225, 20: 180, 21: 180}
ASKED = ["--limit-kw", "250", "--points", "40", "--active-share", "0.35", "--phases", "3"]


@pytest.fixture
def base(tmp_path: Path) -> Path:
    rows = [
        f"2030-01-07T{minute // 60:02d}:{minute % 60:02d},{EVENING.get(minute // 60, 90)}"
        for minute in range(0, 1440, 15)
    ]
    path = tmp_path / "base.csv"
    path.write_text("\n".join(["time,load_kw", *rows]), "utf-8")
    return path


def told(base: Path, *more: str) -> dict[str, Any]:
    asked = ["case", "traffic-light", "--base", str(base), *ASKED, *more, "--json"]
    found = CliRunner().invoke(cli, asked)
    assert found.exit_code == 0, found.output
    answer: dict[str, Any] = json.loads(found.stdout)
    return answer


def window(start: str, end: str, colour: str, kw: float, amps: int) -> dict[str, Any]:
    return {
        "day_type": "workday",
        "start": start,
        "end": end,
        "colour": colour,
        "limit_kw": kw,
        "limit_a": amps,
    }


def test_the_worked_example_and_its_file(base: Path, tmp_path: Path) -> None:
    out = tmp_path / "traffic_light.csv"
    found = told(base, "--out", str(out))
    assert found["windows"] == [
        window("00:00", "16:00", "green", 11.04, 16),
        window("16:00", "17:00", "amber", 4.14, 6),
        window("17:00", "20:00", "red", 0.0, 0),
        window("20:00", "22:00", "amber", 4.14, 6),
        window("22:00", "24:00", "green", 11.04, 16),
    ]
    assert (found["amber_kw"], found["red_hours"], found["limit_not_kept"]) == (4.14, 3.0, [])
    assert find_contract(out).key == found["profile_id"]
    assert find_contract(out).windows[0].months == tuple(range(1, 13))


def test_without_pauses_what_is_too_much_is_listed(base: Path) -> None:
    found = told(base, "--no-pause")
    assert found["windows"][2] == window("17:00", "20:00", "red", 4.14, 6)
    (only,) = found["limit_not_kept"]
    assert only["excess_kw"] == pytest.approx(32.96)
    assert (only["start"], only["end"]) == ("17:00", "20:00")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is no row"),
        ("time,kw\n", "column load_kw is missing"),
        ("time,load_kw\nnoon,3\n", "row 2: found 'noon'"),
        ("time,load_kw\n2030-01-07T00:00,nan\n", "not a finite number"),
        ("time,load_kw\n2030-01-07T05:00,3\n", "does not begin at midnight"),
    ],
)
def test_a_load_that_cannot_be_read_is_refused(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "base.csv"
    path.write_text(text or "time,load_kw\n", "utf-8")
    found = CliRunner().invoke(cli, ["case", "traffic-light", "--base", str(path), "--json"])
    assert isinstance(found.exception, InputError)
    assert said in str(found.exception)
