"""What the grid operator says of stations and areas: room, queue, year, colour and works."""

import numpy as np
import pandas as pd
import streamlit as st

from app.core.assets import numbers, placed, texts
from app.core.layer import Layer
from app.core.project import Project
from app.sources.intake import Intake
from app.ui import tables
from app.ui.state import Upload
from app.ui.text import _, power, whole
from app.ui.uploads import taken

SAID = ("constraint", "queue_kw", "available_year")
POSTCODE = "postcode_area"
MOST = 2000  # rows shown at once
TYPES = ["geojson", "json", "gpkg", "zip", "csv", "xlsx", "parquet", "geoparquet", "fgb"]


def second_map(found: Intake, slug: str) -> Upload | None:
    """Ask for a map of stations or postcodes where rows have no place."""
    if not any(problem.code == "CAP-NOWHERE" for problem in found.problems):
        return None
    file = st.file_uploader(
        _("Some rows have no place. Add a map of stations or postcodes to join them to."),
        type=TYPES,
        key=f"join_upload_{slug}",
        help=_("Any map whose columns hold the same codes; only its places are used."),
    )
    return taken(file)


def preview(found: Intake) -> None:
    """Show what a capacity map says, on the way in."""
    if found.layer is not None and found.kind == "grid":
        _draw(found.layer, "capacity_preview")


def on_page(project: Project) -> None:
    """Show what the loaded grid map says beside what was computed; nothing where it is silent."""
    layer = project.layers.get("grid")
    if layer is not None and speaks(layer):
        st.header(_("What the grid operator says"))
        _draw(layer, "capacity_table")


def speaks(layer: Layer) -> bool:
    """Whether a grid map says more than limits: a colour, a queue or a year."""
    return any(name in layer.frame and layer.frame[name].notna().any() for name in SAID)


def _draw(layer: Layer, key: str) -> None:
    if not speaks(layer):
        return
    st.markdown(sentence(layer))
    shown = table(layer)
    tables.show(shown.head(MOST), key=key)
    if len(shown) > MOST:
        st.caption(_("The first {n} rows of {all}.").format(n=whole(MOST), all=whole(len(shown))))
    if "demand_quoted_capacity" in layer.frame:
        st.caption(
            _(
                "Room is an estimate: available less quoted capacity, both as published [MW]. A "
                "colour says no figure, and what nobody published is a dash."
            )
        )


def sentence(layer: Layer) -> str:
    """Say what the operator's figures come to."""
    frame = _areas(layer)
    room, queue = numbers(frame, "headroom_kw"), numbers(frame, "queue_kw")
    year, colour = numbers(frame, "available_year"), texts(frame, "constraint")
    said = [
        _(
            "Stations and areas: {n}, of which without room: {full}; without a figure: {unknown}."
        ).format(
            n=whole(len(frame)),
            full=whole(int((room <= 0).sum())),
            unknown=whole(int(np.isnan(room).sum())),
        )
    ]
    if np.isfinite(queue).any():
        said.append(_("{kw} wait in their queues.").format(kw=power(float(np.nansum(queue)))))
    if np.isfinite(year).any():
        said.append(
            _("{n} name the year from which there is room: {years}.").format(
                n=whole(int(np.isfinite(year).sum())),
                years="\N{EN DASH}".join(
                    dict.fromkeys((f"{np.nanmin(year):.0f}", f"{np.nanmax(year):.0f}"))
                ),
            )
        )
    if (colour == "red").any():
        said.append(_("Red: {n}.").format(n=whole(int((colour == "red").sum()))))
    lost = int((~frame["asset_id"].isin(placed(layer.map)["asset_id"])).sum())
    if lost:
        said.append(_("Without a place on the map: {n}.").format(n=whole(lost)))
    return " ".join(said)


def table(layer: Layer) -> pd.DataFrame:
    """List areas first, then postcodes; a column nobody fills is left out."""
    frame = layer.frame
    postcode = texts(frame, "area_type") == POSTCODE
    frame = frame.assign(order=postcode).sort_values(["order", "asset_id"], kind="stable")
    years = numbers(frame, "available_year")
    there = frame["asset_id"].isin(placed(layer.map)["asset_id"])
    columns = {
        _("Station or area"): texts(frame, "name"),
        _("Room [kW]"): np.round(numbers(frame, "headroom_kw")),
        _("Queue [kW]"): numbers(frame, "queue_kw"),
        _("Requests in queue"): numbers(frame, "demand_requests_in_queue"),
        _("Room from"): ["" if np.isnan(year) else f"{year:.0f}" for year in years],
        _("Colour"): [_(each) if each else "" for each in texts(frame, "constraint")],
        _("Postcodes by colour"): texts(frame, "postcodes"),
        _("District"): texts(frame, "district_id"),
        _("Fed by"): texts(frame, "parent_id"),
        _("Works"): texts(frame, "works"),
        _("Room for feeding in [kW]"): np.round(numbers(frame, "export_headroom_kw")),
        _("Available [MW]"): numbers(frame, "demand_available_capacity"),
        _("Quoted [MW]"): numbers(frame, "demand_quoted_capacity"),
        _("How sure"): [_(each) for each in texts(frame, "status")],
        _("On the map"): [_("yes") if each else _("no") for each in there],
    }
    made = pd.DataFrame(columns)
    full = [name for name in made if made[name].replace("", np.nan).notna().any()]
    return made[full]


def _areas(layer: Layer) -> pd.DataFrame:
    found: pd.DataFrame = layer.frame[texts(layer.frame, "area_type") != POSTCODE]
    return found
