"""Who pays for a strategy: drivers by group, the bill, and what it could still do otherwise."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from app.core.demand.groups import GROUPS
from app.core.engine.figures import Figures, against
from app.core.impact import Impact
from app.core.indicators import starves
from app.services.compare import DURATION, INDICATORS
from app.services.parameters import load_parameters
from app.ui import tables
from app.ui.text import _, delivered, duration, number, percent, whole

TITLES: Mapping[str, str] = {"all": "All", **{group.key: group.title for group in GROUPS}}
PLACES = 3


def who_pays(chosen: Impact, reference: Impact) -> None:
    """Say and list what drivers notice, by user group."""
    told = chosen.groups.get("all", {})
    if not told.get("sessions"):
        st.markdown(_("Nobody charges in these days."))
        return
    st.markdown(sentence(told))
    if starves(chosen.city, load_parameters()):
        st.warning(short_sentence(), icon=":material/battery_alert:")
    tables.show(table(chosen.groups), key="who_pays")
    st.caption(bill_sentence(chosen, reference))


def sentence(told: Figures) -> str:
    """Say what drivers give for it."""
    return _(
        "Of {sessions} sessions {worse} leave with over 2 percent less energy and {below} with "
        "less than 95 percent; {late} of the energy comes over half an hour later than when "
        "charging at once, and one session in ten is full {p90} later or more. "
        "{served} of the energy that could be charged is delivered."
    ).format(
        sessions=whole(told["sessions"]),
        worse=whole(told["worse_off"]),
        below=percent(told["below_95"], 1),
        late=percent(told["late_kwh_share"]),
        p90=duration(told["added_min_p90"]),
        served=delivered(told["served_share"]),
    )


def short_sentence() -> str:
    """Warn of a strategy that wins by not delivering."""
    numbers = load_parameters()
    return _(
        "This strategy leaves cars short (over {unserved} of the energy withheld, or over {below} "
        "of the sessions with less than 95 percent): its peaks are not a success."
    ).format(
        unserved=percent(numbers["hosting_unserved"].value),
        below=percent(numbers["hosting_below_95"].value),
    )


def table(groups: Mapping[str, Figures]) -> pd.DataFrame:
    """List what each user group notices."""
    rows = []
    for key, told in groups.items():
        overrides = (told["overrides"] or 0.0) / (told["sessions"] or 1.0)
        rows.append(
            {
                _("Drivers"): _(TITLES[key]),
                _("Sessions"): round(told["sessions"] or 0.0),
                _("Energy delivered [%]"): _percent(told["served_share"]),
                _("Worse off [%]"): _percent(told["worse_off_share"], 2),
                _("Less than 95 percent [%]"): _percent(told["below_95"], 2),
                _("Energy over half an hour later [%]"): _percent(told["late_kwh_share"]),
                _("Full later, median [min]"): told["added_min_p50"],
                _("Full later, one in ten [min]"): told["added_min_p90"],
                _("Charge at once anyway [%]"): _percent(overrides),
                _("Given back [kWh]"): round(told["discharged_kwh"] or 0.0),
            }
        )
    return pd.DataFrame(rows)


def _percent(share: float | None, places: int = 1) -> float | None:
    return None if share is None else round(100 * share, places)


def bill_sentence(chosen: Impact, reference: Impact) -> str:
    """Say what the energy costs and emits, and that the prices are not those of a market."""
    costs = [each.city.get("cost_eur_per_kwh") for each in (chosen, reference)]
    carbon = [each.city.get("co2_kg") for each in (chosen, reference)]
    return _(
        "At an illustrative week of prices, not those of a market, a kWh costs {cost} EUR before "
        "fees and taxes, against {usual} EUR when charging at once; at an illustrative {g} g/kWh "
        "it is {kg} t CO2 against {usual_kg} t."
    ).format(
        cost=number(costs[0]),
        usual=number(costs[1]),
        g=whole(load_parameters()["grid_g_co2_per_kwh"].value),
        kg=number(_tonnes(carbon[0])),
        usual_kg=number(_tonnes(carbon[1])),
    )


def _tonnes(kg: float | None) -> float | None:
    return None if kg is None else kg / 1000


def differences(answers: Mapping[str, Impact], name: Mapping[str, str]) -> pd.DataFrame:
    """List every indicator of every strategy as its difference to charging at once."""
    usual = answers["uncontrolled"].city
    columns: dict[str, list[object]] = {
        _("Indicator"): [_(_label(key)) for key in usual if key != DURATION],
        _("Unit"): [_unit(key) for key in usual if key != DURATION],
    }
    for key, answer in answers.items():
        told = against(answer.city, usual)
        columns[name[key]] = [_rounded(told.get(each)) for each in usual if each != DURATION]
    return pd.DataFrame(columns)


def _label(key: str) -> str:
    return INDICATORS[key].label if key in INDICATORS else key


def _unit(key: str) -> str:
    return INDICATORS[key].unit if key in INDICATORS else ""


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.{PLACES}g}")
