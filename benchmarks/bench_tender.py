"""How long a tender pack takes, documents included."""

import geopandas as gpd
import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from app.core.scenario import Scenario
from app.core.tender.draft import TenderDraft
from app.services.projects import load_project
from app.services.tender import pack, tender


def _draft(count: int) -> TenderDraft:
    project = load_project("utrecht")
    bays = project.layers["parking"].map.iloc[:count]
    places = np.arange(count)
    plan = gpd.GeoDataFrame(
        {
            "candidate_id": [f"c{each:04d}" for each in places],
            "points": 2 + 2 * (places % 3),
            "kw": 11.0,
            "lot": [str(1 + each * 4 // count) for each in places],
        },
        geometry=bays.geometry.representative_point().to_numpy(),
        crs=project.crs,
    )
    asked = Scenario(model="concession", v2g_phase=2)
    return tender(project, plan, asked, day="2027-01-15", edition="internal")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("count", [60, 500])
def test_a_pack(benchmark: BenchmarkFixture, count: int) -> None:
    draft = _draft(count)
    assert benchmark.pedantic(pack, (draft,), rounds=2, warmup_rounds=1)


@pytest.mark.timeout(300)
def test_a_pack_with_a_sheet_for_each_of_500_places(benchmark: BenchmarkFixture) -> None:
    draft = _draft(500)
    assert benchmark.pedantic(pack, (draft,), {"sheets": True}, rounds=1)
