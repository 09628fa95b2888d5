"""Units of a file turned into ours: only when the header or a person says so."""

from app.sources.plausible import plausible

PHASES = 3


def factor(target: str, unit: str | None) -> float | None:
    """Return what a value in ``unit`` is multiplied by to be in ``target``.

    1 where no unit is said; None where one cannot be turned into the other.
    """
    if unit is None or unit == target:
        return 1.0
    return _table(target).get(unit)


def units(target: str) -> tuple[str, ...]:
    """List the units a column in ``target`` may come in."""
    return tuple(_table(target))


def _table(target: str) -> dict[str, float]:
    if target == "kW":
        numbers = plausible()
        cosine = numbers["grid_power_factor"]
        ampere = numbers["line_voltage_v"] * PHASES / 1000
        power = {"kW": 1.0, "MW": 1000.0, "W": 0.001}
        return power | {"kVA": cosine, "MVA": 1000 * cosine, "A": ampere}
    tables: dict[str, dict[str, float]] = {
        "kWh": {"kWh": 1.0, "Wh": 0.001, "MWh": 1000.0},
        "EUR": {"EUR": 1.0, "kEUR": 1000.0},
        "EUR/MWh": {"EUR/MWh": 1.0, "EUR/kWh": 1000.0, "ct/kWh": 10.0},
        "m": {"m": 1.0, "cm": 0.01},
        "share": {"%": 0.01},
    }
    return tables.get(target, {})
