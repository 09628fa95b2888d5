"""Every limit lets through what it allows and refuses one more, and an operator can set it."""

import io
import json
import tomllib
import zipfile
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest

from app.paths import ROOT
from app.services.load_layer import limits
from app.settings import Settings
from app.sources.limits import MEGABYTE, Limits

HEAD = b"asset_id,headroom_kw,lon,lat\n"
ROW = b"a,5,5.1,52.1\n"
RING = [[5.1, 52.1], [5.11, 52.1], [5.11, 52.11], [5.1, 52.11], [5.1, 52.1]]  # 5 vertices
SHAPE = {"type": "Polygon", "coordinates": [RING]}
PRICES = b"time,eur_per_mwh\n2025-01-01T00:00Z,80\n2025-01-01T01:00Z,90\n"


def feature(**properties: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"type": "Feature", "properties": properties, "geometry": SHAPE}


def document(*features: dict[str, Any]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return out.getvalue()


def nested(levels: int) -> list[Any]:
    inner: list[Any] = []
    for _ in range(levels - 1):
        inner = [inner]
    return inner


TEN = zipped(x_csv=HEAD + ROW, **{f"n{nth}_md": b"x" for nth in range(9)})
LONG = zipped(x_csv=HEAD + b"a,5,5.1,52.1" + b" " * 4000 + b"\n")
RATIO = zipfile.ZipFile(io.BytesIO(LONG)).infolist()[0]
TIMES = RATIO.file_size // RATIO.compress_size + 1
A, B = feature(asset_id="a", headroom_kw=5), feature(asset_id="b", headroom_kw=6)
BOTH = document(A, B)
# limit, the most it allows for this file, its kind, its name, the file, the code of one less
EDGES = [
    ("upload_bytes", len(HEAD + ROW), "grid", "x.csv", HEAD + ROW, "FILE-SIZE"),
    ("unpacked_bytes", len(HEAD + ROW) + 9, "grid", "x.zip", TEN, "ZIP-SIZE"),
    ("entries", 10, "grid", "x.zip", TEN, "ZIP-COUNT"),
    ("ratio", TIMES, "grid", "x.zip", LONG, "ZIP-RATIO"),
    ("depth", 30, "grid", "x.geojson", document({**A, "properties":
        A["properties"] | {"deep": nested(30)}}), "JSON-DEEP"),
    ("map_rows", 2, "grid", "x.geojson", BOTH, "FILE-ROWS"),
    ("table_rows", 2, "prices", "x.csv", PRICES, "FILE-ROWS"),
    ("columns", 4, "grid", "x.csv", HEAD + ROW, "FILE-ROWS"),
    ("vertices_feature", 5, "grid", "x.geojson", BOTH, "GEO-VERTICES"),
    ("vertices_layer", 10, "grid", "x.geojson", BOTH, "FILE-ROWS"),
    ("cell_characters", 300, "grid", "x.csv", HEAD + b"a,5,5.1,52.1\n".replace(b"a", b"a" * 150)
        .replace(b"5,", b"5" + b" " * 299 + b","), "TAB-CELL"),
]  # fmt: skip
IDS = [edge[0] for edge in EDGES]


@pytest.mark.parametrize(("name", "most", "kind", "file", "content", "code"), EDGES, ids=IDS)
def test_a_limit_lets_pass_what_it_allows_and_refuses_one_more(  # noqa: PLR0913, PLR0917
    name: str,
    most: int,
    kind: str,
    file: str,
    content: bytes,
    code: str,
    take: Callable[..., Any],
) -> None:
    usual = {"ratio_from_bytes": 100} if name == "ratio" else {}
    within = take(content, kind, file, limits=Limits(**{name: most}, **usual))
    assert within.of("error") == ()
    beyond = take(content, kind, file, limits=Limits(**{name: most - 1}, **usual))
    assert code in {problem.code for problem in beyond.of("error")}
    assert beyond.layer is None


def test_every_limit_has_its_edge_tested() -> None:
    """Those of the reading process are tested in ``test_child.py``."""
    elsewhere = {"child_bytes", "child_processor_s", "child_wall_s", "layers", "ratio_from_bytes"}
    assert {field.name for field in fields(Limits)} == set(IDS) | elsewhere


def test_an_operator_can_set_every_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each setting moves exactly one limit; only the size from which ratios count is fixed."""
    usual = limits(Settings())
    assert usual == Limits()
    moved: dict[str, set[str]] = {}
    for name in Settings.model_fields:
        if not name.startswith("limit_") or name in {
            "limit_own_mb",
            "limit_own_rows",
            "limit_own_steps",
        }:
            continue
        with monkeypatch.context() as patch:
            patch.setenv(f"KERBWATT_{name.upper()}", "777")
            found = limits(Settings())
        moved[name] = {f.name for f in fields(Limits)
                       if getattr(found, f.name) != getattr(usual, f.name)}  # fmt: skip
    of_visits = {"limit_files_hour", "limit_project_mb"}
    assert all(len(names) == 1 for key, names in moved.items() if key not in of_visits)
    assert all(moved[key] == set() for key in of_visits)
    reached = set().union(*moved.values())
    assert {field.name for field in fields(Limits)} - reached == {"ratio_from_bytes"}


def test_the_page_takes_files_as_large_as_the_intake_does() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    assert config["server"]["maxUploadSize"] * MEGABYTE == Limits().upload_bytes
