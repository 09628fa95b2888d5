"""What tests of the tender share: a plan of nine places, and its drafts in both editions."""

import geopandas as gpd
import numpy as np
import pytest

from app.core.project import Project
from app.core.scenario import Scenario
from app.core.tender.draft import TenderDraft
from app.services.projects import load_project
from app.services.tender import tender

MARKER = "Zebra4711"
SCENARIO = Scenario(model="concession", v2g_phase=2)


@pytest.fixture(scope="module")
def project() -> Project:
    return load_project("sampletown")


@pytest.fixture(scope="module")
def plan(project: Project) -> gpd.GeoDataFrame:
    bays = project.layers["parking"].map.iloc[:9]
    grid = project.layers["grid"].map
    names = [
        f"=cmd|{MARKER}",
        "@Kade",
        "“Plein” 🚲",
        "x" * 300,
        "Line\nbreak",
        "\u202eRTL",
        *["Kade"] * 3,
    ]
    return gpd.GeoDataFrame(
        {
            "candidate_id": [f"c{9 - each}" for each in range(9)],
            "name": names,
            "points": [2, 4, 6, 2, 4, 6, 2, 4, 6],
            "kw": [11.0] * 8 + [50.0],
            "lot": ["2", "1"] * 4 + ["2"],
            "phase": [1] * 9,
            "score": np.linspace(20, 90, 9),
            "part_room": [12.5] * 9,
            "cost_eur": [31_337.0] * 9,
            "served_kwh_day": [40.0, 60.0, 100.0] * 3,
            "transformer_id": [*grid["asset_id"].iloc[:8], None],
            "room_before_kw": [77.7] * 9,
            "reasons": [["Many homes", f"room {MARKER}"]] * 9,
            "walk_m_p90": [120.0] * 9,
            "homes": [40.0, 3.0, None, *[40.0] * 6],
            "note": [MARKER] * 9,
            "status": ["suggested"] * 8 + ["conditional"],
        },
        geometry=bays.geometry.representative_point().to_numpy(),
        crs=project.crs,
    )


@pytest.fixture(scope="module")
def internal(project: Project, plan: gpd.GeoDataFrame) -> TenderDraft:
    return tender(project, plan, SCENARIO, day="2027-01-15", edition="internal")


@pytest.fixture(scope="module")
def public(project: Project, plan: gpd.GeoDataFrame) -> TenderDraft:
    return tender(project, plan.assign(name="Kade"), SCENARIO, day="2027-01-15")
