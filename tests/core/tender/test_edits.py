"""A person's changes to clauses are taken as written, or refused with what was wanted."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InputError
from app.core.tender.clause_changes import as_changes, as_tables
from app.core.tender.edits import parse_edits, write_edits
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
        ("[clause.SMC-05]\nsurcharge_eur_kwh = nan", "'nan' is not a number from 0 to 2 EUR/kWh"),
        ("[clause]\nSMC-05 = 3", r"SMC-05 is not a table"),
        ("[clause.SMC-05.text]\na = 3", "is not a text of 1 to"),
        (f"[clause.SMC-05]\nsurcharge_eur_kwh = {'9' * 5000}", "is not TOML"),
        (f"[clause.SMC-05]\nsurcharge_eur_kwh = {'9' * 400}", "is not a number from 0 to 2"),
        ("[clause.SMC-05]\nchecked_on = 3", "'3' is not a date"),
        ("[clause.PAY-06]\nprice_weight_pct = '-500'", "'-500' is not a number from 0 to 100 %"),
        ("[clause.KPI-06]\nplace_weeks = 'soon'", "'soon' is not a whole number from 1 to 260"),
        ("[clause.KPI-06]\nplace_weeks = 2.5", "'2.5' is not a whole number"),
        ("[clause.KPI-06]\nplace_weeks = true", "is not a whole number"),
        ("[clause.KPI-06]\nplace_weeks = [3]", "is not a whole number"),
        ("[clause.PAY-06]\ncap_mode = 'fixd'", "did you mean 'fixed'"),
        ("[clause.V2G-03]\nby_date = '2029-02-30'", "is not a date like"),
        ("[clause.TEC-04]\nvalid_from = 2099-01-01", "the law's own date"),
        ("[clause.TEC-01]\nchecked_by = 'Ann'", "needs both checked_by and checked_on"),
        ("[clause.TEC-01]\nchecked_by='A'\nchecked_on='in May'", "'in May' is not a date"),
        ("[clause.SMC-05]\nconfirm = ['surcharge']", "did you mean 'surcharge_eur_kwh'"),
        ("[clause.TEC-01]\ntext = ' '", "is not a text of 1 to"),
    ],
)
def test_what_is_not_understood_is_refused(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        parse_edits(text, library())


def test_all_faults_are_told_at_once() -> None:
    text = "[clause.KPI-06]\nplace_weeks = 'soon'\n[clause.PAY-06]\nprice_weight_pct = -500"
    with pytest.raises(InputError) as caught:
        parse_edits(text, library())
    assert len(str(caught.value).splitlines()) == 2


@given(st.text(min_size=1, max_size=60).filter(str.strip), st.booleans())
def test_changes_written_and_read_again_are_the_same(words: str, drop: bool) -> None:  # noqa: FBT001
    tables = {"SMC-05": {"text": words, "drop": drop, "confirm": ["surcharge_eur_kwh"]}}
    assert tomllib.loads(write_edits(tables)) == {"clause": tables}
    assert as_tables(as_changes(tables)) == tables
