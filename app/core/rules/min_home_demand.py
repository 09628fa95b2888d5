"""Somebody nearby wants to charge and cannot yet."""

import numpy as np
import pandas as pd

from app.core.rules.base import Finding, Rule, judge, number, one
from app.core.siting.context import Surroundings


def check(places: pd.DataFrame, context: Surroundings) -> Finding:  # noqa: ARG001
    """Fail candidates with hardly any unserved demand in reach."""
    left_kwh = context.unserved_kwh
    least = context.values["min_home_demand_kwh"].value

    def reason(row: int) -> str:
        wanted = f"{context.reach_kwh[row]:.1f} kWh a day wanted in reach"
        return f"{left_kwh[row]:.1f} kWh a day unserved, at least {least:g} ({wanted})"

    known = ~np.isnan(left_kwh)
    return judge(np.nan_to_num(left_kwh) >= least - 1e-9, known, reason)


def example(passes: bool) -> tuple[pd.DataFrame, Surroundings]:  # noqa: FBT001
    """Reach 20 kWh a day, or half a kWh."""
    values = {"min_home_demand_kwh": number("min_home_demand_kwh", 2.0, "kWh/day")}
    return one(values=values, unserved_kwh=np.array([20.0 if passes else 0.5]))


RULE = Rule(
    key="min_home_demand",
    label="Unserved demand in reach",
    hard=True,
    needs=("districts",),
    params=("min_home_demand_kwh",),
    check=check,
    example=example,
    order=100,
)
