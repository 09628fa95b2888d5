"""List, clauses and grid agree, or the check says what does not; unknown is never a pass."""

from datetime import date

import pandas as pd
import pytest

from app.core.tender.edits import Edit
from app.core.tender.pack_checks import PackFacts, pack_checks, without_grid
from app.core.tender.selection import select
from app.services.requirements import library

LISTED = pd.DataFrame(
    {
        "parking_type": "ON_STREET",
        "current_type": "AC",
        "power_kw_point": 11.0,
        "district": ["North", "North", "South"],
        "n_charge_points": [2, 2, 4],
        "station_kw": [22.0, 22.0, 44.0],
        "v2g_export_kw": [None, 10.0, None],
        "transformer_id": ["T1", "T1", "T2"],
        "grid_class": ["green", "red", "green"],
        "contract_form": ["firm", "non_firm", "firm"],
    }
)


def _facts(phase: int = 2, listed: pd.DataFrame = LISTED, **edits: Edit) -> PackFacts:
    named = {name.replace("_", "-"): each for name, each in edits.items()}
    chosen = select(
        library(), "concession", phase, sites=listed, pack_date=date(2027, 1, 15), edits=named
    )
    rooms, standing = {"T1": 32.0, "T2": 40.0}, {"North": 2.0}
    return PackFacts(listed, chosen, rooms, standing, {"North": 10.0, "South": 5.0, "Quay": 0.0})


def _found(facts: PackFacts) -> dict[tuple[str, str], tuple[str, float | None]]:
    return {(each.id, each.scope): (each.result, each.gap) for each in pack_checks(facts)}


def test_the_room_for_feeding_back_by_transformer() -> None:
    # T1: 22 kW + 10 kW stated = 32 of 32; T2: 44 of 40
    found = _found(_facts())
    assert found["v2g_export", "T1"] == ("pass", 0)
    assert found["v2g_export", "T2"] == ("gap", pytest.approx(4))
    assert _found(_facts(1))["v2g_export", "city"][0] == "not_applicable"
    blind = _found(_facts(2, LISTED.assign(transformer_id=["T1", "T9", None])))
    assert blind["v2g_export", "T9"][0] == "unknown"
    assert blind["v2g_export", "places without a transformer"][0] == "unknown"


def test_feeding_back_needs_the_clause_on_capacity() -> None:
    assert _found(_facts())["v2g_capacity", "annex"][0] == "pass"
    dropped = _found(_facts(2, GRD_06=Edit(drop=True)))
    assert dropped["v2g_capacity", "annex"] == ("gap", 1)
    assert _found(_facts(1, GRD_06=Edit(drop=True)))["v2g_capacity", "annex"][0] == "not_applicable"


@pytest.mark.parametrize(
    ("form", "classes", "result"),
    [
        ("firm", "red", "gap"),
        ("non_firm", "red", "pass"),
        ("unknown", "red", "unknown"),
        ("firm", "green", "not_applicable"),
        ("firm", "unknown", "unknown"),
    ],
)
def test_no_firm_contract_in_a_red_class(form: str, classes: str, result: str) -> None:
    listed = LISTED.assign(contract_form=form, grid_class=classes)
    assert _found(_facts(2, listed))["firm_in_red", "city"][0] == result


def test_every_district_gets_its_floor() -> None:
    # North: 2 standing + 4 ordered = 6 of 10 points = 60 %; South: 4 of 5
    found = _found(_facts())
    assert found["district_floor", "North"] == ("pass", 0)
    assert found["district_floor", "Quay"][0] == "not_applicable"
    asked = _found(_facts(2, SOC_01=Edit(parameters={"coverage_min_pct": "85"})))
    assert asked["district_floor", "North"] == ("gap", pytest.approx(25))
    assert asked["district_floor", "South"] == ("gap", pytest.approx(5))


def test_the_public_edition_names_no_transformer_and_no_room() -> None:
    told = without_grid(pack_checks(_facts()))
    rows = [each for each in told if each.id == "v2g_export"]
    assert [(each.scope, each.result, each.found, each.gap) for each in rows] == [
        ("city", "gap", None, None)
    ]
    assert "T2" not in str(told)
    assert "1 of 2 transformers: gap" in str(told)
    unknown = without_grid(pack_checks(_facts(2, LISTED.assign(transformer_id=["T1", "T1", None]))))
    assert next(each.result for each in unknown if each.id == "v2g_export") == "unknown"
