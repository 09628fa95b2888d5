"""The guide to one more case works as it is written: one file, and it is everywhere."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.paths import APP

ROOT = APP.parent
GUIDE = ROOT / "docs" / "adding-a-case.md"
ENTRY = "[kerbwatt.cases]\nlamp-posts = lamp_posts:CASE\n"


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the case of the guide as a package of somebody else's."""
    folder = tmp_path_factory.mktemp("plugin")
    found = re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    assert len(found) == 1
    (folder / "lamp_posts.py").write_text(found[0], "utf-8")
    about = folder / "lamp_posts-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: lamp-posts\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(ENTRY)
    return folder


def python(plugin: Path, *words: str) -> str:
    """Run Python in a process of its own that has the plugin."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, *words],
        cwd=ROOT,
        env={"PYTHONPATH": f"{plugin}:{ROOT}", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_command_line_of_the_guide_answers(plugin: Path) -> None:
    line = re.findall(r"    kerbwatt (case .*)", GUIDE.read_text("utf-8"))[0]
    run = "from app.cli import main; main()"
    found = json.loads(python(plugin, "-c", run, *line.split()))
    assert found["sockets"] == 13  # 50 / 3.7
    echoed = {each["name"]: each["source"] for each in found["inputs"]}
    assert echoed == {"posts": "kerbwatt", "cable_kw": "given", "socket_kw": "kerbwatt"}


def test_it_keeps_the_contract_of_every_case(plugin: Path) -> None:
    tests = "tests/core/cases/test_every_case.py"
    said = python(plugin, "-m", "pytest", "-q", "-p", "no:cacheprovider", tests, "-k", "lamp-posts")
    assert "4 passed" in said


def test_no_case_loads_a_map_or_a_compiler(plugin: Path) -> None:
    """What makes the answer come within a second."""
    heavy = ("geopandas", "numba", "pandas", "scipy", "streamlit", "plotly")
    code = (
        "import sys; from app.core.cases import CASES; from app.commands import case; "
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    assert python(plugin, "-c", code).strip() == "[]"
