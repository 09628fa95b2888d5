"""Every hostile file gets the answer that was promised, asks for nothing and leaves nothing."""

import contextlib
import socket
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

TRAP = 8799  # the port inside the files
PATIENCE_S = 20
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY",
           "GDAL_HTTP_PROXY")  # fmt: skip
# start of the name, kind, outcome, codes that must be there ("|": one of them will do)
PROMISED = [
    ("01_", "grid", False, "FILE-EMPTY"),
    ("03_", "grid", False, "GEO-NONE"),
    ("04_", "grid", False, "FILE-HTML"),
    ("05_", "grid", False, "FILE-TYPE"),
    ("06_", "grid", False, "JSON-DEEP"),
    ("07_", "grid", False, "GEO-NAN"),
    ("09_", "grid", False, "GEO-MISSING"),
    ("10_", "districts", True, "GEO-REPAIRED"),
    ("12_", "grid", False, "CRS-SWAPPED"),
    ("14_", "grid", True, "CRS-MEMBER"),
    ("15_", "grid", False, "CRS-LINK"),
    ("16_", "grid", False, "CRS-UNKNOWN"),
    ("17_", "districts", False, "GEO-WIDE"),
    ("19_", "districts", False, "GEO-TYPE"),
    ("20_", "grid", True, "VAL-NUMBER"),
    ("21_", "grid", True, "VAL-NEGATIVE"),
    ("23_", "grid", True, "TXT-MARKUP"),
    ("25_", "grid", True, "TXT-CONTROL"),
    ("26_", "grid", False, "COL-DUPLICATE"),
    ("29_", "districts", True, "GEO-OVERLAP"),
    ("30_", "districts", True, "GEO-GAP"),
    ("33_", "grid", False, "XML-DOCTYPE"),
    ("35_", "grid", False, "FILE-UNSUPPORTED"),
    ("36_", "grid", False, "FILE-UNSUPPORTED"),
    ("38_", "chargers", False, "XML-DOCTYPE"),
    ("39_", "grid", False, "FILE-POINTER"),
    ("40_", "grid", False, "FILE-TYPE|FILE-POINTER"),
    ("42_", "grid", False, "FILE-POINTER"),
    ("43_", "grid", False, "FILE-POINTER"),
    ("44_", "districts", False, "CRS-MISSING"),
    ("45_", "districts", False, "SHP-PART"),
    ("47_", "districts", False, "ZIP-LAYERS"),
    ("48_", "districts", False, "ZIP-PATH"),
    ("51_", "grid", False, "ZIP-COUNT"),
    ("52_", "grid", False, "ZIP-NESTED"),
    ("53_", "districts", False, "SHP-DAMAGED"),
    ("54_", "districts", False, "SHP-COUNT"),
    ("56_", "grid", False, "TAB-ENCODING TAB-DIALECT TAB-GEOMETRY"),
    ("57_", "grid", False, "TAB-RAGGED"),
    ("59_", "grid", False, "COL-DUPLICATE"),
    ("60_", "grid", False, "TAB-LEADINGZERO TAB-GEOMETRY"),
    ("63_", "grid", False, "VAL-UNIT TAB-GEOMETRY"),
    ("64_", "grid", False, "VAL-UNUSABLE TAB-GEOMETRY"),
    ("65_", "grid", False, "TAB-HEADER"),
    ("66_", "prices", False, "XLS-FORMULA VAL-DATE"),
    ("67_", "grid", False, "FILE-TYPE|FILE-DAMAGED"),
    ("68_", "districts", False, "CRS-UNKNOWN"),
    ("71_", "grid", False, "FILE-PICKLE"),
    ("72_", "districts", False, "FILE-DAMAGED"),
    ("74_", "grid", True, ""),
    ("75_", "grid", False, "FILE-COMPRESSED"),
]


class Trap:
    """A server on this machine that answers nothing and remembers what it was asked."""

    def __init__(self, port: int, asked: list[str]) -> None:
        class Handler(BaseHTTPRequestHandler):
            def handle_one_request(self) -> None:
                """Remember the first line, whatever the method."""
                asked.append(self.rfile.readline(1000).decode("latin-1").strip())
                self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401
                """Stay quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self) -> None:
        """Stop listening."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture(scope="module")
