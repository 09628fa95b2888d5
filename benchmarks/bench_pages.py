"""How long a page takes to answer a moved lever: over the websocket, as a browser asks.

Two levers per page: one that only redraws (the budget, a plan on the sites page aside), and one
that asks a new question of the engine (the share of V2G). Time is from asking to the end of the
script, the browser's own drawing left out. ``p95_ms`` stands in the extra information.
"""

import itertools
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from app.paths import PAGES

ROUNDS = 12
NAMES = sorted(path.stem for path in PAGES.glob("*.py"))
LEVERS = {  # every value is new to the caches, as long as there are any
    "Budget": itertools.cycle(range(1_000_000, 50_000_000, 250_000)),
    "V2G share": itertools.cycle(np.arange(0.025, 1.0, 0.025).round(3).tolist()),
}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the dashboard with its usual city on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = str(free.getsockname()[1])
    home = {"KERBWATT_HOME": str(tmp_path_factory.mktemp("home"))}
    code = "from app.cli import main; main()"
    command = [sys.executable, "-c", code, "serve", "--port", number]
    quiet = Path(os.devnull).open("w")  # noqa: SIM115
    with subprocess.Popen(command, env=os.environ | home, stdout=quiet, stderr=quiet) as process:  # noqa: S603
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{number}/_stcore/health").close()
                break
            except OSError:
                time.sleep(0.1)
        yield number
        process.terminate()
    quiet.close()


class Visit:
    """One visitor of one page."""

    def __init__(self, socket: ClientConnection, page: str) -> None:
        """Open the page and wait until it stands."""
        self.socket = socket
        self.page = page
        self.state: dict[str, float] = {}
        self.widgets: dict[str, str] = {}
        self.run()

    def run(self) -> None:
        """Ask for the script and read until it has finished."""
        message = BackMsg()
        message.rerun_script.page_name = "" if self.page == "overview" else self.page
        for key, value in self.state.items():
            widget = message.rerun_script.widget_states.widgets.add(id=key)
            widget.double_array_value.data.append(value)
        self.socket.send(message.SerializeToString())
        while True:
            found = ForwardMsg.FromString(self.socket.recv(timeout=120))
            slider = found.delta.new_element.slider
            if slider.id:
                self.widgets[slider.label] = slider.id
            if found.WhichOneof("type") == "script_finished":
                return

    def move(self, lever: str, value: float) -> None:
        """Turn a lever."""
        key = next(key for label, key in self.widgets.items() if label.startswith(lever))
        self.state[key] = value
        self.run()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("lever", sorted(LEVERS))
@pytest.mark.parametrize("page", NAMES)
def test_page(benchmark: BenchmarkFixture, port: str, page: str, lever: str) -> None:
    place = f"127.0.0.1:{port}"
    address = f"ws://{place}/_stcore/stream"
    with connect(
        address, origin=f"http://{place}", subprotocols=["streamlit"], max_size=None
    ) as wire:
        visit = Visit(wire, page)
        benchmark.pedantic(
            lambda: visit.move(lever, next(LEVERS[lever])), rounds=ROUNDS, warmup_rounds=3
        )
    taken = np.array(benchmark.stats.stats.data)
    benchmark.extra_info["p95_ms"] = round(1000 * float(np.quantile(taken, 0.95)))
