"""What moves the money most: each number at its low and at its high end, all others as they are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from app.core.tender.cashflow import HOURS, SHARES, TERMS, Floats, Values, flows, npv, parties
from app.core.tender.deals import DEALS

STEP = 0.2  # of a number that has no range of its own
SIZE = ("posts", "points", "bays", "kw_point")  # what is bought, not what is uncertain
MARKET = ("tariff", "energy", "u")
HARDWARE = ("station", "civil", "grid", "v2g_premium")


@dataclass(frozen=True, slots=True)
class Bar:
    """One number: its two ends, and the risk bearer's NPV at each [EUR]."""

    name: str
    low: float
    high: float
    low_npv: float
    high_npv: float

    @property
    def swing(self) -> float:
        """How far the NPV moves [EUR]."""
        return abs(self.high_npv - self.low_npv)


def ends(name: str, value: float, most_u: float) -> tuple[float, float]:
    """Return a number 20 % lower and higher, as far as it can go."""
    low, high = value * (1 - STEP), value * (1 + STEP)
    if value < 0:
        low, high = high, low
    if name in TERMS:
        return max(1.0, float(round(low))), float(round(high))
    if name in SHARES:
        high = min(high, 1.0)
    return low, min(high, most_u) if name == "u" else high


def tornado(
    values: Values, ranges: Mapping[str, tuple[float, float]], keys: Iterable[str] = tuple(DEALS)
) -> dict[str, tuple[Bar, ...]]:
    """Return the bars of every model, longest first.

    ``ranges`` holds the low and high end where a number has them; others go 20 % down and up.
    All variants of all models are worked out together: O(name x year) per model.
    """
    most_u = HOURS * values["kw_point"]
    names = [name for name in values if name not in SIZE]
    spans = {name: ranges.get(name) or ends(name, values[name], most_u) for name in names}
    count = len(names)
    table: dict[str, float | Floats] = {}
    for place, name in enumerate((*names, *SIZE)):
        column = np.full(2 * count, float(values[name]))
        if name in spans:
            column[place], column[count + place] = spans[name]
        table[name] = column
    table["u"] = np.minimum(table["u"], most_u)
    moved = flows(table)
    found = {}
    for key in keys:
        worth = npv(parties(key, moved)[DEALS[key].measured], moved.of["r"])
        bars = [
            Bar(name, *spans[name], float(worth[at]), float(worth[count + at]))
            for at, name in enumerate(names)
        ]
        found[key] = tuple(sorted(bars, key=lambda bar: (-round(bar.swing, 6), bar.name)))
    return found


def market_over_hardware(bars: Iterable[Bar]) -> tuple[float, float] | None:
    """Say how many times more what is sold moves the money than the worst hardware price does.

    The least and the most of tariff, energy price and kWh a day; None where no price matters.
    """
    swings = {bar.name: bar.swing for bar in bars}
    price = max(swings[name] for name in HARDWARE)
    if price <= 0:
        return None
    market = [swings[name] / price for name in MARKET]
    return min(market), max(market)
