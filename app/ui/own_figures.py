"""The indicators of a run on own sessions, and every strategy side by side."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from app.core.indicators import starves
from app.services.own_answers import OwnAnswer, OwnRow
from app.services.parameters import load_parameters
from app.ui import charts, impact_view, tables
from app.ui.own_words import SOME_KWH, moment
from app.ui.strategies_view import BOUND, YARDSTICKS, served_name
from app.ui.text import _, energy, euro, number, percent, plain, power

LACKS = {"needs_prices": "prices", "needs_contract": "contract", "needs_limits": "limits"}
DEEP = "v2g_flatten"
ALIKE = 0.005  # peaks that nobody could tell apart
Show = Callable[[Any], str]
Line = tuple[str, str, Show]


def indicators(found: OwnAnswer, row: int) -> None:
    """Show the indicators of this transformer and of all, beside cars that charge at once."""
    both = (found.kpis, found.usual)
    mine = [each["transformers"][row] for each in both]
    name = plain(str(mine[0]["transformer_id"]))
    users = [each["users"] for each in both]
    whole_of = _("all transformers")
    lines = [
        *_lines(name, _of_one(), mine),
        *_lines(whole_of, _of_all(), both),
        *_lines(whole_of, _of_users(), users),
    ]
    chosen = impact_view.title(found.kpis["strategy"])
    columns = [_("Indicator"), _("Of"), chosen, _("Charging at once")]
    alone = found.kpis["strategy"] == found.usual["strategy"]
    frame = pd.DataFrame([line[:3] for line in lines] if alone else lines)
    frame.columns = pd.Index(columns[: frame.shape[1]])
    tables.show(frame, key="own_indicators")


def _lines(
    place: str, asked: Sequence[Line], records: Sequence[Mapping[str, Any]]
) -> list[tuple[str, ...]]:
    unknown = _("unknown")
    return [
        (label, place, *(unknown if r[key] is None else show(r[key]) for r in records))
        for label, key, show in asked
    ]


def _of_one() -> list[Line]:
    return [
        (_("Highest load"), "peak_kw", power),
        (_("Time of it"), "peak_time", moment),
        (_("Highest base load"), "base_peak_kw", power),
        (_("Highest charging"), "ev_peak_kw", power),
        (_("Limit"), "limit_kw", power),
        (_("Hours over the limit"), "hours_over", number),
        (_("Energy over the limit"), "kwh_over", energy),
        (_("Not delivered"), "unserved_kwh", energy),
        (_("Given back"), "discharged_kwh", energy),
    ]


def _of_all() -> list[Line]:
    return [
        (_("Highest load"), "peak_kw", power),
        (_("Time of it"), "peak_time", moment),
        (_("Energy asked for"), "energy_requested_kwh", energy),
        (_("Delivered"), "energy_delivered_kwh", energy),
        (_("Not delivered"), "energy_unserved_kwh", energy),
        (_("More than the stay allows"), "infeasible_kwh", energy),
        (_("Given back"), "energy_discharged_kwh", energy),
        (_("Cost of energy"), "cost_eur", euro),
        (_("Cost per kWh [€]"), "cost_eur_per_kwh", number),
        (_("Carbon [kg]"), "co2_kg", number),
    ]


def _of_users() -> list[Line]:
    share = partial(percent, places=1)
    return [
        (_("Cars that leave with less than 95 % of it"), "below_95", share),
        (_("Energy that comes later than at once"), "late_kwh_share", share),
        (_("Minutes later until full, middle car"), "added_min_p50", number),
    ]


def strategies(rows: Sequence[OwnRow]) -> None:
    """Set every strategy side by side: peak, and energy served beside it."""
    done = [row for row in rows if row.kpis is not None]
    said = strategies_sentence(done)
    st.markdown(said)
    figure = charts.bars(
        [_named(row) for row in done],
        [row.kpis["peak_kw"] for row in done if row.kpis is not None],
        keys=[row.strategy for row in done],
        unit=_("Highest load [kW]"),
    )
    st.plotly_chart(figure, key="own_strategies_chart", alt=said)
    table = pd.DataFrame([_figures(row) for row in rows])
    idle = [] if any(row.lacks for row in rows) else [_("Needs")]
    tables.show(table.drop(columns=idle), key="own_strategies")


def strategies_sentence(rows: Sequence[OwnRow]) -> str:
    """Say which strategy peaks lowest at what energy, and what would be possible at best."""
    known = {row.strategy: row.kpis for row in rows if row.kpis is not None}
    starving = [key for key, kpis in known.items() if _starves(kpis)]
    real = {key: kpis for key, kpis in known.items() if key not in (*YARDSTICKS, *starving)}
    if not real:
        return _("Every strategy here leaves cars short, so none is called the best.")
    lowest = min(float(kpis["peak_kw"]) for kpis in real.values())
    alike = [key for key in real if real[key]["peak_kw"] <= lowest * (1 + ALIKE)]
    missing = max(float(real[key]["energy_unserved_kwh"]) for key in alike)
    text = _("Lowest peak, about {peak}: {strategies}; {missing} are left undelivered.").format(
        strategies=", ".join(impact_view.title(key) for key in alike),
        peak=power(lowest),
        missing=energy(missing if missing >= SOME_KWH else 0.0),
    )
    bound = known.get(BOUND)
    if bound is not None:
        text += " " + _("Without giving power back no plan gets below about {peak}.").format(
            peak=power(bound["peak_kw"])
        )
    deep = known.get(DEEP)
    if deep is not None and deep["peak_kw"] < lowest * (1 - ALIKE):
        text += " " + _("{strategy} would reach {peak}, at the cost of the batteries.").format(
            strategy=impact_view.title(DEEP), peak=power(deep["peak_kw"])
        )
    if starving:
        names = ", ".join(impact_view.title(key) for key in starving)
        text += " " + _("Not compared, because cars leave short: {names}.").format(names=names)
    return text


def _named(row: OwnRow) -> str:
    kpis = row.kpis or {}
    return served_name(row.strategy, _served(kpis), leaves_short=_starves(kpis))


def _served(kpis: Mapping[str, Any]) -> float:
    got, missed = (float(kpis[f"energy_{name}_kwh"]) for name in ("delivered", "unserved"))
    return got / (got + missed) if got + missed > 0 else 1.0


def _starves(kpis: Mapping[str, Any]) -> bool:
    told = {"served_share": _served(kpis), "below_95_share": kpis["users"]["below_95"]}
    return starves(told, load_parameters())


def _figures(row: OwnRow) -> dict[str, Any]:
    kpis = row.kpis or {}
    time = kpis.get("peak_time")
    return {
        _("Strategy"): impact_view.title(row.strategy),
        _("Needs"): _(LACKS.get(row.lacks, row.lacks)),
        _("Highest load [kW]"): _rounded(kpis.get("peak_kw")),
        _("At"): moment(time) if time else "",
        _("Delivered [kWh]"): _rounded(kpis.get("energy_delivered_kwh")),
        _("Not delivered [kWh]"): _rounded(kpis.get("energy_unserved_kwh")),
        _("Energy served [%]"): round(100 * _served(kpis), 1) if kpis else None,
        _("Given back [kWh]"): _rounded(kpis.get("energy_discharged_kwh")),
        _("Hours over"): _rounded(kpis.get("hours_over")),
        _("Cost [€]"): _rounded(kpis.get("cost_eur")),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
