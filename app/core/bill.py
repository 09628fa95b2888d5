"""What energy costs and emits."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.engine.arrays import STEP_H, Floats
from app.core.engine.figures import KW_MW, Mask
from app.core.engine.result import EngineResult

GRAM_KG = 1000


@dataclass(frozen=True, slots=True)
class Bill:
    """Cost [EUR] and emissions [kg CO2] of the steps that count, and the kWh delivered by them."""

    cost_eur: float
    co2_kg: float
    delivered_kwh: float


def bill(result: EngineResult, counted: Mask, eur_per_mwh: Floats, g_per_kwh: float) -> Bill:
    """Price the charging of the steps that count; what is given back earns the same price.

    Of what is drawn in them, as much counts as delivered as over the whole run: batteries that
    give back lose some.
    """
    ev_kw = result.ev_kw.sum(axis=0)
    drawn_kwh = float(ev_kw[counted].sum()) * STEP_H
    whole_kwh = float(ev_kw.sum()) * STEP_H
    kept = float(result.served_kwh.sum(dtype=float)) / whole_kwh if whole_kwh > 0 else 0.0
    cost = float(ev_kw[counted] @ eur_per_mwh[counted]) * STEP_H / KW_MW
    return Bill(cost, drawn_kwh * g_per_kwh / GRAM_KG, drawn_kwh * kept)


def summed_bills(bills: Sequence[Bill | None]) -> Bill | None:
    """Add bills up; None where one is missing."""
    told = [each for each in bills if each is not None]
    if not told or len(told) != len(bills):
        return None
    return Bill(
        sum(each.cost_eur for each in told),
        sum(each.co2_kg for each in told),
        sum(each.delivered_kwh for each in told),
    )
