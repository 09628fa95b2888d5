"""The parts of the page on room on the grid."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from app.core.project import Project
from app.core.scenario import Scenario
from app.ui import cached, charts, maps, tables
from app.ui.impact_view import short, title
from app.ui.text import _, number, percent, whole

Rooms = Mapping[str, pd.DataFrame]


def sentence(rooms: Rooms, scenario: Scenario) -> str:
    """Say how many points fit, and what the strategy is worth in points."""
    chosen, usual = rooms[scenario.strategy], rooms["uncontrolled"]
    unknown = int(chosen["limit_kw"].isna().sum())
    if unknown == len(chosen):
        return _(
            "Nobody can say how many points fit: no limit is known. Ask the grid operator, or "
            "load a "
            "capacity map on the Data page."
        )
    text = _(
        "{Strategy}, {fit} more charge points fit under the limits of {known} transformers; "
        "{usual} if cars charged at once. {full} transformers have no room left."
    )
    if _short(chosen):
        text += " " + _("But cars leave short: only {served} of their energy is served.")
    return text.format(
        Strategy=short(scenario.strategy)[:1].upper() + short(scenario.strategy)[1:],
        fit=whole(_fit(chosen)),
        usual=whole(_fit(usual)),
        known=whole(len(chosen) - unknown),
        full=whole(int((chosen["fit"] == 0).sum())),
        served=percent(float(chosen["served_share"].iloc[0]), 1),
    )


def _fit(room: pd.DataFrame) -> float:
    return float(room["fit"].sum())


def _short(room: pd.DataFrame) -> bool:
    return bool(room["leaves_short"].iloc[0])


def draw_map(project: Project, scenario: Scenario) -> None:
    """Fill districts by the points that still fit."""
    values = cached.room_by_district(project, scenario)["fit"]
    scale = maps.round_scale(values.dropna(), _("charge points"))
    content = cached.room_map(project, scenario)
    maps.draw(
        [maps.Overlay("districts", content, _("Districts"))],
        cached.bounds(project.layers["districts"]),
        key="room_map",
        alt=_("Map of the points that still fit per district; the table says the same"),
    )
    looks = [*maps.scale_looks(scale), maps.Look(maps.QUIET, "?", _("no known limit"))]
    maps.legend(_("Charge points that still fit"), looks)


def ranking(project: Project, scenario: Scenario, rooms: Rooms) -> None:
    """List the districts with the need beside the room."""
    frame = cached.room_by_district(project, scenario)
    demand = cached.demand(project, scenario).districts.set_index("district_id")
    table = pd.DataFrame(
        {
            _("District"): demand["name"],
            _("Still fit"): frame["fit"].reindex(demand.index),
            _("Points needed"): demand["points_plan"],
            _("Today"): frame["existing"].reindex(demand.index),
        }
    ).sort_values(_("Still fit"), na_position="first")
    del rooms
    tables.show(table, key="room_ranking", height=520)


def strategies(rooms: Rooms) -> None:
    """Set the strategies side by side, in points."""
    names = [
        _("{strategy} (leaves cars short)").format(strategy=title(key))
        if _short(room)
        else title(key)
        for key, room in rooms.items()
    ]
    fits = [_fit(room) for room in rooms.values()]
    words = "; ".join(
        _("{strategy}: {fit} points at {kappa} kW each, {served} of the energy served").format(
            strategy=name,
            fit=whole(_fit(room)),
            kappa=number(float(room["kappa_kw"].iloc[0]), 2),
            served=percent(float(room["served_share"].iloc[0]), 1),
        )
        for name, room in zip(names, rooms.values(), strict=True)
    )
    figure = charts.bars(names, fits, keys=list(rooms), unit=_("Charge points that still fit"))
    st.plotly_chart(figure, key="room_strategies", alt=words)
    st.caption(words)


def table(rooms: Rooms) -> None:
    """List every transformer with its room under each strategy."""
    first = next(iter(rooms.values()))
    found = pd.DataFrame(
        {
            _("Transformer"): first["name"],
            _("Limit [kW]"): first["limit_kw"].round(),
            _("Without charging [kW]"): first["base_peak_kw"].round(),
            _("Points today"): first["existing"],
        }
    )
    for key, room in rooms.items():
        found[title(key)] = room["fit"]
    tables.show(found, key="room_table", height=420)


def explained() -> None:
    """Say how the figure comes about and what it is not."""
    tables.explained(
        _("How is this computed?"),
        _(
            "One more point adds to its transformer's peak what points add on average under the "
            "simulated strategy in the busiest week (pooled coincidence), never its nominal 11 kW. "
            "Room is the limit less the peak of homes less the points of today: a sketch, and a "
            "careful one, as many points meet less often than few. Point by point, typical points "
            "of the city are put on a transformer, each strategy the same ones, until one more "
            "breaks its limit, or leaves cars short. A transformer of "
            "unknown limit has no known room. `kwh` that a strategy withholds is shown on the page "
            "Grid impact: a strategy that leaves cars short must not win by it."
        ),
    )
