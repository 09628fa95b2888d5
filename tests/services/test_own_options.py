"""Options of the terminal are read, or refused with what was wanted."""

import pytest

from app.core.errors import InputError
from app.services.own_options import parse_options


def test_the_last_of_a_name_wins() -> None:
    assert parse_options(["sweeps=3", " sweeps = 20 "]).sweeps == 20


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        ("sweeps", "'sweeps': write it as name=value"),
        ("sweep=3", "no option 'sweep'"),
        ("sweeps=2.5", "a whole number from 1 to 100"),
        ("seed=-5", "a whole number of 0 or more"),
        ("min_current_a=nan", "wanted 0 to 16"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(pair: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        parse_options([pair])
