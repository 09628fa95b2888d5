"""Tables write numbers in the visitor's way, and hide nothing."""

import pandas as pd

from app.ui import tables


def test_numbers_are_written_in_the_visitors_way_unless_that_cuts_them_short() -> None:
    table = pd.DataFrame(
        {
            "kW": [1234.5, None],
            "count": pd.array([1, None], dtype="Int64"),
            "fine": [0.00042, 1.0],
            "name": ["a", "b"],
            "at": pd.to_datetime(["2030-01-01", "2030-01-02"]),
        }
    )
    found = tables.columns(table)
    assert set(found) == {"kW", "count", "at"}, "what is named with nothing would be hidden"
    assert found["kW"]["type_config"]["format"] == "localized"
