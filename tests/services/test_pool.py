"""A joint tender from real packs: only public ones, the same bytes, every place once."""

import hashlib
import io
import json
import zipfile

import docx
import geopandas as gpd
import pytest

from app.core.errors import InputError
from app.core.scenario import Scenario
from app.core.tender.sealed import SealedPack
from app.exports.csv_table import read as read_csv
from app.services.pack_changes import open_pack
from app.services.pool import joint_pack, leave, pool, stricter, totals
from app.services.projects import load_project
from app.services.tender import clauses, library, pack, tender

DAY = "2027-01-15"
EDITS = {"utrecht": "[clause.LOC-01]\nmax_walk_m = 250\n[clause.SOC-02]\ndrop = true\n"}


def _pack(city: str, edition: str = "public") -> SealedPack:
    project = load_project(city)
    bays = project.layers["parking"].map.geometry.iloc[:3].representative_point()
    rows = {"candidate_id": list("abc"), "points": [2, 4, 6], "kw": 11.0, "note": "Zebra4711"}
    places = gpd.GeoDataFrame(rows, geometry=bays.to_numpy(), crs=project.crs)
    edits = clauses(EDITS[city]) if city in EDITS else None
    draft = tender(project, places, Scenario(), day=DAY, edition=edition, edits=edits)
    return open_pack(pack(draft), f"{city}.zip")


@pytest.fixture(scope="module")
def packs() -> list[SealedPack]:
    return [_pack("sampletown"), _pack("utrecht")]


@pytest.fixture(scope="module")
def inside(packs: list[SealedPack]) -> dict[str, bytes]:
    data = joint_pack(pool(packs))
    assert data == joint_pack(pool(packs[::-1]))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_joint_pack_holds_every_place_once_and_is_sealed(inside: dict[str, bytes]) -> None:
    told = json.loads(inside["manifest.json"])
    assert told["totals"]["points"] == "24"
    assert told["totals"]["sites"] == "6"
    for each in told["files"]:
        assert hashlib.sha256(inside[each["name"]]).hexdigest() == each["sha256"]
    sites = read_csv(inside["sites.csv"])
    assert sites["location_id"].is_unique
    assert sites["city"].tolist() == ["sampletown"] * 3 + ["utrecht"] * 3
    features = json.loads(inside["sites.geojson"])["features"]
    assert [each["properties"]["location_id"] for each in features] == list(sites["location_id"])
    assert all(each["properties"]["n_charge_points"] > 0 for each in features)
    assert b"Zebra4711" not in b"".join(inside.values())
    assert all(name in inside["README.txt"].decode() for name in inside if name != "README.txt")


def test_what_a_city_changed_is_a_deviation_and_what_it_dropped_is_not_common(
    inside: dict[str, bytes],
) -> None:
    rows = read_csv(inside["deviations.csv"])
    told = {(row["city"], row["id"], row["field"], row["value"]) for row in rows.to_dict("records")}
    assert ("sampletown", "LOC-01", "parameter max_walk_m", "300") in told
    assert ("utrecht", "SOC-02", "selected", "no") in told or (
        "sampletown", "SOC-02", "selected", "yes",
    ) in told  # fmt: skip
    words = "\n".join(
        each.text for each in docx.Document(io.BytesIO(inside["annex.docx"])).paragraphs
    )
    assert "LOC-01" in words
    assert "250" in words
    assert "SOC-02" not in words


def test_the_internal_edition_never_enters_another_citys_files(packs: list[SealedPack]) -> None:
    with pytest.raises(InputError, match=r"utrecht\.zip is an internal edition"):
        pool([packs[0], _pack("utrecht", "internal")])


def test_a_city_that_leaves_takes_its_sums_with_it(packs: list[SealedPack]) -> None:
    third = SealedPack("c.zip", packs[1].manifest | {"project": "third"}, packs[1].tables)
    joint = pool([*packs, third])
    assert totals(joint)["points"] == "36"
    assert joint_pack(leave(joint, "third")) == joint_pack(pool(packs))


def test_every_way_to_be_stricter_is_about_a_number_of_the_library() -> None:
    known = {each.id: each for each in library()}
    for (clause, parameter), way in stricter().items():
        assert way in {"lower", "higher"}
        assert float(known[clause].value(parameter)) >= 0