def requests() -> Iterator[list[str]]:
    """Listen where the files point to, and as the proxy of everything else that is asked for."""
    asked: list[str] = []
    try:
        there = Trap(TRAP, asked)
    except OSError:
        pytest.skip(f"port {TRAP} is taken on this machine")
    proxy = Trap(0, asked)
    address = f"http://127.0.0.1:{proxy.server.server_port}"
    with pytest.MonkeyPatch.context() as patch:
        for name in PROXIES:
            patch.setenv(name, address)
        for name in ("no_proxy", "NO_PROXY"):
            patch.delenv(name, raising=False)
        yield asked
    proxy.close()
    there.close()


@pytest.mark.parametrize(("start", "kind", "accepted", "codes"), PROMISED)
def test_a_hostile_file_gets_the_promised_answer(  # noqa: PLR0913, PLR0917
    start: str,
    kind: str,
    accepted: bool,  # noqa: FBT001
    codes: str,
    badinput: Callable[[str], Path],
    take: Any,  # noqa: ANN401
    requests: list[str],
) -> None:
    path = badinput(start)
    beside = sorted(path.parent.iterdir())
    begun = time.monotonic()
    found = take(path, kind)
    assert time.monotonic() - begun < PATIENCE_S
    there = {problem.code for problem in found.problems}
    assert found.accepted is accepted
    for wanted in codes.split():
        assert there & set(wanted.split("|")), f"{wanted} is missing from {sorted(there)}"
    assert requests == []
    assert sorted(path.parent.iterdir()) == beside
    said = " ".join(problem.message + problem.hint for problem in found.problems)
    assert "root:" not in said
    assert "/tmp" not in said  # noqa: S108  # no path of the server
    assert "Traceback" not in said


def test_the_trap_hears_at_both_ears(requests: list[str]) -> None:
    """Straight to the address inside the files, and to any other by the proxy."""
    with contextlib.closing(socket.create_connection(("127.0.0.1", TRAP), 2)) as line:
        line.sendall(b"OPTIONS /heard HTTP/1.0\r\n\r\n")
        line.recv(100)
    fresh = urllib.request.build_opener(urllib.request.ProxyHandler())
    with contextlib.suppress(OSError, HTTPException):
        fresh.open("http://nowhere.invalid/too", timeout=5)
    assert requests == ["OPTIONS /heard HTTP/1.0", "GET http://nowhere.invalid/too HTTP/1.1"]
    requests.clear()


def test_the_manifest_holds_no_file_without_a_promise(badinput: Callable[[str], Path]) -> None:
    folder = badinput("01_").parent
    there = {path.name[:3] for path in folder.iterdir() if path.name != "manifest.csv"}
    assert there == {start for start, *_ in PROMISED}


def test_a_crossing_district_gets_its_true_area(
    badinput: Callable[[str], Path],
    take: Any,  # noqa: ANN401
) -> None:
    """Two triangles of a 6.8 km x 11.1 km box: half of 7,600 ha."""
    found = take(badinput("10_"), "districts")
    assert found.layer.map.area.sum() / 10_000 == pytest.approx(3_810, rel=0.01)
    assert "0.0 →" in next(p.message for p in found.problems if p.code == "GEO-REPAIRED")


def test_text_numbers_names_and_zeros_come_out_right(
    badinput: Callable[[str], Path],
    take: Any,  # noqa: ANN401
) -> None:
    assert take(badinput("20_")).layer.frame["kw"].tolist()[0] == 1200.5
    assert take(badinput("20_")).layer.frame["kw"].isna().sum() == 1
    assert take(badinput("25_")).layer.frame["name"].tolist() == ["abgnp.exe"]
    assert take(badinput("14_")).mapping.crs == "EPSG:28992"
    overlap = [p for p in take(badinput("29_"), "districts").problems if p.code == "GEO-OVERLAP"]
    assert [p.severity for p in overlap] == ["warning"]
    assert "25.0 %" in overlap[0].message
    assert "EPSG:28992" in take(badinput("44_"), "districts").problems[0].message


def test_reading_twice_says_the_same(
    badinput: Callable[[str], Path],
    take: Any,  # noqa: ANN401
) -> None:
    for start, kind, *_ in PROMISED[::5]:
        first, second = (take(badinput(start), kind) for _ in range(2))
        assert first.problems == second.problems
        assert first.questions == second.questions
        assert first.layer == second.layer
