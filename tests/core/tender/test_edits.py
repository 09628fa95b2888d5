"""A person's changes to clauses are taken as written, or refused with what was wanted."""

import pytest

from app.core.errors import InputError
from app.core.tender.edits import parse_edits
from app.services.tender import library


def test_a_clause_is_set_and_signed_off() -> None:
    text = "[clause.SMC-05]\nsurcharge_eur_kwh = 0.08\nchecked_by = 'Ann'\nchecked_on = 2027-01-10"
    edit = parse_edits(text, library())["SMC-05"]
    assert edit.parameters == {"surcharge_eur_kwh": "0.08"}
    assert (edit.checked_by, edit.checked_on) == ("Ann", "2027-01-10")
    assert not edit.drop


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("clause = 3", "tables such as"),
        ("[clauses.SMC-05]\ndrop = true", "tables such as"),
        ("[clause.SMC-5]\ndrop = true", "did you mean 'SMC-"),
        ("[clause.SMC-05]\nsurcharge = 1", "did you mean 'surcharge_eur_kwh'"),
        ("[clause.SMC-05]\ndrop = 'yes'", "'yes' is not true or false"),
        ("[clause.SMC-05]\nsurcharge_eur_kwh = nan", "nan is not text, a number or a date"),
        ("[clause.SMC-05]\nchecked_on = 3", "3 is not a date"),
    ],
)
def test_what_is_not_understood_is_refused(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        parse_edits(text, library())
