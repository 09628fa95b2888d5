"""A project comes back with the maps it was saved with."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from app.core.errors import InputError
from app.core.layer import Layer
from app.core.project import Project
from app.store.database import Database
from app.store.layers import LayerFolder
from app.store.projects import Projects


def layer(kind: str, origin: str, side_m: float = 1.0) -> Layer:
    """One square."""
    frame = gpd.GeoDataFrame(
        {"id": ["a"]}, geometry=[shapely.box(0, 0, side_m, side_m)], crs="EPSG:3006"
    )
    return Layer(frame, kind, origin, "CC0", "2025")


def city(*layers: Layer) -> Project:
    """A city of these layers."""
    found = {each.kind: each for each in layers}
    return Project("uppsala", "Uppsala", "SE", "EPSG:3006", "Europe/Stockholm", found)


@pytest.fixture
def projects(database: Database, tmp_path: Path, clock: Callable[[], datetime]) -> Projects:
    """Stored projects, on each database."""
    return Projects(database, LayerFolder(tmp_path / "layers"), clock)


def test_a_project_comes_back_equal(projects: Projects) -> None:
    first = city(layer("districts", "a.gpkg"), layer("grid", "b.gpkg", side_m=2))
    projects.save(first)
    found = projects.get("uppsala")
    assert found == first
    assert found.layers["grid"].origin == "b.gpkg"
    assert [(each.slug, each.kinds) for each in projects.list()] == [
        ("uppsala", ("districts", "grid"))
    ]


def test_equal_maps_of_two_kinds_keep_their_own_origin(projects: Projects) -> None:
    projects.save(city(layer("districts", "a.gpkg"), layer("exclusions", "b.gpkg")))
    found = projects.get("uppsala")
    assert (found.layers["districts"].origin, found.layers["districts"].kind) == (
        "a.gpkg",
        "districts",
    )
    assert (found.layers["exclusions"].origin, found.layers["exclusions"].kind) == (
        "b.gpkg",
        "exclusions",
    )


def test_saving_again_replaces_and_clearing_keeps_what_is_used(projects: Projects) -> None:
    projects.save(city(layer("districts", "a.gpkg")))
    projects.save(city(layer("districts", "a.gpkg", side_m=3)))
    assert len(projects.list()) == 1
    assert projects.forget_layers() == 1
    assert projects.get("uppsala").layers["districts"].map.area.tolist() == [9.0]
    projects.delete("uppsala")
    assert projects.forget_layers() == 1
    with pytest.raises(InputError, match="No project"):
        projects.get("uppsala")
    with pytest.raises(InputError, match="No project"):
        projects.delete("uppsala")
