"""A real server of features, a clock that does not wait, and a client that may ask them."""

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.sources.addresses import Reach
from app.sources.connectors.base import Request
from app.sources.presets import Preset
from app.sources.web import Client
from app.sources.web_cache import AnswerCache
from app.sources.web_parts import Bounds, Means

SYSTEM = "http://www.opengis.net/def/crs/"
SYSTEMS = [f"{SYSTEM}OGC/1.3/CRS84", f"{SYSTEM}EPSG/0/4326", f"{SYSTEM}EPSG/0/28992"]
LOCAL = Reach(frozenset({"127.0.0.1", "localhost"}), private=True)


@dataclass
class World:
    """A clock that jumps instead of waiting, and no chance."""

    at: float = 1_000_000.0
    waited: list[float] = field(default_factory=list)

    def means(self, **more: Any) -> Means:  # noqa: ANN401
        """Give the client this clock."""
        return Means(
            monotonic=lambda: self.at,
            now=lambda: self.at,
            sleep=self._sleep,
            chance=lambda: 1.0,
            **more,
        )

    def _sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.at += seconds


@pytest.fixture
def world() -> World:
    """Start at the same moment each time."""
    return World()


Ready = Callable[..., Client]


@pytest.fixture
def client(tmp_path: Path, world: World) -> Iterator[Ready]:
    """Make clients that may reach the loopback; closed at the end."""
    made: list[Client] = []

    def make(
        reach: Reach = LOCAL,
        *,
        cache: bool = False,
        bounds: Bounds = Bounds(),  # noqa: B008  # frozen
        **means: Any,  # noqa: ANN401
    ) -> Client:
        folder = tmp_path / f"fetch-{len(made)}"
        folder.mkdir()
        kept = AnswerCache(tmp_path / "cache") if cache else None
        each = Client(
            reach,
            folder,
            agent="Kerbwatt test",
            cache=kept,
            bounds=bounds,
            means=world.means(**means),
        )
        made.append(each)
        return each

    yield make
    for each in made:
        each.__exit__()


@pytest.fixture
def ask(client: Ready, tmp_path: Path) -> Callable[..., Request]:
    """Put a request to a server of the test together."""

    def make(endpoint: str, box: Any = None, **said: Any) -> Request:  # noqa: ANN401
        more = {key: said.pop(key) for key in ("names", "key", "bounds", "report") if key in said}
        preset = Preset(
            id="xx-test",
            title="Test",
            protocol="any",
            endpoint="https://example.org",
            kind="districts",
            licence="CC0",
            publisher="Nobody",
            confidence="C",
            **said,
        )
        folder = tmp_path / "job"
        folder.mkdir(exist_ok=True)
        bounds = more.pop("bounds", Bounds())
        names = more.pop("names", {})
        return Request(client(bounds=bounds), preset, endpoint, box, names, folder, **more)

    return make


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _collection(file: Path, key: str) -> dict[str, Any]:
    provider = {
        "type": "feature",
        "name": "GeoJSON",
        "data": str(file),
        "id_field": key,
        "storage_crs": SYSTEMS[0],
        "crs": SYSTEMS,
    }
    extent = {"spatial": {"bbox": [4.9, 52.0, 6.3, 52.7], "crs": SYSTEMS[0]}}
    words = {"title": file.stem, "description": "d", "keywords": ["k"]}
    return {"type": "collection", **words, "extents": extent, "providers": [provider]}


def _settings(address: str, port: int, most: int, files: dict[str, tuple[Path, str]]) -> Any:  # noqa: ANN401
    here = {"url": "http://127.0.0.1"}
    said = {"title": "t", "description": "d", "keywords": ["k"], "keywords_type": "theme"}
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port},
            "url": address,
            "mimetype": "application/json",
            "encoding": "utf-8",
            "languages": ["en-US"],
            "limits": {"default_items": 4, "max_items": most, "on_exceed": "throttle"},
            "map": {"url": "http://127.0.0.1/none", "attribution": "none"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {**said, "terms_of_service": "x", **here},
            "license": {"name": "CC", **here},
            "provider": {"name": "p", **here},
            "contact": {"name": "c", "email": "a@example.org"},
        },
        "resources": {name: _collection(*each) for name, each in files.items()},
    }


Serve = Callable[[int], str]


@pytest.fixture(scope="session")
def features_server(
    testdata: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Serve]:
    """Start pygeoapi with the real districts and parking, once per largest page."""
    files = {
        "wijken": (testdata("utrecht/utrecht_wijken_cbs.geojson"), "wijk"),
        "parking": (testdata("parking/zwolle_parking.geojson"), "id"),
    }
    running: dict[int, tuple[subprocess.Popen[bytes], str]] = {}

    def serve(most: int) -> str:
        if most not in running:
            running[most] = _start(tmp_path_factory.mktemp("features"), most, files)
        return running[most][1]

    yield serve
    for process, _ in running.values():
        process.kill()
        process.wait()


def _start(
    folder: Path, most: int, files: dict[str, tuple[Path, str]]
) -> tuple[subprocess.Popen[bytes], str]:
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    settings = _settings(address, port, most, files)
    (folder / "config.yml").write_text(yaml.safe_dump(settings), "utf-8")
    script = Path(__file__).with_name("serve_features.py")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603  # our own script
            [sys.executable, "-W", "ignore", str(script), str(folder), str(port)],
            stdout=log,
            stderr=log,
        )
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{address}/collections?f=json", timeout=5):  # noqa: S310
                return process, address
        except OSError:
            assert process.poll() is None, (folder / "log").read_text("utf-8")
            time.sleep(0.1)
    raise AssertionError("pygeoapi did not start")
