"""Every clause of the library is complete, and a broken library says all that is wrong."""

import csv
from collections import Counter
from datetime import date

import pytest

from app.core.errors import InputError
from app.core.scenario import defaults
from app.core.tender.columns import parse_columns
from app.core.tender.library import COLUMNS, PROPOSAL_COLUMNS, Requirement, parse_library
from app.core.tender.models import parse_models
from app.core.tender.settings import unit_of
from app.paths import DATA
from app.services.parameters import load_sources
from app.services.tender import library, list_columns, models

HEAD = ",".join(COLUMNS)
OURS = ",".join(PROPOSAL_COLUMNS)
ROW = "LOC-01,location,must,direct,0,all,max_m=3,Text.,Somebody,A,document,"


def test_the_library_is_whole() -> None:
    clauses = library()
    assert len(clauses) == 118
    assert Counter(each.level for each in clauses) == {"must": 70, "should": 38, "award": 10}
    assert Counter(each.confidence for each in clauses) == {"A": 37, "B": 62, "C": 19}
    assert len({each.topic for each in clauses}) == 13


@pytest.mark.parametrize("clause", library(), ids=lambda clause: clause.id)
def test_every_parameter_has_a_value_or_a_proposal_of_ours(clause: Requirement) -> None:
    for each in clause.parameters:
        assert each.value or each.name == "profile_id"
        assert each.unit == unit_of(each.name) or each.proposed


def test_what_the_library_leaves_open_stays_marked_as_a_proposal() -> None:
    with (DATA / "requirements" / "requirements.csv").open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    empty = {
        (row["id"], part.rstrip("="))
        for row in rows
        for part in row["parameters"].split(";")
        if part.endswith("=")
    }
    proposed = {
        (clause.id, p.name) for clause in library() for p in clause.parameters if p.proposed
    }
    assert proposed == empty
    # the 20 of the library, a mode of the price cap, lots of one bidder, 4 national questions
    assert len(empty) == 26


def test_verification_follows_topic_and_phase() -> None:
    by_id = {each.id: each for each in library()}
    found = {key: by_id[key].verification for key in ("LOC-01", "TEC-01", "KPI-01", "DAT-01")}
    assert found == {
        "LOC-01": "site_inspection",
        "TEC-01": "type_test",
        "KPI-01": "log_audit",
        "DAT-01": "register_check",
    }
    assert by_id["V2G-02"].verification == "type_test"
    assert by_id["V2G-03"].verification == "metered_data"


def test_a_lever_that_is_a_field_of_the_scenario_is_spelt_like_it() -> None:
    levers = {each.lever for each in library() if each.lever}
    assert {"strategy", "contract", "opt_out", "v2g_share", "radius_m", "floor_share"} <= set(
        defaults()
    )
    assert {"strategy", "contract", "share_can_resume", "v2g_share"} <= levers


def test_dates_are_dates() -> None:
    by_id = {each.id: each for each in library()}
    assert by_id["TEC-04"].valid_from == date(2027, 1, 1)
    assert by_id["LOC-01"].valid_from is None


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (ROW.replace("must", "may"), "level 'may' is not one of must, should, award"),
        (ROW.replace("LOC-01", "ABC-01"), "is not an id"),
        (ROW.replace("direct", "loan"), "model 'loan'"),
        (ROW.replace("Text.", " "), "text is empty"),
        (ROW.replace("Somebody", ""), "source is empty"),
        (ROW.replace("max_m=3", "max_m"), "is not name=value"),
        (ROW.replace("max_m=3", "valid_from=2027-13-01"), "is not a date"),
        (ROW.replace(",A,", ",D,"), "confidence 'D'"),
        (f"{ROW}\n{ROW}", "stands 2 times"),
    ],
)
def test_a_broken_row_is_refused_by_name(row: str, fault: str) -> None:
    with pytest.raises(InputError, match=fault):
        parse_library(f"{HEAD}\n{row}")


def test_all_faults_come_at_once() -> None:
    with pytest.raises(InputError) as caught:
        parse_library(f"{HEAD}\n{ROW.replace('must', 'may').replace('direct', 'loan')}")
    assert len(str(caught.value).splitlines()) == 2


def test_a_proposal_for_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="no parameter 'min_m'"):
        parse_library(f"{HEAD}\n{ROW}", f"{OURS}\nLOC-01,min_m,1,m,,number,0,2,,kerbwatt,C")


@pytest.mark.parametrize("clause", library(), ids=lambda clause: clause.id)
def test_every_parameter_has_its_range_its_source_and_its_letter(clause: Requirement) -> None:
    for each in clause.parameters:
        assert each.source
        assert each.confidence in {"A", "B", "C"}
        assert not each.proposed or (each.source, each.confidence) == ("kerbwatt", "C")
        if each.kind in {"number", "whole"}:
            assert each.low is not None
            assert each.high is not None
            assert each.low < each.high
        if each.kind != "law" and each.name not in {"by_date", "profile_id"}:
            assert each.read(each.value) == each.value, "the value itself is in its range"


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("LOC-01,max_m,,,,number,,,,kerbwatt,C", "low stands with numbers"),
        ("LOC-01,max_m,,,,text,1,,,kerbwatt,C", "low stands with numbers"),
        ("LOC-01,max_m,,,,words,,,,kerbwatt,C", "kind 'words'"),
        ("LOC-01,max_m,,,,text,,,,kerbwatt,D", "confidence 'D'"),
    ],
)
def test_a_broken_range_is_refused_by_name(row: str, fault: str) -> None:
    with pytest.raises(InputError, match=fault):
        parse_library(f"{HEAD}\n{ROW}", f"{OURS}\n{row}")


def test_other_columns_are_refused() -> None:
    with pytest.raises(InputError, match="columns must be"):
        parse_library("id,text\nLOC-01,x")
    with pytest.raises(InputError, match="columns must be"):
        parse_columns("column\nx")
    with pytest.raises(InputError, match="columns must be"):
        parse_models("id\nx")


def test_the_list_has_42_columns_and_38_are_public() -> None:
    found = list_columns()
    assert len(found) == 42
    hidden = {each.name for each in found if not each.public}
    assert hidden == {"transformer_id", "grid_headroom_kw", "est_capex_eur", "note"}


def test_six_models_name_their_evidence() -> None:
    assert list(models()) == ["direct", "concession", "hybrid", "licence", "ppp", "subsidy"]
    assert all(each.evidence and each.source in load_sources() for each in models().values())


def test_every_cost_names_a_source_and_its_currency() -> None:
    with (DATA / "tables" / "cost_parameters.csv").open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    assert len(rows) == 33
    assert {row["source"] for row in rows} <= set(load_sources())
    assert all(row["confidence"] in "ABC" and row["unit"] and row["reference"] for row in rows)
