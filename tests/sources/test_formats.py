"""The same map is the same layer, in every format, in any order, read once or twice."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SLOW = settings(
    derandomize=True,
    deadline=None,
    max_examples=3,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
NAMES = st.text("abcdefgé øü-", min_size=1, max_size=12).filter(lambda t: t.strip("- "))
KW = st.floats(-500, 900).map(lambda x: round(x, 3))


@st.composite
def grids(draw: st.DrawFn) -> gpd.GeoDataFrame:
    """Draw a small grid map around Utrecht, with names short enough for a shapefile."""
    rows = draw(st.lists(st.tuples(NAMES, KW, st.integers(0, 10**6)), min_size=1, max_size=6))
    places = draw(
        st.lists(
            st.tuples(st.floats(5.0, 5.2), st.floats(52.03, 52.13)),
            min_size=len(rows),
            max_size=len(rows),
        )
    )
    table = pd.DataFrame(rows, columns=["name", "headroom", "built"])
    table.insert(0, "asset_id", [f"T{at:03}" for at in range(len(rows))])
    points = [shapely.Point(round(x, 6), round(y, 6)) for x, y in places]
    return gpd.GeoDataFrame(table, geometry=points, crs="EPSG:4326")


def written(frame: gpd.GeoDataFrame, folder: Path) -> dict[str, Path]:
    """Write one map in every format with shapes."""
    for suffix in ("geojson", "gpkg", "fgb"):
        frame.to_file(folder / f"map.{suffix}", engine="pyogrio")
    frame.to_parquet(folder / "map.parquet")
    (folder / "set").mkdir()
    frame.to_file(folder / "set" / "map.shp", engine="pyogrio", encoding="UTF-8")
    with zipfile.ZipFile(folder / "map.zip", "w") as archive:
        for part in (folder / "set").iterdir():
            archive.write(part, part.name)
    return {path.suffix: path for path in folder.glob("map.*")}


@SLOW
@given(frame=grids())
def test_the_digest_does_not_depend_on_the_format(
    frame: gpd.GeoDataFrame,
    tmp_path_factory: pytest.TempPathFactory,
    take: Any,  # noqa: ANN401
) -> None:
    paths = written(frame, tmp_path_factory.mktemp("formats"))
    assert set(paths) == {".geojson", ".gpkg", ".fgb", ".parquet", ".zip"}
    found = {suffix: take(path) for suffix, path in paths.items()}
    assert all(intake.accepted for intake in found.values())
    digests = {suffix: intake.layer.digest for suffix, intake in found.items()}
    assert len(set(digests.values())) == 1, digests


@settings(derandomize=True, deadline=None, max_examples=8)
@given(frame=grids(), seed=st.integers(0, 99))
def test_order_of_rows_and_columns_does_not_matter(
    frame: gpd.GeoDataFrame,
    seed: int,
    take: Any,  # noqa: ANN401
) -> None:
    mixed = frame.sample(frac=1, random_state=seed)[[*frame.columns[-2::-1], "geometry"]]
    first, second = (
        take(part.to_json(drop_id=True).encode(), name="map.geojson") for part in (frame, mixed)
    )
    assert first.layer.digest == second.layer.digest


@settings(derandomize=True, deadline=None, max_examples=3)
@given(frame=grids())
def test_a_layer_written_and_read_again_is_the_same(
    frame: gpd.GeoDataFrame,
    take: Any,  # noqa: ANN401
) -> None:
    first = take(frame.to_json(drop_id=True).encode(), name="map.geojson").layer
    out = io.BytesIO()
    first.map.to_parquet(out)
    again = take(out.getvalue(), name="grid.parquet")
    assert again.layer.digest == first.digest
    assert again.layer.frame["status"].tolist() == first.frame["status"].tolist()


def test_a_map_in_metres_and_one_in_degrees_are_one_layer(
    tmp_path: Path,
    take: Any,  # noqa: ANN401
) -> None:
    frame = gpd.GeoDataFrame(
        {"asset_id": ["a", "b"], "headroom_kw": [100.0, 40.0]},
        geometry=gpd.points_from_xy([136_000, 137_500], [456_000, 455_250]),
        crs="EPSG:28992",
    )
    frame.to_file(tmp_path / "rd.gpkg")
    found = take(tmp_path / "rd.gpkg")
    assert found.mapping.crs == "EPSG:28992"
    assert found.layer.map.geometry.x.tolist() == [136_000, 137_500]
    degrees = take(frame.to_crs(4326).to_json(drop_id=True).encode(), name="x.geojson")
    assert degrees.mapping.crs == "EPSG:4326"
    assert degrees.layer.digest == found.layer.digest


def test_a_table_with_coordinates_is_a_map(
    tmp_path: Path,
    take: Any,  # noqa: ANN401
) -> None:
    table = pd.DataFrame(
        {
            "id": ["01", "02"],
            "naam": ["Één", "Twee"],
            "Ruimte (MW)": [0.2105, 0.04],
            "longitude": [5.1, 5.12],
            "latitude": [52.1, 52.09],
        }
    )
    english = table.to_csv(index=False).encode()
    dutch = table.to_csv(index=False, sep=";", decimal=",").encode("cp1252")
    table.to_excel(tmp_path / "x.xlsx", index=False)
    found = [take(english, name="x.csv"), take(dutch, name="x.csv"), take(tmp_path / "x.xlsx")]
    for intake in found:
        assert intake.layer.frame["headroom_kw"].tolist() == [210.5, 40.0]
        assert intake.layer.frame["asset_id"].tolist() == ["01", "02"]  # zeros stay
        assert {"COL-UNIT", "CRS-TABLE"} <= {problem.code for problem in intake.problems}
    assert len({intake.layer.digest for intake in found}) == 1
    assert {"TAB-ENCODING", "TAB-DIALECT"} <= {problem.code for problem in found[1].problems}


def test_headers_cut_short_by_a_shapefile_are_recognised(
    tmp_path: Path,
    take: Any,  # noqa: ANN401
) -> None:
    frame = gpd.GeoDataFrame(
        {"district_i": ["a"], "name": ["A"], "households": [900.0], "electricit": [2500.0]},
        geometry=[shapely.box(134_000, 454_000, 135_000, 455_000)],
        crs="EPSG:28992",
    )
    frame.to_file(tmp_path / "map.shp")
    with zipfile.ZipFile(tmp_path / "map.zip", "w") as archive:
        for part in tmp_path.glob("map.*"):
            if part.suffix != ".zip":
                archive.write(part, f"folder/{part.name}")
    found = take(tmp_path / "map.zip", "districts")
    assert found.layer.frame["district_id"].tolist() == ["a"]
    assert found.layer.frame["electricity_kwh"].tolist() == [2500.0]


def test_one_layer_of_several_is_asked_for(
    tmp_path: Path,
    take: Any,  # noqa: ANN401
    collection: Callable[..., dict[str, Any]],
) -> None:
    point = {"type": "Point", "coordinates": [5.1, 52.1]}
    frame = gpd.GeoDataFrame.from_features(
        collection(({"asset_id": "a", "headroom_kw": 9.0}, point)), crs=4326
    )
    for layer in ("one", "two"):
        frame.to_file(tmp_path / "x.gpkg", layer=layer)
    refused = take(tmp_path / "x.gpkg")
    assert [problem.code for problem in refused.problems] == ["ZIP-LAYERS"]
    assert refused.questions[0].choices == ("one", "two")
    assert take(tmp_path / "x.gpkg", layer="two").rows == 1
    assert not take(tmp_path / "x.gpkg", layer="three").accepted


def test_parquet_without_shapes_is_no_map_but_is_a_table(
    tmp_path: Path,
    take: Any,  # noqa: ANN401
) -> None:
    times = pd.date_range("2026-01-01", periods=3, freq="h", tz="Europe/Amsterdam")
    prices = pd.DataFrame({"time": times, "eur_per_mwh": [80.0, 90.5, -3.0]})
    prices.to_parquet(tmp_path / "x.parquet")
    assert [p.code for p in take(tmp_path / "x.parquet").problems] == ["PARQUET-NOGEO"]
    prices.to_feather(tmp_path / "x.feather")
    for suffix in ("parquet", "feather"):
        found = take(tmp_path / f"x.{suffix}", "prices")
        assert found.layer.frame["eur_per_mwh"].tolist() == [80.0, 90.5, -3.0]
        assert found.layer.frame["time"].tolist() == times.tolist()
