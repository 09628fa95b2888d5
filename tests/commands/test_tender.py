"""``kerbwatt tender`` writes a pack or says in a sentence why not."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import geopandas as gpd
import pytest
import typer
from typer.testing import CliRunner

from app.commands.tender import tender
from app.core.errors import InputError
from app.exports import EXPORTS, Result
from app.services.projects import load_project

app = typer.Typer()
app.command()(tender)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = load_project("sampletown")
    bays = project.layers["parking"].map.iloc[:3]
    sites = gpd.GeoDataFrame(
        {"candidate_id": ["a", "b", "c"], "points": [2, 2, 4], "kw": 11.0, "lot": "1"},
        geometry=bays.geometry.representative_point().to_numpy(),
        crs=project.crs,
    )
    path = tmp_path_factory.mktemp("plan") / "plan.gpkg"
    path.write_bytes(EXPORTS["gpkg"].write(Result("plan", "Plan", {"sites": sites}, {})))
    return path


def test_a_pack_is_written_and_summed_up_as_one_document(plan: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "pack.zip"
    wanted = ["--model", "hybrid", "--v2g-phase", "1", "--out", str(out), "--json"]
    ran = CliRunner().invoke(app, ["sampletown", "--plan", str(plan), *wanted])
    assert ran.exit_code == 0, ran.output
    found = json.loads(ran.stdout)
    assert (found["sites"], found["points"], found["lots"], found["edition"]) == (3, 8, 1, "public")
    with zipfile.ZipFile(out) as archive:
        assert archive.namelist() == found["files"]
        told = json.loads(archive.read("manifest.json"))
    assert (told["model"], told["v2g_phase"]) == ("hybrid", 1)
    assert list(out.parent.iterdir()) == [out]


def test_another_process_zone_and_folder_write_the_same_bytes(plan: Path, tmp_path: Path) -> None:
    # Two fresh interpreters: nothing of this one's state, order of hashing or clock may matter.
    found = []
    for number, (zone, words) in enumerate((("UTC", "C"), ("Pacific/Auckland", "C.UTF-8"))):
        folder = tmp_path / str(number)
        folder.mkdir()
        asked = ["tender", "sampletown", "--plan", str(plan), "--out", "p.zip"]
        more = {"TZ": zone, "PYTHONHASHSEED": str(number), "KERBWATT_HOME": str(tmp_path / "home")}
        more["LC_ALL"] = words
        subprocess.run(  # noqa: S603
            [sys.executable, "-c", "from app.cli import main; main()", *asked],
            cwd=folder,
            env=os.environ | more,
            check=True,
            capture_output=True,
        )
        found.append((folder / "p.zip").read_bytes())
    assert found[0] == found[1]


def test_without_json_it_says_it_in_a_line_and_lists_what_is_open(
    plan: Path, tmp_path: Path
) -> None:
    edits = tmp_path / "clauses.toml"
    edits.write_text("[clause.KPI-09]\ndrop = true\n", "utf-8")
    more = ["--clauses", str(edits), "--date", "2027-01-15", "--out", str(tmp_path / "p.zip")]
    ran = CliRunner().invoke(app, ["sampletown", "--plan", str(plan), *more])
    assert "3 places, 8 points, 1 lots" in ran.stdout
    assert "open: dso: unknown for 3 of 3 places" in ran.stderr


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--model", "loan"], "Operating model"),
        (["--v2g-phase", "7"], "V2G phase"),
        (["--edition", "secret"], "choose from public"),
        (["--date", "soon"], "not a date"),
        (["--clauses", "nowhere.toml"], "nowhere.toml"),
    ],
)
def test_bad_options_are_refused_and_nothing_is_written(
    plan: Path, tmp_path: Path, more: list[str], words: str
) -> None:
    out = tmp_path / "p.zip"
    ran = CliRunner().invoke(app, ["sampletown", "--plan", str(plan), "--out", str(out), *more])
    assert isinstance(ran.exception, InputError)
    assert words in str(ran.exception)
    assert not list(tmp_path.iterdir())


def test_a_final_edition_is_refused_with_the_whole_list(plan: Path, tmp_path: Path) -> None:
    out = tmp_path / "p.zip"
    words = ["sampletown", "--plan", str(plan), "--out", str(out), "--final"]
    ran = CliRunner().invoke(app, words)
    assert isinstance(ran.exception, InputError)
    lines = str(ran.exception).splitlines()
    assert "stand against a final edition" in lines[0]
    assert lines[0].startswith(f"{len(lines) - 1} things")
    assert "PAY-06 price_weight_pct: proposed 40 %" in lines
    assert not out.exists(), "nothing half-saved"


def test_changes_to_clauses_are_sealed_with_the_scenario(plan: Path, tmp_path: Path) -> None:
    edits, out = tmp_path / "clauses.toml", tmp_path / "p.zip"
    edits.write_text("[clause.SMC-05]\nsurcharge_eur_kwh = 0.08\n", "utf-8")
    words = ["sampletown", "--plan", str(plan), "--out", str(out), "--clauses", str(edits)]
    ran = CliRunner().invoke(app, [*words, "--signing-note", "Ours, Ann", "--json"])
    assert ran.exit_code == 0, ran.output
    assert json.loads(ran.stdout)["status"] == "draft"
    with zipfile.ZipFile(out) as archive:
        told = json.loads(archive.read("manifest.json"))
        assert "Signing note\n  Ours, Ann" in archive.read("README.txt").decode()
    assert told["scenario"]["clauses"] == [["SMC-05", "surcharge_eur_kwh", "0.08"]]


def test_a_second_issue_is_held_against_the_first_and_both_are_compared(
    plan: Path, tmp_path: Path
) -> None:
    from app.commands.compare import compare  # noqa: PLC0415

    old, new = tmp_path / "old.zip", tmp_path / "new.zip"
    words = ["sampletown", "--plan", str(plan)]
    assert CliRunner().invoke(app, [*words, "--out", str(old)]).exit_code == 0
    more = ["--against", str(old), "--lots", "2", "--out", str(new), "--json"]
    ran = CliRunner().invoke(app, [*words, *more])
    assert json.loads(ran.stdout)["revision"] == 2
    beside = typer.Typer()
    beside.command()(compare)
    said = CliRunner().invoke(beside, [str(old), str(new)])
    assert said.exit_code == 0
    assert "lot 1 → lot 2" in said.stdout
    told = json.loads(CliRunner().invoke(beside, [str(old), str(new), "--json"]).stdout)
    assert told["revisions"] == [1, 2]
    assert told["nothing_changed"] is False
    same = CliRunner().invoke(beside, [str(old), str(old)])
    assert same.exit_code == 0
    assert same.stdout.startswith("nothing changed")
    broken = tmp_path / "broken.zip"
    broken.write_bytes(old.read_bytes()[:-1000])
    for pair in ([str(old), str(broken)], [str(old), "a.scenario.json"]):
        ran = CliRunner().invoke(beside, pair)
        assert isinstance(ran.exception, InputError)
