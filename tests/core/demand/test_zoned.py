"""Demand told by other areas."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pytest
import shapely

from app.core.demand import model, zoned
from app.core.demand.areal import Transfer, dissolve, transfer
from app.core.demand.result import QUANTITIES, Demand
from app.core.parameters import Parameter
from app.core.scenario import Scenario

Numbers = Mapping[str, Parameter]
Ask = Callable[..., Scenario]
SIDE = 1_000.0


def grid(columns: int, count: int, width: float = SIDE) -> np.ndarray:
    """Lay squares in rows."""
    at = np.arange(count)
    x, y = at % columns * width, at // columns * SIDE
    found: np.ndarray = shapely.box(x, y, x + width, y + SIDE)
    return found


@pytest.fixture(scope="module")
def tell(twin: pd.DataFrame, numbers: Numbers, ask: Ask) -> Callable[[Transfer], Demand]:
    """Tell the twin city by other areas."""
    answer = model.estimate(twin, ask(year=2030), numbers, draws=256)
    cloud = model.cloud(twin, ask(year=2030), numbers, draws=256)

    def by(found: Transfer) -> Demand:
        names = [f"Z{each}" for each in range(len(found.covered))]
        return zoned.by_zone(
            answer, cloud, found, pd.DataFrame({"district_id": names, "name": names})
        )

    return by


@pytest.fixture(scope="module")
def answer(twin: pd.DataFrame, numbers: Numbers, ask: Ask) -> Demand:
    """Estimate the twin city."""
    return model.estimate(twin, ask(year=2030), numbers, draws=256)


def test_told_by_its_own_districts_it_is_the_same(
    answer: Demand, tell: Callable[[Transfer], Demand]
) -> None:
    found = tell(dissolve(np.arange(47), 47)).districts
    for name in [*(f"{q}_{s}" for q in QUANTITIES for s in ("mean", "p10", "p90")), "ev_share"]:
        assert found[name].to_numpy() == pytest.approx(answer.districts[name].to_numpy(), rel=1e-12)
    assert found["points_plan"].tolist() == answer.districts["points_plan"].tolist()
    assert found["status"].tolist() == answer.districts["status"].tolist()


def test_told_as_one_zone_it_is_the_city_and_percentiles_are_not_summed(
    answer: Demand, tell: Callable[[Transfer], Demand]
) -> None:
    row = tell(dissolve(np.zeros(47, dtype=np.int64), 1)).districts.iloc[0]
    for name in QUANTITIES:
        band = answer.city[name]
        assert [row[f"{name}_{s}"] for s in ("mean", "p10", "p50", "p90")] == pytest.approx(
            [band.mean, band.p10, band.p50, band.p90], rel=1e-9
        )
    assert row["points_p90"] < answer.districts["points_p90"].sum()


def test_every_sum_is_kept_whatever_the_zones(
    answer: Demand, tell: Callable[[Transfer], Demand]
) -> None:
    found = tell(transfer(grid(7, 47), grid(9, 63, 800.0)))
    for name in (*(f"{q}_mean" for q in QUANTITIES), "kw_nominal", "afir_kw"):
        total = answer.districts[name].sum()
        assert np.nansum(found.districts[name]) == pytest.approx(total, rel=1e-9)
    assert found.districts["points_plan"].sum() == answer.points_plan
    assert np.nansum(found.sessions_day) == pytest.approx(answer.sessions_day.sum(), rel=1e-9)
    assert set(found.districts["status"]) >= {"estimated"}


def test_a_zone_without_a_district_is_unknown_in_every_column(
    tell: Callable[[Transfer], Demand],
) -> None:
    far = np.append(grid(7, 49), shapely.box(1e5, 1e5, 1.1e5, 1.1e5))
    row = tell(transfer(grid(7, 47), far)).districts.iloc[-1]
    figures = row.drop(["district_id", "name", "status", "covered_share", "rates_hidden"])
    assert figures.isna().all()
    assert row["rates_hidden"]
    assert (row["status"], row["covered_share"]) == ("unknown", 0.0)


def test_low_never_passes_middle_nor_middle_high(tell: Callable[[Transfer], Demand]) -> None:
    found = tell(transfer(grid(7, 47), grid(9, 63, 800.0))).districts.dropna()
    for name in QUANTITIES:
        low, middle, high = (found[f"{name}_{s}"].to_numpy(float) for s in ("p10", "p50", "p90"))
        assert (low <= middle).all()
        assert (middle <= high).all()
