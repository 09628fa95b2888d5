"""What the price of clauses says in a sentence."""

from app.core.tender.clause_price import IDLE, NO_LEVER, PRICED, Outcome, Price
from app.services.clause_price import Prices
from app.ui import tender_price

BASE = Outcome(None, 9.0, 100.0, 5.0, 1e6, 1e5)
DELTA = {"window_mw": None, "fit": -12.0, "late_percent": -1.0, "eur_year": 4000.0}
ROWS = (
    Price("TEC-07", PRICED, "", {**DELTA, "peak_mw": 0.2}),
    Price("SMC-01", PRICED, "", {**DELTA, "peak_mw": 0.5}),
    Price("PAY-01", NO_LEVER),
    Price("SMC-08", IDLE, "no prices"),
)


def test_the_clause_worth_most_is_named_with_its_figures() -> None:
    said = tender_price.sentence(Prices(ROWS, BASE, {**DELTA, "peak_mw": 0.6}))
    assert "SMC-01" in said
    assert "500 kW" in said
    assert "12 fewer points" in said
    assert "2 of 4" in said


def test_prices_that_do_not_add_up_are_said_together() -> None:
    said = tender_price.order_note(Prices(ROWS, BASE, {**DELTA, "peak_mw": 0.6}))
    assert "700 kW" in said
    assert "600 kW" in said


def test_nothing_is_priced_as_zero() -> None:
    said = tender_price.sentence(Prices(ROWS[2:], BASE, {}))
    assert said.startswith("None of the 2")
    assert tender_price.words(ROWS[2]) == "no effect on load; see text"
    assert "no prices" in tender_price.words(ROWS[3])
