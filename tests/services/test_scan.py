"""An operator's scanner sees every file first, and what it refuses is never read."""

import io
import sys

import pytest

from app.core.errors import InputError
from app.services import load_layer
from app.services.scan import scan
from app.settings import Settings
from app.sources.problems import Refused

LOOKS = "import sys, pathlib; sys.exit(b'virus' in pathlib.Path(sys.argv[1]).read_bytes())"
SCANNER = [sys.executable, "-c", LOOKS]
MAP = b"asset_id,headroom_kw,lon,lat\na,5,5.1,52.1\n"


def test_what_the_scanner_turns_away_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_layer, "SETTINGS", Settings(scan_command=SCANNER))
    good = load_layer.load_layer(io.BytesIO(MAP), "grid", name="x.csv")
    assert good.rows == 1
    bad = load_layer.load_layer(io.BytesIO(MAP + b"virus"), "grid", name="x.csv")
    assert [problem.code for problem in bad.problems] == ["FILE-SCAN"]
    assert bad.mapping.headers == ()


@pytest.mark.parametrize("command", [["/nowhere/scanner"], [sys.executable, "-c", "1/0"]])
def test_a_scanner_that_fails_lets_nothing_through(command: list[str]) -> None:
    with pytest.raises(Refused) as refusal:
        scan(MAP, command)
    assert refusal.value.problems[0].code == "FILE-SCAN"
    assert "/nowhere" not in refusal.value.problems[0].message


def test_without_a_scanner_nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.scan.subprocess.run", lambda *_a, **_k: 1 / 0)
    scan(MAP, [])


def test_a_second_map_is_looked_at_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_layer, "SETTINGS", Settings(scan_command=SCANNER))
    second = load_layer.Join(io.BytesIO(b"code,lon,lat\nvirus,5.1,52.1\n"), "stations.csv")
    with pytest.raises(InputError, match=r"stations\.csv, the map to join to: .*turned it away"):
        load_layer.load_layer(io.BytesIO(MAP), "grid", None, None, "x.csv", second)
