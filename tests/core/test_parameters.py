"""A number without a range and a source does not get in."""

from collections.abc import Mapping

import pytest

from app.core.errors import InputError, ParameterError
from app.core.parameters import Parameter, overridden, parse_parameters
from app.services.parameters import load_sources

HEAD = "name,value,low,high,unit,source,note\n"


def test_a_row_becomes_a_number_with_its_range_and_source() -> None:
    found = parse_parameters(HEAD + 'power_kw,11,3.7,22,kW,law,"of one, public point"', {"law"})
    assert found["power_kw"] == Parameter(
        "power_kw", 11.0, 3.7, 22.0, "kW", "law", "of one, public point"
    )


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (HEAD + "a,5,6,7,kW,law,", "outside 6.0 to 7.0 kW"),
        (HEAD + "a,5,1,4,kW,law,", "outside"),
        (HEAD + "a,nan,1,4,kW,law,", "outside"),
        (HEAD + "a,5,1,9,kW,hearsay,", "no source 'hearsay'"),
        (HEAD + "a,5,1,9,kW,,", "no source"),
        (HEAD + "b,5,1,9,kW,law,\na,five,1,9,kW,law,", "line 3"),
        (HEAD + "a,5,1,9,kW,law,\na,6,1,9,kW,law,", "a stands in the table twice"),
        (HEAD + "a,5", "line 2"),
        ("name,value\na,5", "columns must be"),
        ("", "columns must be"),
    ],
)
def test_what_has_no_range_or_source_is_refused(table: str, says: str) -> None:
    with pytest.raises(ParameterError, match=says):
        parse_parameters(table, {"law"})


def test_every_number_of_ours_lies_in_its_range_and_has_a_known_source(
    numbers: Mapping[str, Parameter],
) -> None:
    assert numbers
    sources = load_sources()
    for parameter in numbers.values():
        assert parameter.low <= parameter.value <= parameter.high
        assert parameter.source in sources


def test_every_source_says_what_it_is_and_how_far_to_trust_it() -> None:
    for key, source in load_sources().items():
        assert {"title", "publisher", "year", "confidence"} <= set(source), key
        assert source["confidence"] in {"A", "B", "C"}, key
        assert isinstance(source["year"], int), key
        assert str(source.get("url", "https://")).startswith("https://"), key


NUMBERS = {
    "share": Parameter("share", 0.5, 0.4, 0.6, "share", "law", ""),
    "use": Parameter("use", 0.2, 0.1, 0.3, "kWh/km", "law", ""),
    "start": Parameter("start", 2022, 2022, 2022, "year", "law", ""),
}


def test_a_planners_number_stands_alone_and_says_whose_it_is() -> None:
    found = overridden(NUMBERS, (("use", 0.4), ("start", 2024.0)), NUMBERS)
    assert found["use"] == Parameter("use", 0.4, 0.4, 0.4, "kWh/km", "planner", "")
    assert found["start"].value == 2024
    assert found["share"] is NUMBERS["share"]
    assert NUMBERS["use"].value == 0.2
    assert overridden(NUMBERS, (), NUMBERS) is NUMBERS


@pytest.mark.parametrize(
    "own", [("share", 1.1), ("use", -0.1), ("use", 3.1), ("start", 1991.0), ("nothing", 1.0)]
)
def test_a_number_no_planner_means_is_refused(own: tuple[str, float]) -> None:
    with pytest.raises(InputError, match=f"assumption '?{own[0]}"):
        overridden(NUMBERS, (own,), NUMBERS)


def test_what_is_not_open_to_planners_cannot_be_set() -> None:
    with pytest.raises(InputError, match="no such number"):
        overridden(NUMBERS, (("use", 0.2),), {"share"})
