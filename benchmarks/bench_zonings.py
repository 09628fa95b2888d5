"""How long figures take to move between divisions: a country's districts to squares of 500 m."""

import numpy as np
import pytest
import shapely
from pytest_benchmark.fixture import BenchmarkFixture

from app.core.demand import cells
from app.core.demand.areal import transfer
from app.core.scenario import Scenario
from app.services import estimate, zonings
from app.services.projects import load_project

SIDE_M = 200_000


def _country(districts: int) -> np.ndarray:
    rng = np.random.default_rng(1)
    centres = shapely.multipoints(rng.uniform(0, SIDE_M, (districts, 2)))
    found = shapely.get_parts(shapely.voronoi_polygons(centres))
    clipped: np.ndarray = shapely.intersection(found, shapely.box(0, 0, SIDE_M, SIDE_M))
    return clipped


@pytest.mark.timeout(300)
def test_14_000_districts_to_160_000_squares(benchmark: BenchmarkFixture) -> None:
    districts = _country(14_000)

    def move() -> float:
        found = transfer(districts, cells.cover(districts).shapes)
        return float(found.counts(np.ones(14_000)).sum())

    assert benchmark.pedantic(move, rounds=2) == pytest.approx(14_000, rel=1e-9)


def test_utrecht_by_squares(benchmark: BenchmarkFixture) -> None:
    project = load_project("utrecht")
    answer = estimate.estimate(project, Scenario())
    squares = zonings.zoning(project, zonings.CELLS)
    found = benchmark(zonings.demand, project, Scenario(), answer, squares)
    assert found.points_plan == answer.points_plan
