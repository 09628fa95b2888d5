"""A depot that is on the map stands in the annex; its kW stay in the house."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import pytest
from shapely import Point

from app.core.layer import Layer
from app.core.project import Project
from app.core.tender.document import Table
from app.services.pack_loads import WITHHELD, sections
from app.services.projects import load_project


def draft(project: Project, *, internal: bool) -> Any:  # noqa: ANN401  # what the part reads of it
    return SimpleNamespace(project=project, internal=internal)


@pytest.fixture
def town() -> Project:
    found = load_project("sampletown")
    rows = gpd.GeoDataFrame(
        {
            "place_id": ["a", "b"],
            "kind": ["depot", "stop"],
            "name": ["Bus depot", "Stop"],
            "load_kw": [85.4, None],
            "load_kwh_day": [512.0, None],
        },
        geometry=[Point(0, 0), Point(1, 1)],
        crs=found.crs,
    )
    layer = Layer(rows, "places", "test", "own", "2026-01-01", found.crs)
    return replace(found, layers={**found.layers, "places": layer})


def test_only_what_draws_power_is_listed_and_its_kw_only_inside(town: Project) -> None:
    (inside,) = sections(draft(town, internal=True))
    (outside,) = sections(draft(town, internal=False))
    for section, cells in ((inside, ("85", "512")), (outside, (WITHHELD, WITHHELD))):
        table = section.parts[1]
        assert isinstance(table, Table)
        assert table.rows == (("Bus depot", "depot", *cells),)


def test_a_city_without_loads_has_no_such_part() -> None:
    town = load_project("sampletown")
    without = {kind: layer for kind, layer in town.layers.items() if kind != "places"}
    assert sections(draft(replace(town, layers=without), internal=True)) == []
