"""The guide to a tenth strategy works as it is written: one file, and it is everywhere."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.paths import APP, DATA

ROOT = APP.parent
GUIDE = ROOT / "docs" / "adding-a-strategy.md"
MENUS = """
import json
from app.core.scenario import choices
from app.core.strategies import STRATEGIES
print(json.dumps([list(STRATEGIES), list(choices()["strategy"].options())]))
"""
ENTRY = "[kerbwatt.strategies]\nlate_start = late_start:STRATEGY\n"


def code() -> str:
    found = re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    assert len(found) == 1
    return str(found[0])


def python(*words: object, cwd: Path, also: Path | None = None) -> str:
    """Run Python in a process of its own; ``also`` is a folder with a plugin."""
    places = [str(place) for place in (also, cwd) if place is not None]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(places)}
    done = subprocess.run(  # noqa: S603
        [sys.executable, *map(str, words)],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the strategy of the guide as a package of somebody else's."""
    folder = tmp_path_factory.mktemp("plugin")
    (folder / "late_start.py").write_text(code(), "utf-8")
    about = folder / "late_start-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: late-start\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(ENTRY)
    return folder


def test_one_new_file_is_one_more_choice_in_every_menu(tmp_path: Path) -> None:
    before = json.loads(python("-c", MENUS, cwd=ROOT))
    shutil.copytree(APP, tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "data").symlink_to(DATA)
    (tmp_path / "app" / "core" / "strategies" / "late_start.py").write_text(code(), "utf-8")
    after = json.loads(python("-c", MENUS, cwd=tmp_path))
    for old, new in zip(before, after, strict=True):
        assert set(new) - set(old) == {"late_start"}
        assert [key for key in new if key != "late_start"] == old, "nothing else moved"
    assert after[0].index("late_start") == 2  # after uncontrolled and throttle, by its order


def test_the_command_line_runs_it(plugin: Path, tmp_path: Path) -> None:
    week = DATA / "examples" / "own"
    run = "from app.cli import main; main()"
    words = ["simulate", "--sessions", week / "sessions.csv", "--base", week / "base.csv", "--json"]
    found = {
        key: json.loads(
            python("-c", run, *words, "--strategy", key, "--out", tmp_path, cwd=ROOT, also=plugin)
        )
        for key in ("late_start", "uncontrolled")
    }
    late, usual = found["late_start"], found["uncontrolled"]
    assert late["strategy"] == "late_start"
    assert set(late["options"]) == {"share_can_resume", "opt_out", "seed"}
    assert late["energy_delivered_kwh"] == pytest.approx(usual["energy_delivered_kwh"], rel=1e-6)
    assert late["energy_unserved_kwh"] == 0, "nobody leaves short"
    assert late["users"]["late_kwh_share"] > 0.3
    assert late["peak_kw"] != usual["peak_kw"]
    assert late["counts"]["v2g"] == 0


@pytest.mark.timeout(300)  # the whole contract, with hypothesis, in a process of its own
def test_it_keeps_the_contract_of_every_strategy(plugin: Path) -> None:
    tests = "tests/core/strategies/test_every_strategy.py"
    words = ("-m", "pytest", "-q", "-p", "no:cacheprovider", tests, "-k", "late_start or menu")
    said = python(*words, cwd=ROOT, also=plugin)
    assert int(re.findall(r"(\d+) passed", said)[0]) >= 9
    assert "late_start" not in json.loads(python("-c", MENUS, cwd=ROOT))[0], "it left no trace"
