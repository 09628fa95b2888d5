"""The numbers of the cash flow as a planner knows them: name, title, unit, usual value and range.

The same values, with notes, stand in ``data/parameters/cashflow.csv``; a test holds both together.
"""

from dataclasses import dataclass

PREFIX = "cash_"  # of these names among all parameters
FROM_PLAN = ("posts", "points", "bays", "u", "kw_point", "v2g_share")  # where there is a plan


@dataclass(frozen=True, slots=True)
class CashInput:
    """One number of the cash flow; the usual value as text, so that 0.07 is 0.07."""

    name: str
    title: str
    unit: str
    usual: str
    low: float
    high: float


CASH_INPUTS = (
    CashInput("posts", "Posts", "posts", "1", 1, 1000),
    CashInput("points", "Charge points", "points", "2", 1, 2000),
    CashInput("bays", "Bays", "bays", "2", 1, 2000),
    CashInput("years", "Term", "years", "10", 8, 15),
    CashInput("r", "Discount rate", "share a year", "0.06", 0.03, 0.1),
    CashInput("g", "Growth of energy per point", "growth a year", "0", -0.03, 0.1),
    CashInput("u", "Energy per point and day", "kWh/point a day", "8", 4, 16),
    CashInput("kw_point", "Power of a point", "kW", "11", 3.7, 22),
    CashInput("tariff", "Tariff for drivers", "EUR/kWh", "0.40", 0.3, 0.6),
    CashInput("energy", "Price of energy", "EUR/kWh", "0.24", 0.12, 0.35),
    CashInput("backoffice", "Back office and roaming", "EUR/kWh", "0.04", 0.02, 0.06),
    CashInput("fee_kwh", "Fee to the authority", "EUR/kWh", "0.02", 0, 0.05),
    CashInput("rent_bay", "Rent to the authority", "EUR/bay a year", "0", 0, 300),
    CashInput("opex_point", "Upkeep", "EUR/point a year", "175", 100, 350),
    CashInput(
        "standing_post", "Standing charge of the connection", "EUR/post a year", "150", 100, 300
    ),
    CashInput("station", "Post, bought", "EUR/post", "3000", 2000, 4000),
    CashInput("grid", "Grid connection", "EUR/post", "1000", 700, 2500),
    CashInput("civil", "Works in the pavement", "EUR/post", "1500", 1000, 2500),
    CashInput("v2g_premium", "Premium for V2G", "EUR/point", "600", 200, 1200),
    CashInput("v2g_share", "Points ready for V2G", "share", "0", 0, 1),
    CashInput("flex_point", "Income from flexibility", "EUR/point a year", "0", 0, 150),
    CashInput("state_grant_point", "Grant of the state", "EUR/point", "0", 0, 450),
    CashInput("setup_post", "Setting up (traffic order, signs)", "EUR/post", "600", 300, 1000),
    CashInput("run_post", "Duties of the authority", "EUR/post a year", "60", 30, 150),
    CashInput("removal_post", "Removal at the end", "EUR/post", "0", 0, 1000),
    CashInput("service_margin", "Margin of the paid service", "share", "0.10", 0.05, 0.2),
    CashInput("grant_share", "Share of the investment granted", "share", "0.30", 0.1, 0.5),
    CashInput("avail_fee_point", "Fee for availability", "EUR/point a year", "60", 30, 120),
    CashInput("uptime", "Time a point works", "share", "0.98", 0.9, 1),
    CashInput("rev_share", "Share of revenue to the authority", "share", "0.05", 0, 0.15),
    CashInput(
        "rev_threshold_point",
        "Revenue from where it is shared",
        "EUR/point a year",
        "1200",
        600,
        2000,
    ),
    CashInput("rent_licence_bay", "Rent of the licence", "EUR/bay a year", "100", 0, 300),
    CashInput("bond_post", "Bond of the licence", "EUR/post", "800", 400, 1500),
    CashInput("city_grant_point", "Grant of the authority", "EUR/point", "900", 300, 1800),
    CashInput("promised_u", "Energy promised for the grant", "kWh/point a day", "0", 0, 16),
    CashInput("clawback_share", "Clawed back if missed", "share", "1", 0, 1),
    CashInput("equity_authority", "Authority's share of the company", "share", "0.5", 0.25, 0.75),
    CashInput("debt_share", "Share borrowed from a bank", "share", "0.5", 0.3, 0.7),
    CashInput("debt_rate", "Interest of the bank", "share a year", "0.05", 0.03, 0.08),
    CashInput("debt_years", "Term of the loan", "years", "10", 5, 15),
)
CASH_TITLES = {PREFIX + each.name: each.title for each in CASH_INPUTS}
