"""The figures of the guide to demand are computed, not typed."""

import pytest

from app.core.demand.sizing import blocked, highest_load
from app.core.scenario import Scenario
from app.core.schema import KINDS
from app.paths import APP
from app.services.estimate import estimate
from app.services.projects import load_project

TEXT = (APP.parent / "docs" / "demand.md").read_text("utf-8")
ROWS = [line.strip("| ").split(" | ") for line in TEXT.splitlines() if line.startswith("|")]


@pytest.mark.parametrize("year", [2025, 2026, 2030, 2035])
def test_the_table_of_utrecht_is_what_the_model_says(year: int) -> None:
    row = next(row for row in ROWS if row[0] == str(year))
    city = estimate(load_project("utrecht"), Scenario(year=year, strategy="uncontrolled")).city
    assert row[1] == f"{100 * city['ev_private'].p50 / city['cars'].p50:.1f} %"
    for cell, name, scale in ((row[2], "ev", 1), (row[3], "kwh_year", 1e6), (row[4], "points", 1)):
        band = city[name]
        three = " / ".join(f"{each / scale:,.0f}" for each in (band.p10, band.p50, band.p90))
        assert cell == three
    assert row[5] == f"{city['kwh_year'].p50 / 365 / city['points'].p50:.0f}"


@pytest.mark.parametrize("points", [1, 2, 4, 6, 8, 12, 20, 30])
def test_the_table_of_points_is_the_loss_formula(points: int) -> None:
    row = next(row for row in ROWS if row[0] == str(points))
    for cell, target in zip(row[1:], (0.01, 0.05, 0.10), strict=True):
        load = highest_load(points, target)
        taken = load * (1 - blocked(points, load))
        assert cell == f"{100 * load / points:.0f}, {100 * taken / points:.0f}"


def test_every_column_that_is_named_exists() -> None:
    known = {column.name for column in (*KINDS["districts"].columns, *KINDS["places"].columns)}
    for name in ("jobs", "cars_company", "off_street_share", "visits_day", "load_kwh_day"):
        assert name in known
        assert f"`{name}`" in TEXT
    assert [column.name for column in KINDS["districts"].yearly] == ["plugins"]
