"""A case and the tender's checks read the same law."""

from app.core.cases import CASES
from app.core.cases.regulation import TITLES
from app.core.tender.regulation import SWITCHES
from app.services.parameters import load_parameters


def test_the_fleet_target_and_the_switches_have_the_same_names_and_numbers() -> None:
    inputs = {each.name: each for each in CASES["afir"].inputs}
    for name in ("kw_bev", "kw_phev"):
        ours = load_parameters()[f"afir_{name}"]
        assert float(str(inputs[name].value)) == ours.value
        assert inputs[name].source == ours.source
    assert set(TITLES) == set(SWITCHES)
