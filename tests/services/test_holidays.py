"""Public holidays of the countries of the pilots."""

import pandas as pd

from app.core.engine.holidays import check_rules, holiday
from app.paths import DATA
from app.services.holidays import holidays
from app.services.parameters import load_sources

TABLE = pd.read_csv(DATA / "tables" / "holidays.csv", dtype=str)


def test_every_rule_names_a_day_and_its_source() -> None:
    check_rules(tuple(TABLE["rule"]))
    assert set(TABLE["source"]) <= set(load_sources())
    assert not TABLE.duplicated(["country", "rule"]).any()
    for country in TABLE["country"].unique():
        days = {holiday(rule, 2027) for rule in holidays(country)}
        assert {day.isoformat() for day in days} >= {"2027-01-01", "2027-12-25"}


def test_dutch_holidays_of_2027() -> None:
    found = sorted(holiday(rule, 2027).strftime("%m-%d") for rule in holidays("nl"))
    assert found == ["01-01", "03-29", "04-27", "05-06", "05-17", "12-25", "12-26"]
    assert holidays("XX") == (), "a country nobody wrote down has none"
