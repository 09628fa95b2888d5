"""A digest names what a map says, not how it was written down."""

from dataclasses import FrozenInstanceError, replace

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.layer import Layer, digest
from app.core.project import Project


def squares(count: int = 5) -> Layer:
    """Some squares in a row, in metres."""
    frame = gpd.GeoDataFrame(
        {
            "district_id": [f"d{number}" for number in range(count)],
            "cars": [10.0 * number for number in range(count)],
            "status": ["measured", "unknown", "measured", "default", "measured"][:count],
        },
        geometry=[shapely.box(n, 0, n + 1, 1) for n in range(count)],
        crs="EPSG:28992",
    )
    return Layer(frame, "districts", "a.gpkg", "CC0", "2024")


@settings(derandomize=True, deadline=None, max_examples=30)
@given(st.permutations(range(5)), st.permutations(["district_id", "cars", "status", "geometry"]))
def test_order_of_rows_and_columns_does_not_matter(rows: list[int], columns: list[str]) -> None:
    layer = squares()
    shuffled = layer.frame.iloc[rows][columns].reset_index(drop=True)
    assert replace(layer, frame=shuffled) == layer


def test_where_a_ring_begins_and_which_way_it_turns_does_not_matter() -> None:
    layer = squares()
    turned = layer.map.copy()
    turned.geometry = turned.geometry.reverse()
    assert replace(layer, frame=turned) == layer


def test_less_than_half_a_millimetre_does_not_matter_and_more_does() -> None:
    layer = squares()
    near, far = layer.map.copy(), layer.map.copy()
    near.geometry = near.geometry.translate(1e-4, -1e-4)
    far.geometry = far.geometry.translate(1e-3, 0)
    assert replace(layer, frame=near) == layer
    assert replace(layer, frame=far) != layer


@pytest.mark.parametrize("column", ["district_id", "cars", "status"])
def test_one_changed_value_does_matter(column: str) -> None:
    layer = squares()
    frame = layer.frame.copy()
    frame.loc[2, column] = "other" if column != "cars" else 21.0
    assert replace(layer, frame=frame) != layer


def test_name_of_a_column_row_more_and_system_matter() -> None:
    layer = squares()
    frame = layer.map
    others = [
        frame.rename(columns={"cars": "vans"}),
        frame.drop(columns="cars"),
        gpd.GeoDataFrame(pd.concat([frame, frame.tail(1)])),
        frame.set_crs("EPSG:3006", allow_override=True),
        pd.DataFrame(frame.drop(columns="geometry")),
    ]
    assert len({layer.digest, *(digest(each) for each in others)}) == 6


def test_origin_is_not_content() -> None:
    layer = squares()
    assert replace(layer, origin="b.gpkg", as_of="2025") == layer
    assert {layer, replace(layer, licence="ODbL")} == {layer}


def test_shares_of_statuses_add_up_to_one() -> None:
    assert squares().status_shares == {"measured": 0.6, "default": 0.2, "unknown": 0.2}
    empty = replace(squares(), frame=squares().frame.head(0))
    assert empty.status_shares == {}


def test_a_table_has_no_places_and_nothing_can_be_put_into_a_layer() -> None:
    table = Layer(pd.DataFrame({"time": [1]}), "load", "x", "y", "z")
    with pytest.raises(TypeError, match="no places"):
        _ = table.map
    with pytest.raises(FrozenInstanceError):
        table.kind = "grid"  # type: ignore[misc]


def test_a_project_is_named_by_its_layers() -> None:
    layer = squares()
    city = Project("x", "X", "NL", "EPSG:28992", "Europe/Amsterdam", {"districts": layer})
    assert city.with_layer(layer) == city
    assert city.with_layer(squares(4)) != city
    assert city.without_layer("districts").layers == {}
    assert city.layers["districts"] is layer
