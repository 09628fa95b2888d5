"""The parts of the overview."""

import pandas as pd
import streamlit as st

from app.core.demand.result import Demand
from app.core.impact import OVER, Impact
from app.core.project import Project
from app.paths import PAGES
from app.ui import tables
from app.ui.text import _, delivered, energy, number, power, whole


def five_numbers(demand: Demand, chosen: Impact, reference: Impact) -> None:
    """Show the city in five numbers."""
    cars, kwh, points = (demand.city[key] for key in ("ev", "kwh_year", "points"))
    tables.metrics(
        [
            (
                _("Electric cars"),
                whole(cars.p50),
                _("{low} to {high} (P10–P90)").format(low=whole(cars.p10), high=whole(cars.p90)),
            ),
            (
                _("Public charging a year"),
                energy(kwh.p50),
                _("{low} to {high}").format(low=energy(kwh.p10), high=energy(kwh.p90)),
            ),
            (
                _("Charge points needed"),
                whole(points.p50),
                _("{low} to {high}").format(low=whole(points.p10), high=whole(points.p90)),
            ),
            (
                _("Peak of the city"),
                power(chosen.city.get("peak_kw")),
                _("homes and charging together; {peak} when charging at once").format(
                    peak=power(reference.city.get("peak_kw"))
                ),
            ),
            (
                _("Transformers full"),
                whole(chosen.count(OVER)),
                _(
                    "of {known} with a known limit; {n} when charging at once. {served} of the "
                    "energy is served."
                ).format(
                    known=whole(chosen.known),
                    n=whole(reference.count(OVER)),
                    served=delivered(chosen.city.get("served_share")),
                ),
            ),
        ]
    )


def districts(project: Project, demand: Demand, chosen: Impact) -> None:
    """List the districts by the share of their transformers over the limit."""
    rows = chosen.rows
    over = rows["state"].eq(OVER).groupby(rows["district_id"]).sum()
    known = rows["limit_kw"].notna().groupby(rows["district_id"]).sum()
    frame = demand.districts.set_index("district_id")
    table = pd.DataFrame(
        {
            _("District"): frame["name"],
            _("Full"): over.reindex(frame.index).fillna(0).astype(int),
            _("of"): known.reindex(frame.index).fillna(0).astype(int),
            _("Points needed"): frame["points_plan"],
        }
    ).sort_values(_("Full"), ascending=False)
    del project
    tables.show(table, key="overview_districts", height=520)


def areas(project: Project) -> None:
    """Say what the grid areas above the transformers lack, where a map says so."""
    missing = _lacking(project)
    if missing.empty:
        return
    words = _(
        "Above the transformers, {n} grid areas lack {total} at their peak: {list}. Areas are "
        "reported "
        "and do not bind the simulation."
    )
    each = ", ".join(f"{name} {power(kw)}" for name, kw in missing.items())
    st.caption(words.format(n=number(len(missing)), total=power(float(missing.sum())), list=each))


def lacking_kw(project: Project) -> float:
    """Sum what the grid areas above the transformers lack; 0 where nobody says so."""
    return float(_lacking(project).sum())


def _lacking(project: Project) -> "pd.Series[float]":
    """Say by its name what each grid area above the transformers lacks at its peak [kW]."""
    layer = project.layers.get("grid")
    if layer is None or not {"level", "capacity_kw", "peak_load_kw"} <= set(layer.frame):
        return pd.Series(dtype=float)
    found = layer.frame[layer.frame["level"] == "area"].set_index("name")
    return (found["peak_load_kw"] - found["capacity_kw"]).clip(lower=0)


STEPS = (
    (
        "data.py",
        "Load your maps",
        "Grid capacity and parking of your own city, checked row by row.",
    ),
    ("demand.py", "See the demand", "Charge points per district and year, with their range."),
    ("impact.py", "Try a strategy", "Pauses, traffic light and V2G against the real limits."),
    ("sites.py", "Get places", "Recommended places with reasons, under grid and budget."),
    ("tender.py", "Get the annex", "Site list, lots and requirements as files."),
)


def start_here() -> None:
    """Offer the way through, one card per step."""
    for column, (page, title, words) in zip(st.columns(len(STEPS)), STEPS, strict=True):
        with column.container(border=True):
            st.page_link(PAGES / page, label=_(title), icon=":material/arrow_forward:")
            st.caption(_(words))
