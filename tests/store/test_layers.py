"""A layer comes back as it was, or not at all."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from app.core.errors import InputError
from app.core.layer import Layer
from app.store.layers import LayerFolder, facts


def districts() -> Layer:
    """Two districts with holes in the data, in metres."""
    frame = gpd.GeoDataFrame(
        {
            "district_id": ["b", "a"],
            "name": ["Zuilen", "Wijk é"],
            "cars": [1_200.0, float("nan")],
            "own": pd.array(["x", None], dtype="str"),
            "spaces": pd.array([3, None], dtype="Int64"),
            "open_24h": [True, False],
            "status": ["measured", "unknown"],
        },
        geometry=[shapely.box(0, 0, 1.123456789, 1), shapely.box(1, 0, 2, 1)],
        crs="EPSG:28992",
    )
    return Layer(frame, "districts", "file.gpkg", "CC0", "2024", "EPSG:4326")


def load() -> Layer:
    """A series over the night in which the clock goes back."""
    start = datetime(2026, 10, 25, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))
    time = pd.date_range(start, periods=6, freq="h")
    frame = pd.DataFrame({"time": time, "load_kw": [1.5, 2, 3, 4, 5, 6.25]})
    return Layer(frame, "load", "meter.csv", "own", "unknown")


@pytest.mark.parametrize("layer", [districts(), load()], ids=lambda layer: layer.kind)
def test_a_layer_comes_back_equal_with_its_origin(tmp_path: Path, layer: Layer) -> None:
    folder = LayerFolder(tmp_path / "layers")
    digest = folder.put(layer)
    found = folder.get(digest)
    assert found == layer
    assert facts(found) == facts(layer)
    assert list(found.frame.columns) == list(layer.frame.columns)
    assert not list(tmp_path.rglob("*.part"))


def test_a_map_keeps_its_coordinate_system_and_every_vertex(tmp_path: Path) -> None:
    folder, layer = LayerFolder(tmp_path), districts()
    found = folder.get(folder.put(layer)).map
    assert str(found.crs) == "EPSG:28992"
    assert found.geometry.geom_equals_exact(layer.map.geometry, 0).all()


def test_the_same_content_is_written_once(tmp_path: Path) -> None:
    folder = LayerFolder(tmp_path)
    path = folder.path(folder.put(districts()))
    before = path.stat().st_ino
    folder.put(districts())
    assert path.stat().st_ino == before
    assert len(list(tmp_path.rglob("*.parquet"))) == 1


def test_a_damaged_file_is_never_given_out(tmp_path: Path) -> None:
    folder = LayerFolder(tmp_path)
    digest = folder.put(districts())
    path = folder.path(digest)
    good = path.read_bytes()
    path.write_bytes(good[: len(good) // 2])
    with pytest.raises(InputError, match="damaged"):
        folder.get(digest)
    folder.path(folder.put(load())).replace(path)  # whole, but another layer
    with pytest.raises(InputError, match="content has changed"):
        folder.get(digest)


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", "A" * 64, "0" * 63])
def test_no_name_but_a_digest_reaches_the_disk(tmp_path: Path, digest: str) -> None:
    with pytest.raises(InputError, match="not the digest"):
        LayerFolder(tmp_path).get(digest)


def test_a_layer_that_is_not_here_says_so(tmp_path: Path) -> None:
    folder = LayerFolder(tmp_path)
    assert not folder.has("0" * 64)
    with pytest.raises(InputError, match="not on this server"):
        folder.get("0" * 64)
