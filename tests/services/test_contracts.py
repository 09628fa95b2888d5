"""The presets of capacity contracts."""

import pytest

from app.core.engine.contract import Contract
from app.core.scenario import Scenario
from app.services.contracts import load_contracts
from app.services.parameters import load_sources

CONTRACTS = load_contracts()


def test_the_usual_contract_exists() -> None:
    assert Scenario().contract in CONTRACTS


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda c: c.key)
def test_every_preset_is_sourced_and_holds_somebody_back(contract: Contract) -> None:
    assert contract.source in load_sources()
    assert contract.confidence in {"A", "B", "C"}
    assert contract.note, "what is ours and what was published must be said"
    for window in contract.windows:
        assert window.colour in {"amber", "red"}
        assert (window.limit_kw is None) != (window.limit_share is None)
    assert 0 <= contract.override_share <= 0.3
    assert contract.rated_a == 16


def test_published_hours_are_as_published() -> None:
    hours = {
        key: [(w.start_min / 60, w.end_min / 60) for w in contract.windows]
        for key, contract in CONTRACTS.items()
    }
    assert hours["utrecht-16-20"] == [(16, 20)]
    assert hours["stedin-16-21"] == [(16, 21)]
    assert hours["flexpower-1"] == [(7, 8.5), (17, 20)]
    assert hours["flexpower-2"] == [(18, 21)]
    assert hours["equans-16-20"] == [(16, 20)]


def test_the_light_that_follows_the_load_has_its_own_marks() -> None:
    dynamic = CONTRACTS["dynamic-on-load"]
    marks = dynamic.thresholds
    assert dynamic.on_load
    assert (marks.amber, marks.red, marks.hysteresis) == (0.8, 0.95, 0.05)
    assert not any(contract.on_load for key, contract in CONTRACTS.items() if "dynamic" not in key)
