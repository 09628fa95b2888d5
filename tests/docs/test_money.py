"""The page about money says what the program works out."""

import re
from pathlib import Path

import pytest

from app.core.scenario import Scenario
from app.services.money import inputs, money

TEXT = (Path(__file__).parents[2] / "docs" / "money.md").read_text("utf-8")
ROW = re.compile(r"^\| (\w+) \| 8 \| (.+) \|$", re.MULTILINE)


def test_the_worked_table_is_the_programs() -> None:
    found = money(inputs(Scenario())).models
    rows = ROW.findall(TEXT)
    assert {key for key, _ in rows} == set(found)
    for key, cells in rows:
        authority, operator, bank, even = map(float, cells.split(" | "))
        npv = found[key].npv
        told = [npv["authority"], npv["operator"], npv["bank"]]
        assert told == pytest.approx([authority, operator, bank], abs=0.01)
        assert found[key].even.kwh_point_day == pytest.approx(even, abs=5e-5)
        assert npv["project"] == pytest.approx(-5063.70, abs=0.01)
