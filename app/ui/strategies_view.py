"""Strategies side by side: what each does to the grid, and the energy it serves beside it."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from app.core.impact import OVER, TIGHT, Impact
from app.core.indicators import least_harm, starves
from app.services.parameters import load_parameters
from app.ui.impact_view import title
from app.ui.text import _, delivered, power, whole

BOUND = "valley_fill"
YARDSTICKS = (BOUND, "v2g_flatten")  # what nobody can order: never called the best


def strategy_table(answers: Mapping[str, Impact]) -> pd.DataFrame:
    """Set strategies side by side: the grid's side and the driver's side."""
    return pd.DataFrame(
        [
            {
                _("Strategy"): title(key),
                _("Over the limit"): a.count(OVER),
                _("Tight"): a.count(TIGHT),
                _("City peak [MW]"): round((a.city.get("peak_kw") or 0) / 1000, 1),
                _("Peak at"): f"{a.times[int(np.argmax(a.load_kw))]:%a %H:%M}",
                _("Peak in the contract's hours [MW]"): _round(
                    a.city.get("window_peak_kw"), 1000, 1
                ),
                _("Energy served [%]"): _round(a.city.get("served_share"), 0.01, 1),
                _("Hours over"): _round(a.city.get("hours_over")),
                _("Over the limit [MWh]"): _round(a.city.get("kwh_over"), 1000, 1),
                _("Highest charging in the contract's hours [MW]"): _round(
                    a.city.get("rebound_in_kw"), 1000, 1
                ),
                _("Rebound after them [MW]"): _round(a.city.get("rebound_after_kw"), 1000, 1),
                _("Not delivered [MWh]"): _round(a.city.get("unserved_kwh"), 1000, 2),
                _("Sessions worse off [%]"): _round(a.city.get("worse_off_share"), 0.01, 2),
                _("Less than 95 percent [%]"): _round(a.city.get("below_95_share"), 0.01, 2),
                _("Full later, one in ten [min]"): _round(a.city.get("added_min_p90")),
                _("Given back [MWh]"): _round(a.city.get("discharged_kwh"), 1000, 1),
                _("Full battery cycles"): _round(a.city.get("equivalent_full")),
                _("Flows back too much [h]"): _round(a.city.get("export_hours_over")),
                _("Could be shed, 18:00 [MW]"): _round(a.city.get("flex_down_18_kw"), 1000, 1),
                _("Could be taken, 18:00 [MW]"): _round(a.city.get("flex_up_18_kw"), 1000, 1),
                _("Cost, illustrative [EUR/kWh]"): _round(a.city.get("cost_eur_per_kwh"), 1, 3),
            }
            for key, a in answers.items()
        ]
    )


def _round(value: float | None, unit: float = 1.0, places: int = 0) -> float | None:
    return None if value is None else round(value / unit, places)


def strategies_sentence(answers: Mapping[str, Impact]) -> str:
    """Say which strategy carries most of those that deliver, and which ones do not."""
    numbers = load_parameters()
    real = {key: each for key, each in answers.items() if key not in YARDSTICKS}
    best = least_harm(real, numbers)
    first = answers.get("uncontrolled", next(iter(answers.values())))
    short_ones = [title(key) for key, each in answers.items() if starves(each.city, numbers)]
    words = _("Charging at once puts {before} transformers over their limit.")
    if best is not None:
        words = _(
            "Charging at once puts {before} transformers over their limit; {strategy} does least "
            "harm with {after}, at a city peak of {peak} at {time}, and delivers {served} of the "
            "energy that could be charged."
        )
    told = best or first
    words = words.format(
        before=whole(first.count(OVER)),
        strategy=title(told.strategy),
        after=whole(told.count(OVER)),
        peak=power(told.city.get("peak_kw")),
        time=f"{told.times[int(np.argmax(told.load_kw))]:%a %H:%M}",
        served=delivered(told.city.get("served_share")),
    )
    bound = answers.get(BOUND)
    if bound is not None:
        more = _("The best that plans without giving power back can reach is {after}, at {peak}.")
        words += " " + more.format(
            after=whole(bound.count(OVER)), peak=power(bound.city.get("peak_kw"))
        )
    if short_ones:
        more = _("Not compared, because cars leave short: {names}.")
        words += " " + more.format(names=", ".join(short_ones))
    return words


def named(answers: Mapping[str, Impact]) -> list[str]:
    """Name strategies for a chart with the energy they serve, marking who leaves cars short."""
    numbers = load_parameters()
    return [
        served_name(key, each.city.get("served_share"), leaves_short=starves(each.city, numbers))
        for key, each in answers.items()
    ]


def served_name(key: str, served: float | None, *, leaves_short: bool) -> str:
    """Name a strategy beside a figure it is judged by: with the energy it serves."""
    text = _("{strategy} ({served} served)")
    if leaves_short:
        text = _("{strategy} (leaves cars short, {served})")
    return text.format(strategy=title(key), served=delivered(served))
