"""The reading process can open four formats, nothing else, and reaches nobody."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest

from app.core.schema import GRID
from app.sources import child
from app.sources.answers import Answers
from app.sources.child import SCRIPT, SKIPPED, environment, read_in_child
from app.sources.limits import Limits
from app.sources.problems import Findings, Refused
from app.sources.task import Task

ALLOWED = {"GeoJSON", "ESRI Shapefile", "GPKG", "FlatGeobuf"}


def task(**limits: int) -> Task:
    return Task(GRID, None, Answers(), replace(Limits(), **limits), "x", Findings())


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("gpkg") / "x.gpkg"
    points = gpd.points_from_xy([5.1], [52.1])
    gpd.GeoDataFrame({"asset_id": ["a"]}, geometry=points, crs=4326).to_file(path)
    return path.read_bytes()


@pytest.fixture
def trap() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []

    class Trap(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Trap)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()
    thread.join()


def run(code: str, env: dict[str, str] | None, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-I", "-c", code, *arguments],
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout


def test_only_four_drivers_are_left(tmp_path: Path) -> None:
    """GDAL also counts GeoJSON among its drivers; we read it ourselves."""
    names = "import pyogrio, json; print(json.dumps(list(pyogrio.list_drivers())))"
    assert set(json.loads(run(names, environment(tmp_path, list(SKIPPED))))) == ALLOWED
    assert set(json.loads(run(names, None))) > ALLOWED


def test_a_driver_nobody_skipped_stops_the_child_and_is_then_skipped(
    package: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "SKIPPED", tuple(name for name in SKIPPED if name != "OGR_VRT"))
    codes = []
    inner = child._run  # noqa: SLF001  # to see each exit status

    def watched(*arguments: Any) -> int:  # noqa: ANN401
        codes.append(inner(*arguments))
        return codes[-1]

    monkeypatch.setattr(child, "_run", watched)
    assert read_in_child("GeoPackage", {".gpkg": package}, task()).table.num_rows == 1
    assert codes == [3, 0]


def test_a_linked_system_reaches_nobody_from_the_child_but_does_without_its_walls(
    tmp_path: Path, trap: tuple[str, list[str]]
) -> None:
    address, asked = trap
    link = {"type": "link", "properties": {"href": f"{address}/crs", "type": "proj4"}}
    point = {"type": "Point", "coordinates": [5, 52]}
    feature = {"type": "Feature", "properties": {"a": 1}, "geometry": point}
    path = tmp_path / "x.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature], "crs": link}))
    read = "import sys, pyogrio; pyogrio.raw.read(sys.argv[1]); print('read')"
    run(read, environment(tmp_path, list(SKIPPED)), str(path))
    assert asked == []
    run(read, {"HOME": str(tmp_path)}, str(path))
    assert asked  # without the walls the trap is heard: it is not deaf


def test_nothing_is_inherited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s3cret")
    monkeypatch.setenv("SHAPE_RESTORE_SHX", "YES")
    env = environment(tmp_path, list(SKIPPED))
    assert not {"AWS_SECRET_ACCESS_KEY", "SHAPE_RESTORE_SHX", "PATH"} & set(env)
    assert env["HOME"] == str(tmp_path)
    assert "," in env["GDAL_SKIP"]
    assert env["HTTPS_PROXY"] == "http://127.0.0.1:9"


def test_the_script_imports_nothing_of_ours() -> None:
    assert "from app" not in SCRIPT.read_text("utf-8")
    assert "import app" not in SCRIPT.read_text("utf-8")


def test_a_reader_that_takes_too_long_is_ended(
    package: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    slow = tmp_path / "slow.py"
    slow.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(child, "SCRIPT", slow)
    with pytest.raises(Refused) as refusal:
        read_in_child("GeoPackage", {".gpkg": package}, task(child_wall_s=1))
    assert refusal.value.problems[0].code == "SYS-TIME"


@pytest.mark.parametrize("script", ["raise SystemExit(1)", "import os; os.abort()", "pass"])
def test_a_reader_that_dies_is_a_refusal(
    script: str, package: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "dying.py"
    path.write_text(script)
    monkeypatch.setattr(child, "SCRIPT", path)
    with pytest.raises(Refused) as refusal:
        read_in_child("GeoPackage", {".gpkg": package}, task())
    assert refusal.value.problems[0].code == "SYS-CHILD"


@pytest.mark.parametrize("content", [b"", b"ARROW1\0\0" + b"\xff" * 64, b"ARROW1\0\0ARROW1"])
def test_a_table_that_cannot_be_read_is_a_refusal(content: bytes, tmp_path: Path) -> None:
    """Found by the fuzzer: a footer that points nowhere is an error of the system, not of Arrow."""
    (tmp_path / "out.arrow").write_bytes(content)
    with pytest.raises(Refused) as refusal:
        child._table(tmp_path)  # noqa: SLF001
    assert refusal.value.problems[0].code == "FILE-DAMAGED"


def test_memory_is_capped(package: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("resource")
    greedy = SCRIPT.read_text("utf-8").replace(
        "READERS = {\n", 'def _greedy(folder, job):\n    return {"n": len(bytearray(10**9))}\n\n\n'
        'READERS = {\n    "GeoPackage2": _greedy,\n'
    )  # fmt: skip
    path = tmp_path / "greedy.py"
    path.write_text(greedy, "utf-8")
    monkeypatch.setattr(child, "SCRIPT", path)
    with pytest.raises(Refused) as refusal:
        read_in_child("GeoPackage2", {".gpkg": package}, task(child_bytes=400_000_000))
    assert refusal.value.problems[0].code == "SYS-MEMORY"


def test_rows_and_columns_over_the_limit_are_not_read(package: bytes) -> None:
    for limit in ({"map_rows": 0}, {"columns": 0}):
        with pytest.raises(Refused) as refusal:
            read_in_child("GeoPackage", {".gpkg": package}, task(**limit))
        assert refusal.value.problems[0].code == "FILE-ROWS"


def test_layers_over_the_limit_are_not_even_listed(tmp_path: Path) -> None:
    path = tmp_path / "x.gpkg"
    points = gpd.points_from_xy([5.1], [52.1])
    for name in ("one", "two"):
        gpd.GeoDataFrame({"asset_id": ["a"]}, geometry=points, crs=4326).to_file(path, layer=name)
    for limit, code in ((2, "ZIP-LAYERS"), (1, "FILE-ROWS")):
        with pytest.raises(Refused) as refusal:
            read_in_child("GeoPackage", {".gpkg": path.read_bytes()}, task(layers=limit))
        assert refusal.value.problems[0].code == code


def test_processor_time_is_capped(
    package: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Waits one second of processor time: less cannot be set."""
    pytest.importorskip("resource")
    busy = SCRIPT.read_text("utf-8").replace(
        "READERS = {\n", 'def _busy(folder, job):\n    while True:\n        pass\n\n\n'
        'READERS = {\n    "GeoPackage2": _busy,\n'
    )  # fmt: skip
    path = tmp_path / "busy.py"
    path.write_text(busy, "utf-8")
    monkeypatch.setattr(child, "SCRIPT", path)
    with pytest.raises(Refused) as refusal:
        read_in_child("GeoPackage2", {".gpkg": package}, task(child_processor_s=1))
    assert refusal.value.problems[0].code == "SYS-TIME"


def test_a_damaged_package_is_refused(package: bytes) -> None:
    for broken in (package[:40_000], package[:4096] + b"\x07" * 9000 + package[13_096:]):
        with pytest.raises(Refused) as refusal:
            read_in_child("GeoPackage", {".gpkg": broken}, task())
        assert refusal.value.problems[0].code in {"FILE-DAMAGED", "GEO-NONE"}
