"""The numbers of a pack are those of its own scenario."""

from app.core.scenario import Scenario
from app.core.tender.draft import TenderDraft
from app.exports.csv_table import read as read_csv
from app.services.pack_assumptions import members, parameters_digest
from app.services.parameters import assumptions, load_parameters
from app.services.projects import load_project
from app.services.tender import tender

NAME = "kwh_km"


def _draft(scenario: Scenario, edition: str = "public") -> TenderDraft:
    project = load_project("sampletown")
    bays = project.layers["parking"].map.iloc[:1]
    rows = bays[["geometry"]].assign(candidate_id="a", points=2, kw=11.0)
    return tender(project, rows, scenario, day="2027-01-15", edition=edition)


def test_a_number_the_planner_set_is_in_the_list_and_marked() -> None:
    own = assumptions()[NAME].value * 1.01
    plain, edited = _draft(Scenario()), _draft(Scenario(assumptions=((NAME, own),)))
    (usual,), (changed,) = members(plain), members(edited)
    before = read_csv(usual.data).set_index("name")
    after = read_csv(changed.data).set_index("name")
    assert set(before["edited"]) == {"no"}
    assert float(after.loc[NAME, "value"]) == own
    assert after.index[after["edited"] == "yes"].tolist() == [NAME]
    assert "planner" in after.loc[NAME, "source"].lower()
    assert set(after.index) <= {*load_parameters()}
    assert parameters_digest(plain) != parameters_digest(edited)
    assert parameters_digest(plain) == parameters_digest(_draft(Scenario()))


def test_our_prices_stay_in_the_internal_edition() -> None:
    (public,), (internal,) = (members(_draft(Scenario(), each)) for each in ("public", "internal"))
    listed = set(read_csv(internal.data)["name"])
    assert listed == {*load_parameters()}
    held_back = listed - set(read_csv(public.data)["name"])
    assert {"cash_tariff", "cash_station"} <= held_back
    assert all(name.startswith("cash_") for name in held_back)
