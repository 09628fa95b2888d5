"""What stands beside a published figure is what the engine gives today."""

import csv
import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from app.core.validation import MET, OPEN, VERDICTS, Check
from app.paths import ROOT
from app.services.parameters import load_sources
from app.services.validation import STORED, load_checks, load_published, load_setups
from app.services.validation_runs import RUNNERS, compute

Find = Callable[[str], Path]
SIX_DIGITS = 1e-5
OF_THE_CITY = [key for key, setup in load_setups().items() if not setup.files]
OF_FILES = [key for key, setup in load_setups().items() if setup.files]


@pytest.fixture(scope="module")
def stored() -> dict[str, Check]:
    return {check.published.key: check for check in load_checks()}


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    where = importlib.util.spec_from_file_location("validate", ROOT / "tools" / "validate.py")
    assert where is not None
    assert where.loader is not None
    module = importlib.util.module_from_spec(where)
    where.loader.exec_module(module)
    return module


def same_as_stored(stored: dict[str, Check], key: str, folder: Path) -> None:
    found = compute(key, folder)
    assert found.keys() == {each.key for each in load_published().values() if each.setup == key}
    for name, answer in found.items():
        assert stored[name].note == answer.note, f"{name}: run tools/validate.py"
        if answer.ours is None:
            assert stored[name].ours is None, name
        else:
            assert stored[name].ours == pytest.approx(answer.ours, rel=SIX_DIGITS), name


@pytest.mark.parametrize("key", OF_THE_CITY)
def test_figures_of_the_bundled_city_are_not_stale(
    stored: dict[str, Check], tmp_path: Path, key: str
) -> None:
    same_as_stored(stored, key, tmp_path)


@pytest.mark.parametrize("key", OF_FILES)
def test_figures_from_real_files_are_not_stale(
    stored: dict[str, Check], testdata: Find, key: str
) -> None:
    # Hosting takes seconds: it searches twenty lists of stations, under three strategies.
    paths = {name: testdata(name) for name in load_setups()[key].files}
    name, path = next(iter(paths.items()))
    same_as_stored(stored, key, path.parents[len(Path(name).parts) - 1])


def test_every_parameter_set_is_computed_and_every_figure_and_value_sourced() -> None:
    assert RUNNERS.keys() == load_setups().keys()
    told = [each.source for each in load_published().values()]
    told += [each.source for setup in load_setups().values() for each in setup.values]
    assert set(told) <= load_sources().keys()


def test_the_stored_verdicts_follow_from_the_stored_figures(stored: dict[str, Check]) -> None:
    with STORED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["figure"] for row in rows] == list(load_published())
    for row in rows:
        check = stored[row["figure"]]
        assert row["verdict"] == check.verdict
        assert row["verdict"] in VERDICTS
        assert float(row["published"]) == check.published.value
        if check.deviation is not None:
            assert float(row["deviation"]) == pytest.approx(check.deviation, abs=5e-5)


def test_the_document_says_what_is_stored(tool: ModuleType) -> None:
    written = (ROOT / "docs" / "validation.md").read_text("utf-8")
    assert written == "\n".join(tool.document(load_checks())) + "\n", "run tools/validate.py"


def test_the_published_peaks_are_met_and_nothing_without_a_range_is(
    stored: dict[str, Check],
) -> None:
    for strategy in ("uncontrolled", "throttle", "pause"):
        assert stored[f"peak_{strategy}"].verdict == MET
    for check in stored.values():
        if check.published.low is None:
            assert check.verdict == OPEN, check.published.key
