"""``kerbwatt pool`` writes a joint pack or says why not."""

import json
from pathlib import Path

import geopandas as gpd
import pytest
import typer
from typer.testing import CliRunner

from app.commands.pool import pool
from app.core.errors import InputError
from app.core.scenario import Scenario
from app.services.projects import load_project
from app.services.tender import pack, tender

app = typer.Typer()
app.command()(pool)


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder, found = tmp_path_factory.mktemp("packs"), []
    for city in ("sampletown", "utrecht"):
        project = load_project(city)
        bays = project.layers["parking"].map.geometry.iloc[:1].representative_point()
        rows = {"candidate_id": ["a"], "points": [2], "kw": [11.0]}
        places = gpd.GeoDataFrame(rows, geometry=bays.to_numpy(), crs=project.crs)
        path = folder / f"{city}.zip"
        path.write_bytes(pack(tender(project, places, Scenario(), day="2027-01-15")))
        found.append(str(path))
    return found


def test_two_cities_are_put_together_and_summed_up(packs: list[str], tmp_path: Path) -> None:
    out = tmp_path / "joint.zip"
    ran = CliRunner().invoke(app, [*packs, "--out", str(out)])
    assert ran.exit_code == 0, ran.output
    assert "2 cities, 2 places, 4 points, 44.0 kW" in ran.stdout
    ran = CliRunner().invoke(app, [*packs, "--out", str(out), "--rule", "majority", "--json"])
    told = json.loads(ran.stdout)
    assert told["rule"] == "majority"
    assert [each["city"] for each in told["cities"]] == ["sampletown", "utrecht"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--rule", "best"], "no rule 'best'"),
        (["--without", "delft"], "no city 'delft'"),
        (["--without", "utrecht"], "one city is left"),
    ],
)
def test_bad_wishes_are_refused_and_nothing_is_written(
    packs: list[str], tmp_path: Path, more: list[str], words: str
) -> None:
    ran = CliRunner().invoke(app, [*packs, "--out", str(tmp_path / "j.zip"), *more])
    assert isinstance(ran.exception, InputError)
    assert words in str(ran.exception)
    assert not list(tmp_path.iterdir())
    ran = CliRunner().invoke(app, [packs[0], "--out", str(tmp_path / "j.zip")])
    assert "1 packs: 2 to 30" in str(ran.exception)
