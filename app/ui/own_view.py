"""The page of own sessions before and around its answer: start, numbers, notices, downloads."""

from functools import partial

import pandas as pd
import streamlit as st

from app.services.own_answers import OwnAnswer, written
from app.ui import own_inputs, tables
from app.ui.text import _, energy, euro, power, whole

FILES = {
    "load.csv": "text/csv",
    "kpis.json": "application/json",
    "profiles.parquet": "application/vnd.apache.parquet",
}


def start() -> None:
    """Offer the example and say what is needed."""
    with st.container(horizontal=True):
        st.button(
            _("Try the example"),
            on_click=own_inputs.take_example,
            icon=":material/play_arrow:",
            key="own_example",
        )
    st.markdown(
        _(
            "A table of sessions is enough: *session_id, arrival, departure, energy_kwh, "
            "max_power_kw*. With *transformer_id* each transformer is looked at on its own. Base "
            "load, limits and prices make the answer sharper."
        )
    )


def way_back() -> None:
    """Offer an empty table."""
    st.button(
        _("Start again with other files"),
        on_click=own_inputs.put_away,
        icon=":material/restart_alt:",
        key="own_restart",
        type="tertiary",
    )
    st.caption(_("The levers of the city change nothing here; the choices above do."))


def numbers(found: OwnAnswer) -> None:
    """Show the run in five numbers."""
    chosen, usual = found.kpis, found.usual
    at_once = _("{value} when cars charge at once")
    tables.metrics(
        [
            (
                _("Highest load"),
                power(chosen["peak_kw"]),
                at_once.format(value=power(usual["peak_kw"])),
            ),
            (
                _("Without charging"),
                power(chosen["base_peak_kw"]),
                _("highest base load, all transformers together"),
            ),
            (
                _("Charging alone"),
                power(chosen["peak_ev_kw"]),
                at_once.format(value=power(usual["peak_ev_kw"])),
            ),
            (
                _("Not delivered"),
                energy(chosen["energy_unserved_kwh"]),
                _("energy the strategy withheld before departure"),
            ),
            (
                _("Cost of energy"),
                euro(chosen["cost_eur"]),
                at_once.format(value=euro(usual["cost_eur"])),
            ),
        ]
    )


def notices(found: OwnAnswer) -> None:
    """List what was assumed, cut or left out, with how often."""
    said = found.kpis["warnings"]
    if not said:
        return
    title = _("What was assumed or left out ({n})").format(n=whole(len(said)))
    with st.expander(title, icon=":material/info:"):
        table = pd.DataFrame(
            {
                _("What"): [each["message"] for each in said],
                _("How many"): [each["count"] for each in said],
                _("Code"): [each["code"] for each in said],
            }
        )
        tables.show(table, key="own_notices")


def downloads(found: OwnAnswer) -> None:
    """Offer the three files of the command line, made when they are asked for."""
    st.markdown("**" + _("Download") + "**")
    with st.container(horizontal=True):
        for name, mime in FILES.items():
            st.download_button(
                name,
                data=partial(written, found, name),
                file_name=f"kerbwatt-own-{found.kpis['strategy']}-{name}",
                mime=mime,
                on_click="ignore",
                icon=":material/download:",
                key=f"own_download_{name}",
            )
