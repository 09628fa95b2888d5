"""A pack issued again: numbers stay, rows say when they changed, and the changes are a file."""

import json
from dataclasses import replace

import geopandas as gpd
import pytest

from app.core.errors import InputError
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.tender.revision import applied
from app.core.tender.sealed import SealedPack
from app.exports.csv_table import read as read_csv
from app.services.pack_changes import document, earlier, members, open_pack, sealed, since
from app.services.projects import load_project
from app.services.tender import pack, tender

DAY = "2027-01-15"


@pytest.fixture(scope="module")
def project() -> Project:
    return load_project("sampletown")


@pytest.fixture(scope="module")
def plan(project: Project) -> gpd.GeoDataFrame:
    bays = project.layers["parking"].map.geometry.iloc[:5].representative_point()
    rows = {"candidate_id": list("abcde"), "points": [2, 4, 6, 2, 4], "kw": 11.0, "lot": "1"}
    return gpd.GeoDataFrame(rows, geometry=bays.to_numpy(), crs=project.crs)


@pytest.fixture(scope="module")
def first(project: Project, plan: gpd.GeoDataFrame) -> SealedPack:
    draft = tender(project, plan.iloc[:4], Scenario(), day=DAY)
    return open_pack(pack(draft), "old.zip")


def test_a_written_pack_is_read_back_as_it_was_drafted(
    project: Project, plan: gpd.GeoDataFrame, first: SealedPack
) -> None:
    here = sealed(tender(project, plan.iloc[:4], Scenario(), day=DAY))
    for name, table in here.tables.items():
        assert first.tables[name].equals(table), name
    assert first.manifest["id_map"]["SAMPLETOWN-0001"] == "a"


def test_a_second_issue_keeps_numbers_and_says_what_changed(
    project: Project, plan: gpd.GeoDataFrame, first: SealedPack
) -> None:
    # a leaves; b grows; c moves one metre under another name; d stays as it is; e comes
    other = plan.iloc[1:].assign(points=[6, 6, 2, 4], candidate_id=["b", "x", "d", "e"])
    moved = other.geometry.where(other["candidate_id"] != "x", other.geometry.translate(1, 0))
    draft = tender(project, other.set_geometry(moved), Scenario(), day=DAY, before=first)
    ids = {value: key.partition("-")[2] for key, value in draft.id_map.items()}
    assert ids == {"b": "0002", "x": "0003", "d": "0004", "e": "0005"}
    assert draft.retired == ("SAMPLETOWN-0001",)
    assert draft.facts["revision"] == 2
    revisions = dict(zip(draft.sites["location_id"], draft.sites["revision"], strict=True))
    assert [revisions[f"SAMPLETOWN-000{n}"] for n in (2, 3, 4, 5)] == [2, 2, 1, 2]
    found = since(draft)
    assert found is not None
    words = " ".join(found.words)
    assert "Site SAMPLETOWN-0001 was removed" in words
    assert "Site SAMPLETOWN-0002 4 → 6 points" in words
    assert "Site SAMPLETOWN-0003 moved 1 m." in words
    assert "Site SAMPLETOWN-0004" not in words
    told = json.loads(json.dumps(document(found), allow_nan=False))
    assert told["sites"]["added"] == ["SAMPLETOWN-0005"]
    assert told["totals"]["points"] == [14, 18]
    (file,) = members(draft)
    assert file.name == "changes.csv"
    again = applied(first.tables, read_csv(file.data))["sites"]
    assert again.equals(sealed(draft).sites)


def test_a_third_issue_never_gives_a_retired_number_again(
    project: Project, plan: gpd.GeoDataFrame, first: SealedPack
) -> None:
    second = tender(project, plan.iloc[:2], Scenario(), day=DAY, before=first)
    third = tender(project, plan.iloc[[0, 4]], Scenario(), day=DAY, before=sealed(second))
    assert list(third.id_map) == ["SAMPLETOWN-0001", "SAMPLETOWN-0005"]
    assert third.retired == ("SAMPLETOWN-0002", "SAMPLETOWN-0003", "SAMPLETOWN-0004")
    taken = plan.iloc[:1].assign(location_id="SAMPLETOWN-0003")
    with pytest.raises(InputError, match="SAMPLETOWN-0003: retired"):
        tender(project, taken, Scenario(), day=DAY, before=sealed(second))


def test_the_same_plan_again_changes_nothing_but_the_number_of_issue(
    project: Project, plan: gpd.GeoDataFrame, first: SealedPack
) -> None:
    draft = tender(project, plan.iloc[:4], Scenario(), day=DAY, before=first)
    found = since(draft)
    assert found is not None
    assert found.nothing
    assert (found.old, found.new) == (1, 2)
    assert members(tender(project, plan, Scenario(), day=DAY)) == []


def test_what_cannot_follow_is_refused(
    project: Project, plan: gpd.GeoDataFrame, first: SealedPack
) -> None:
    with pytest.raises(InputError, match=r"revision 1 is too low, it must be 2 or more: old\.zip"):
        tender(project, plan, Scenario(), day=DAY, before=first, revision=1)
    with pytest.raises(InputError, match=r"old\.zip is a pack of project 'sampletown'"):
        earlier(first, replace(project, slug="utrecht"))
    with pytest.raises(InputError, match="5 sites cannot make 9 lots"):
        tender(project, plan, Scenario(), day=DAY, lots=9)
    with pytest.raises(InputError, match="has its lots already"):
        tender(project, plan.assign(lot=list("11222")), Scenario(), day=DAY, lots=3)


def test_a_public_issue_never_quotes_an_internal_one(
    project: Project, plan: gpd.GeoDataFrame, first: SealedPack
) -> None:
    inside = sealed(tender(project, plan, Scenario(), day=DAY, edition="internal"))
    with pytest.raises(InputError, match="this pack is an internal edition"):
        tender(project, plan, Scenario(), day=DAY, before=inside)
    draft = tender(project, plan, Scenario(), day=DAY, edition="internal", before=first)
    found = since(draft)
    assert found is not None
    assert not {"note", "est_capex_eur"} & set(found.cells["field"])


def test_lots_are_made_for_a_plan_that_has_none(project: Project, plan: gpd.GeoDataFrame) -> None:
    draft = tender(project, plan, Scenario(), day=DAY, lots=2)
    assert draft.lots["lot_code"].tolist() == ["1", "2"]
    assert draft.lots["points"].sum() == 18
    shuffled = plan.sample(frac=1, random_state=1)
    again = tender(project, shuffled, Scenario(), day=DAY, lots=2)
    assert again.id_map == draft.id_map
    assert again.sites["lot_code"].tolist() == draft.sites["lot_code"].tolist()


def test_the_pack_carries_its_changes_and_what_is_retired(
    project: Project, plan: gpd.GeoDataFrame, first: SealedPack
) -> None:
    second = tender(project, plan.iloc[1:4], Scenario(), day=DAY, before=first)
    back = open_pack(pack(second), "new.zip")
    assert back.manifest["retired"] == ["SAMPLETOWN-0001"]
    assert back.revision == 2
    assert "changes.csv" in [each["name"] for each in back.manifest["files"]]
    third = tender(project, plan, Scenario(), day=DAY, before=back)
    assert list(third.id_map.items())[-1] == ("SAMPLETOWN-0006", "e")
