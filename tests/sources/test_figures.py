"""Numbers are read as they were written, or asked about; never as another number."""

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.sources.figures import decimal_of, is_missing, read_numbers

LOCALES = {  # decimal mark, thousands mark
    "nl": (",", "."),
    "en": (".", ","),
    "fr": (",", "\u202f"),
    "ch": (".", "\u2019"),
    "plain": (".", ""),
}
PROVE = settings(derandomize=True, deadline=None, max_examples=80)


def written(value: float, decimal: str, thousands: str) -> str:
    text = f"{value:,.2f}" if value % 1 else f"{value:,.0f}"
    return text.translate({ord(","): thousands, ord("."): decimal})


@PROVE
@given(
    values=st.lists(st.integers(-(10**9), 10**9).map(lambda n: n / 100), min_size=1, max_size=8),
    locale=st.sampled_from(sorted(LOCALES)),
)
def test_a_column_of_any_locale_is_read_back_or_asked_about(
    values: list[float], locale: str
) -> None:
    decimal, thousands = LOCALES[locale]
    found = read_numbers([written(value, decimal, thousands) for value in values])
    if found.doubtful is not None:
        return
    assert found.unusable == ()
    assert found.values.tolist() == pytest.approx(values)


@PROVE
@given(value=st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
def test_plain_numbers_stay_what_they_are(value: float) -> None:
    assume(value not in {-99997.0, -99999.0})  # Dutch statistics mean: secret
    assert read_numbers([value]).values[0] == value
    assert read_numbers([repr(value)], decimal=".").values[0] == value


def test_one_thousand_or_one_point_two_is_a_question() -> None:
    """1.234 alone is 1.234 or 1234; beside 0.5 it can only be 1.234."""
    alone = read_numbers(["1.234"])
    assert alone.doubtful == (0, "1.234", 1.234, 1234.0)
    assert read_numbers(["1.234", "0.5"]).doubtful is None
    assert read_numbers(["1.234", "0.5"]).values[0] == 1.234
    assert read_numbers(["1.234", "0,5"]).values[0] == 1234
    assert read_numbers(["1.234"], decimal=",").values[0] == 1234
    assert read_numbers(["1.234"], hint=".").values[0] == 1.234


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.200,50", 1200.5),
        ("\u22125", -5),
        ("12 %", 12),
        ("1'234.5", 1234.5),
        ("1\u00a0234,5", 1234.5),
        ("1e3", 1000),
        (" 7 ", 7),
        ("1.234.567", 1_234_567),
        ("0.125", 0.125),
    ],
)
def test_marks_of_many_countries(text: str, value: float) -> None:
    assert read_numbers([text]).values[0] == value


@pytest.mark.parametrize(
    "cell",
    ["", "-", "n/a", "NaN", "#REF!", "onbekend", "-99997", -99997, None, math.nan, "k. A."],
)
def test_a_missing_value_is_unknown(cell: object) -> None:
    found = read_numbers([cell, 1])
    assert found.unusable == (0,)
    assert math.isnan(found.values[0])


@pytest.mark.parametrize("cell", ["inf", "1,2,3", "12a", True, 10**400, "9" * 50, [1]])
def test_what_is_no_number_is_never_one(cell: object) -> None:
    assert read_numbers([cell]).unusable == (0,)


def test_a_file_shows_its_mark() -> None:
    assert decimal_of(["1,5", "naam", "2"]) == ","
    assert decimal_of(["1,5", "2.5"]) is None
    assert decimal_of(["12", "x"]) is None
    assert is_missing("  null ")
