"""What holds for every case: it answers from its own defaults, and says where they are from."""

import json
import math
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.core.cases import CASES
from app.core.cases.base import SETTINGS, document, written
from app.core.cases.given import read
from app.core.errors import InputError
from app.services.parameters import load_sources

KEYS = list(CASES)


def numbers(found: Any) -> Iterator[float]:  # noqa: ANN401
    if isinstance(found, dict):
        for each in found.values():
            yield from numbers(each)
    elif isinstance(found, list | tuple):
        for each in found:
            yield from numbers(each)
    elif isinstance(found, float):
        yield found


@pytest.mark.parametrize("key", KEYS)
def test_answers_its_defaults_with_a_number_a_table_and_limits(key: str) -> None:
    case = CASES[key]
    given = read(case.inputs, {})
    answer = case.solve(given)
    found = document(given, answer)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert answer.status != "not_applicable", "the defaults answer nothing"
    assert any(letter.isdigit() for letter in answer.sentence.text), answer.sentence.text
    assert "{" not in answer.sentence.text
    assert answer.table.rows
    assert case.limits
    assert case.setting in SETTINGS
    assert case.question.endswith("?")
    assert all(sentence.endswith(".") for sentence in case.limits)
    assert not {"inputs", "status", "reason"} & answer.results.keys()
    if answer.picture is not None:
        for values in answer.picture.parts.values():
            assert len(values) == len(answer.picture.x)
            assert all(math.isfinite(each) for each in values)


@pytest.mark.parametrize("key", KEYS)
def test_every_default_has_a_source_a_range_and_a_confidence(key: str) -> None:
    for each in CASES[key].inputs:
        assert each.source in load_sources(), each.name
        assert each.confidence in {"A", "B", "C"}
        marked = load_sources()[each.source]["confidence"]
        assert each.confidence >= marked, f"{each.name} is surer than its source"
        if each.value is not None and each.low is not None and each.high is not None:
            assert each.low <= float(str(each.value)) <= each.high, each.name


@pytest.mark.parametrize("key", KEYS)
def test_the_terminal_says_units_and_echoes_what_was_given(key: str) -> None:
    case = CASES[key]
    shown = CliRunner().invoke(cli, ["case", key, "--help"], env={"COLUMNS": "200"})
    assert shown.exit_code == 0
    for each in case.inputs:
        assert each.option in shown.output
        assert not each.unit or f"[{each.unit}]" in " ".join(shown.output.split())
    told = [each for each in case.inputs if isinstance(each.value, str) and each.value][:1]
    words = [word for each in told for word in (each.option, str(each.value))]
    run = CliRunner().invoke(cli, ["case", key, *words, "--json"])
    assert run.exit_code == 0, run.output
    found = json.loads(run.stdout)
    echoed = {each["name"]: each for each in found["inputs"]}
    assert list(echoed) == [each.name for each in case.inputs]
    for each in case.inputs:
        mark = ("given", "C") if each in told else (each.source, each.confidence)
        assert (echoed[each.name]["source"], echoed[each.name]["confidence"]) == mark
    assert all(math.isfinite(each) for each in numbers(found))


@pytest.mark.parametrize("key", KEYS)
def test_refuses_what_no_quantity_can_be(key: str) -> None:
    for each in CASES[key].inputs:
        if each.kind in {"number", "count", "share", "efficiency"}:
            for wrong in ("-1", "nan", "inf", "many", "1e400"):
                with pytest.raises(InputError, match=each.option):
                    read(CASES[key].inputs, {each.name: wrong})
        if each.kind in {"share", "efficiency"}:
            with pytest.raises(InputError, match="outside 0 to 1"):
                read(CASES[key].inputs, {each.name: "1.01"})


def test_a_name_that_no_input_has_is_refused() -> None:
    with pytest.raises(InputError, match="no input 'kilowatts'"):
        read(CASES["wedge"].inputs, {"kilowatts": "3"})


def test_decimal_text_stays_exact() -> None:
    inputs = CASES["wedge"].inputs
    assert str(read(inputs, {"gap_mw": "0.07"}).exact("gap_mw")) == "7/100"
    assert written(read(inputs, {"gap_mw": "1131.56"}).exact("gap_mw")) == "1,131.6"
