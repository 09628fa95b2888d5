"""Rows of forecasts: what fits is read, and every fault is named by row and column."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.demand.forecasts import (
    COLUMNS,
    MOST_ROWS,
    QUANTITIES,
    Row,
    check_header,
    parse,
)
from app.core.errors import InputError

GOOD = {
    "made_on": "2018",
    "for_year": "2030",
    "quantity": "ev_share",
    "value": "0.44",
    "source": "plan",
}


def read(**cells: str) -> Row:
    return parse([{**GOOD, **cells}], file="f.csv", place="here")[0]


def faults(*rows: dict[str, str]) -> list[str]:
    with pytest.raises(InputError) as refused:
        parse([{**GOOD, **row} for row in rows], file="f.csv", place="here")
    return str(refused.value).splitlines()


def test_what_a_row_leaves_out_is_filled() -> None:
    row = read()
    assert (row.unit, row.scope, row.place, row.observed) == ("share", "", "here", False)
    assert (row.low, row.high, row.own) == (None, None, True)
    points = read(quantity="points", value="1600")
    assert (points.unit, points.scope, points.counts) == ("point", "public", "public points")


def test_a_decimal_comma_is_read_and_a_mark_of_thousands_is_not() -> None:
    assert read(value="0,44").value == 0.44
    assert read(value="0,125").value == 0.125
    said = faults({"quantity": "points", "value": "5,000"}, {"quantity": "ev", "value": "5.000"})
    assert len(said) == 2
    assert all("thousands" in each for each in said)


def test_a_post_is_never_taken_as_points() -> None:
    for quantity, about in QUANTITIES.items():
        for other in {each.unit for each in QUANTITIES.values()} - {about.unit}:
            said = faults({"quantity": quantity, "value": "0.5", "unit": other})
            assert len(said) == 1
            assert "unit" in said[0]
            assert f"wanted {about.unit}" in said[0]


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({"made_on": "last year"}, "made_on", "2018-11-20"),
        ({"made_on": "2018-02-30"}, "made_on", "2018-11-20"),
        ({"made_on": ""}, "made_on", "found ''"),
        ({"for_year": "2030.5"}, "for_year", "a year from"),
        ({"for_year": "20300"}, "for_year", "a year from"),
        ({"for_year": "2017"}, "for_year", "looks ahead"),
        ({"kind": "observed"}, "for_year", "of the past"),
        ({"kind": "guess"}, "kind", "forecast, observed"),
        ({"quantity": "cars"}, "quantity", "ev_share"),
        ({"value": "44"}, "value", "20 percent is 0.20"),
        ({"value": "many"}, "value", "a share"),
        ({"value": "-0.2"}, "value", "a share"),
        ({"value": "nan"}, "value", "a share"),
        ({"value": ""}, "value", "both low and high"),
        ({"low": "0.5"}, "low", "smallest first"),
        ({"source": ""}, "source", "who said it"),
        ({"quantity": "points", "value": "9", "scope": "secret"}, "scope", "semi_public"),
        ({"mark": "D"}, "mark", "A, B, C"),
        ({"note": "x" * 201}, "note", "200"),
    ],
)
def test_a_fault_names_file_row_column_found_and_wanted(
    cells: dict[str, str], column: str, words: str
) -> None:
    said = faults({}, cells)
    assert len(said) == 1, said
    assert said[0].startswith(f"f.csv, row 2, {column}: ")
    assert "wanted" in said[0]
    assert words in said[0]


def test_every_fault_of_every_row_is_told_at_once() -> None:
    said = faults({"value": "44", "for_year": "2017"}, {}, {"made_on": "?", "unit": "post"})
    assert [each.split(":")[0] for each in said] == [
        "f.csv, row 1, value",
        "f.csv, row 1, for_year",
        "f.csv, row 3, made_on",
        "f.csv, row 3, unit",
    ]


def test_blank_rows_are_no_fault_and_keep_the_count() -> None:
    blank = dict.fromkeys(COLUMNS, "")
    assert len(parse([GOOD, blank, GOOD], file="f.csv", place="here")) == 2
    with pytest.raises(InputError, match="row 3, value"):
        parse([GOOD, blank, {**GOOD, "value": "?"}], file="f.csv", place="here")


def test_a_table_without_end_is_not_read() -> None:
    with pytest.raises(InputError, match=f"more than {MOST_ROWS}"):
        parse([GOOD] * (MOST_ROWS + 1), file="f.csv", place="here")


def test_a_range_alone_is_a_forecast_but_no_count() -> None:
    assert read(value="", low="0.2", high="0.3").value is None
    said = faults(
        {"value": "", "low": "0.2", "high": "0.3", "kind": "observed", "for_year": "2018"}
    )
    assert len(said) == 1


def test_a_header_is_refused_by_name() -> None:
    check_header(COLUMNS, file="f.csv")
    with pytest.raises(InputError) as refused:
        check_header([*COLUMNS[1:], "price", "note", "note"], file="f.csv")
    said = str(refused.value).splitlines()
    assert [line.split(":")[0] for line in said] == [
        "f.csv, column made_on",
        "f.csv, column 'price'",
        "f.csv, column note",
    ]


def test_moments_and_last_days() -> None:
    row = read(made_on="2022-07-02")
    assert row.moment == pytest.approx(2022 + 182 / 365)
    assert row.when == 2030, "a forecast speaks of its year"
    assert [read(made_on=day).until for day in ("2018", "2018-11", "2018-11-20")] == [
        "2018-12-31",
        "2018-11-31",
        "2018-11-20",
    ]
    counted = read(made_on="2021-12-31", for_year="2021", kind="observed")
    assert counted.when == pytest.approx(2021 + 364 / 365)
    assert read(made_on="2023", for_year="2021", kind="observed").when == 2021


@given(
    st.dictionaries(st.sampled_from(["made_on", "for_year", "value", "low", "scope"]), st.text())
)
def test_strange_cells_are_read_or_refused_in_words(cells: dict[str, str]) -> None:
    try:
        parse([{**GOOD, **cells}], file="f.csv", place="here")
    except InputError as error:
        assert "f.csv" in str(error)  # noqa: PT017
