"""The three views of a plan in a terminal: six files, one sum."""

import json
from pathlib import Path

from typer.testing import CliRunner

from app.cli import cli


def test_six_files_and_the_same_totals(tmp_path: Path) -> None:
    words = ["views", "sampletown", "--out", str(tmp_path / "new"), "--json"]
    run = CliRunner().invoke(cli, words)
    assert run.exit_code == 0, run.output
    found = json.loads(run.stdout)
    city, dso, cpo = (found["views"][key]["totals"] for key in ("city", "dso", "cpo"))
    assert set(city) == {"points", "kw", "kwh_year"}
    for name, value in city.items():
        assert abs(dso[name] - value) < 1e-6 * value
        assert abs(cpo[name] - value) < 1e-6 * value
    assert {path.name for path in (tmp_path / "new").iterdir()} == set(found["files"])
    assert len(found["files"]) == 6
