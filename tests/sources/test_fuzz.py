"""Files damaged at random are read or refused in words: no crash, no hang, no trace, no request.

A short run with a fixed seed by default; ``make fuzz`` sets KERBWATT_FUZZ to 2,000 cases.
"""

import io
import json
import os
import random
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.core.schema import KINDS
from app.sources import child
from app.sources.answers import Answer, Answers
from app.sources.area import Area
from app.sources.codes import TEMPLATES
from app.sources.intake import take_in
from app.sources.limits import Limits
from tests.sources.damage import damaged, seeds

CASES = int(os.environ.get("KERBWATT_FUZZ", "60"))
PATIENCE_S = 10
NAMES = ("a.geojson", "b.json", "c.csv", "d.csv", "e.zip", "f.zip", "g.xlsx", "h.gpkg", "i.fgb",
         "j.parquet", "k.arrow")  # fmt: skip
DRAWN = 3  # groups of generated rather than damaged files
EACH = -(-CASES // (len(NAMES) + DRAWN))
UTRECHT = Area(
    shapely.box(126_000, 447_000, 144_000, 463_000), "EPSG:28992", "Utrecht", "NL",
    "Europe/Amsterdam",
)  # fmt: skip
GENERATED = settings(
    derandomize=True,
    deadline=None,
    max_examples=EACH,
    suppress_health_check=list(HealthCheck),
    database=None,
)


class Watch:
    """Hears what this process opens for writing and whom it calls; a hook cannot be taken away."""

    def __init__(self) -> None:
        """Listen, but remember nothing yet."""
        self.folder: Path | None = None
        self.heard: list[str] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.folder is None:
            return
        if event == "open" and isinstance(arguments[0], (str, bytes)):
            path, mode, flags = os.fsdecode(arguments[0]), arguments[1], arguments[2]
            writes = any(c in (mode or "") for c in "wax+") or bool(
                flags & (os.O_WRONLY | os.O_RDWR)
            )
            if writes and path != os.devnull and not path.startswith(str(self.folder)):
                self.heard.append(f"wrote {path}")
        if event == "socket.connect":
            self.heard.append(f"called {arguments[1]}")


WATCH = Watch()


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Work in folders that can be looked through, with a trap where requests would go."""
    asked: list[str] = []

    class Trap(BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            """Remember whatever comes."""
            asked.append(self.rfile.readline(1000).decode("latin-1"))
            self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Trap)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    folder = tmp_path_factory.mktemp("fuzz")
    temporary, here = folder / "tmp", folder / "here"
    for each in (temporary, here):
        each.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(child, "NOWHERE", f"http://127.0.0.1:{server.server_port}")
        patch.setattr("tempfile.tempdir", str(temporary))
        patch.chdir(here)
        yield folder
    server.shutdown()
    server.server_close()
    thread.join()
    assert asked == []
    assert list(temporary.iterdir()) == []
    assert list(here.iterdir()) == []


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, bytes]]:
    """One good file of every format."""
    return dict(seeds(tmp_path_factory.mktemp("seeds")))


def ask(content: bytes, kind: str, name: str, quiet: Path, answers: Answers = Answers()) -> bool:  # noqa: B008
    """Take a file in and hold the answer against what was promised; says whether it came in."""
    WATCH.heard.clear()
    WATCH.folder = quiet
    begun = time.monotonic()
    try:
        found = take_in(
            io.BytesIO(content), kind=kind, area=UTRECHT, answers=answers, limits=Limits(),
            name=name,
        )  # fmt: skip
    finally:
        WATCH.folder = None
    assert time.monotonic() - begun < PATIENCE_S
    assert WATCH.heard == []
    assert found.accepted != bool(found.of("error"))
    assert all(problem.code in TEMPLATES for problem in found.problems)
    said = " ".join(problem.message for problem in found.problems)
    assert "Traceback" not in said
    assert str(quiet) not in said
    if found.layer is not None:
        assert len(found.layer.digest) == 64
    return found.accepted


def test_the_seeds_are_good(good: dict[str, tuple[str, bytes]], quiet: Path) -> None:
    """Else the damage would be done to files that are refused at the first byte."""
    assert set(good) == set(NAMES)
    for name, (kind, content) in good.items():
        assert ask(content, kind, name, quiet), name


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_file_is_read_or_refused_in_words(
    name: str, good: dict[str, tuple[str, bytes]], quiet: Path
) -> None:
    kind, content = good[name]
    others = [other for _kind, other in good.values()]
    for nth in range(EACH):
        dice = random.Random(f"{name} {nth}")  # noqa: S311  # damage, no secret
        hurt = damaged(name, content, others, dice)
        try:
            ask(hurt, kind, name, quiet)
        except BaseException as error:
            error.add_note(f"damage {nth} of {name}")
            raise


PLAIN = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12),
    st.sampled_from(["1,5", "1.234", "-99997", "31-12-1899", "2025-03-30T02:30", "=1", "<b>",
                     "0123", "POINT (5 52)", "{", "\ud800", "\u202e"]),
)  # fmt: skip
NUMBER = st.one_of(st.floats(4.9, 5.3), st.floats(52, 52.2), st.floats(), st.integers(), PLAIN)
NESTED = st.recursive(NUMBER, lambda inner: st.lists(inner, max_size=5), max_leaves=20)
KEYS = st.one_of(
    st.sampled_from(["id", "ID", "name", "headroom_kw", "capacity (MVA)", "households", "spaces",
                     "level", "status", "geometry", "Ruimte [MW]", "lon", "lat", "", "A%", "kw"]),
    st.text(max_size=8),
)  # fmt: skip
RING = st.lists(st.tuples(st.floats(5, 5.2), st.floats(52, 52.2)), min_size=3, max_size=6).map(
    lambda ring: [*ring, ring[0]]
)
SHAPES = st.one_of(
    st.none(),
    st.builds(lambda ring: {"type": "Polygon", "coordinates": [ring]}, RING),
    st.builds(lambda rings: {"type": "MultiPolygon", "coordinates": [[r] for r in rings]},
              st.lists(RING, max_size=3)),
    st.builds(lambda x, y: {"type": "Point", "coordinates": [x, y]}, NUMBER, NUMBER),
    st.builds(lambda kind, inner: {"type": kind, "coordinates": inner},
              st.sampled_from(["Point", "LineString", "Polygon", "MultiPoint", "Curve", None]),
              NESTED),
)  # fmt: skip
FEATURES = st.lists(
    st.builds(
        lambda properties, shape: {"type": "Feature", "properties": properties, "geometry": shape},
        st.dictionaries(KEYS, st.one_of(PLAIN, NESTED, st.dictionaries(KEYS, PLAIN, max_size=3)),
                        max_size=6),
        SHAPES,
    ),
    max_size=6,
)  # fmt: skip
MAPS = st.sampled_from([kind for kind, known in KINDS.items() if known.geometry])


@pytest.mark.timeout(3600)
@GENERATED
@given(features=FEATURES, kind=MAPS)
def test_any_features_are_read_or_refused_in_words(
    quiet: Path, features: list[dict[str, Any]], kind: str
) -> None:
    document = {"type": "FeatureCollection", "features": features}
    ask(json.dumps(document).encode(), kind, "x.geojson", quiet)


@pytest.mark.timeout(3600)
@GENERATED
@given(
    rows=st.lists(st.lists(st.one_of(PLAIN.map(str), st.floats(5, 53).map(str)), max_size=6),
                  max_size=8),
    headers=st.lists(KEYS, min_size=1, max_size=6),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    kind=st.sampled_from(sorted(KINDS)),
    encoding=st.sampled_from(["utf-8", "cp1252", "utf-16"]),
)  # fmt: skip
def test_any_table_is_read_or_refused_in_words(  # noqa: PLR0913, PLR0917
    quiet: Path,
    rows: list[list[str]],
    headers: list[str],
    delimiter: str,
    kind: str,
    encoding: str,
) -> None:
    text = "\n".join(delimiter.join(row) for row in [headers, *rows])
    ask(text.encode(encoding, "replace"), kind, "x.csv", quiet)


SAID = st.builds(
    lambda columns, **others: Answers(columns=columns, **others),
    columns=st.dictionaries(
        st.sampled_from(["asset_id", "headroom_kw", "capacity_kw", "level", "lon", "lat", "name"]),
        st.builds(
            Answer,
            st.sampled_from(["", "id", "name", "capacity_kw", "headroom_kw", "lon", "nothing"]),
            st.sampled_from([None, "MW", "kVA", "A", "EUR", "furlong"]),
        ),
        max_size=5,
    ),
    crs=st.sampled_from([None, "EPSG:28992", "EPSG:4326", "EPSG:4979", "EPSG:1", "x", "EPSG:3857"]),
    swap_xy=st.sampled_from([None, True, False]),
    encoding=st.sampled_from([None, "utf-8", "cp1252", "utf-16", "ascii"]),
    delimiter=st.sampled_from([None, ";", ",", "x"]),
    decimal=st.sampled_from([None, ",", "."]),
    dayfirst=st.sampled_from([None, True, False]),
    clip=st.sampled_from([None, True]),
    layer=st.sampled_from([None, "map", "x"]),
)


@pytest.mark.timeout(3600)
@GENERATED
@given(said=SAID, name=st.sampled_from(["a.geojson", "c.csv", "d.csv", "e.zip"]))
@example(said=Answers(layer="map"), name="f.zip")
def test_any_answers_to_a_good_file_end_in_words(
    good: dict[str, tuple[str, bytes]], quiet: Path, said: Answers, name: str
) -> None:
    kind, content = good[name]
    ask(content, kind, name, quiet, said)
