"""The parts of the page on room on the grid."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from app.core.project import Project
from app.core.scenario import Scenario
from app.ui import cached, charts, maps, overview_view, tables
from app.ui.impact_view import short, title
from app.ui.strategies_view import served_name
from app.ui.text import _, delivered, number, plain, power, whole

Rooms = Mapping[str, pd.DataFrame]
SMALL = 9  # letters on the map of a phone
NAMED = 5  # districts in a sentence


def sentence(project: Project, rooms: Rooms, scenario: Scenario) -> str:
    """Say how many points fit, what the strategy is worth in points, and what stands against it."""
    chosen, usual = rooms[scenario.strategy], rooms["uncontrolled"]
    unknown = int(chosen["limit_kw"].isna().sum())
    if unknown == len(chosen):
        return _(
            "Nobody can say how many points fit: no limit is known. Ask the grid operator, or "
            "load a "
            "capacity map on the Data page."
        )
    text = _(
        "{Strategy}, about {fit} more charge points fit under the limits of {known} transformers, "
        "with {served} of the energy served; {usual} if cars charged at once. {full} transformers "
        "have no room left."
    )
    if scenario.strategy == "uncontrolled":
        text = _(
            "{Strategy}, about {fit} more charge points fit under the limits of {known} "
            "transformers, with {served} of the energy served. {full} transformers have no room "
            "left."
        )
    if _short(chosen):
        text += " " + _("But cars leave short, so this is no success.")
    missing_kw = overview_view.lacking_kw(project)
    if missing_kw:
        text += " " + _(
            "But the grid above them already lacks {missing}, which these points do not count."
        )
    return text.format(
        Strategy=short(scenario.strategy)[:1].upper() + short(scenario.strategy)[1:],
        fit=number(_fit(chosen)),
        usual=number(_fit(usual)),
        known=whole(len(chosen) - unknown),
        full=whole(int((chosen["fit"] == 0).sum())),
        served=delivered(_served(chosen)),
        missing=power(missing_kw),
    )


def _served(room: pd.DataFrame) -> float:
    return float(room["served_share"].iloc[0])


def _fit(room: pd.DataFrame) -> float:
    return float(room["fit"].sum())


def _short(room: pd.DataFrame) -> bool:
    return bool(room["leaves_short"].iloc[0])


def draw_map(project: Project, scenario: Scenario) -> None:
    """Fill districts by the points that still fit."""
    values = cached.room_by_district(project, scenario)["fit"]
    scale = maps.round_scale(values.dropna(), _("charge points"))
    content = cached.room_map(project, scenario)
    text_size = SMALL if maps.on_phone() else 12
    maps.draw(
        [maps.Overlay("districts", content, _("Districts"), text_size=text_size)],
        cached.bounds(project.layers["districts"]),
        key="room_map",
        alt=_("Map of the points that still fit per district; the table says the same"),
    )
    looks = [*maps.scale_looks(scale), maps.Look(maps.QUIET, "?", _("no known limit"))]
    maps.legend(_("Charge points that still fit"), looks)


def ranking(project: Project, scenario: Scenario, rooms: Rooms) -> None:
    """List the districts with the need beside the room, and say where the room falls short."""
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
    tables.show(table, key="room_ranking", height=460)
    st.caption(
        _("{strategy}, {served} of the energy served. {lack}").format(
            strategy=title(scenario.strategy),
            served=delivered(_served(rooms[scenario.strategy])),
            lack=_lack(frame["fit"].reindex(demand.index), frame["existing"], demand),
        )
    )


def _lack(fit: "pd.Series[float]", existing: "pd.Series[float]", demand: pd.DataFrame) -> str:
    """Name the districts that need more points than they have and fit."""
    more = demand["points_plan"] - existing.reindex(demand.index).fillna(0)
    lacking = demand["name"][(more > fit.fillna(np.inf)).to_numpy()]
    if lacking.empty:
        return _(
            "In every district with a known limit the points needed fit, if they stand under the "
            "transformers that have room."
        )
    return _("Needed points do not fit in {n} districts: {names}.").format(
        n=whole(len(lacking)), names=", ".join(plain(str(name)) for name in lacking.head(NAMED))
    )


def strategies(rooms: Rooms) -> None:
    """Set the strategies side by side, in points."""
    names = _names(rooms)
    fits = [_fit(room) for room in rooms.values()]
    words = "; ".join(
        _("{strategy}: {fit} points at {kappa} kW each").format(
            strategy=name, fit=number(_fit(room)), kappa=number(_kappa(room), 2)
        )
        for name, room in zip(names, rooms.values(), strict=True)
    )
    figure = charts.bars(names, fits, keys=list(rooms), unit=_("Charge points that still fit"))
    st.plotly_chart(figure, key="room_strategies", alt=words)
    usual = _fit(rooms["uncontrolled"])
    side_by_side = pd.DataFrame(
        {
            _("Strategy"): [title(key) for key in rooms],
            _("Still fit"): [_fit(room) for room in rooms.values()],
            _("Times charging at once"): [
                round(_fit(room) / usual, 2) if usual else None for room in rooms.values()
            ],
            _("Energy served [%]"): [round(100 * _served(room), 1) for room in rooms.values()],
            _("Leaves cars short"): [
                _("yes") if _short(room) else _("no") for room in rooms.values()
            ],
            _("Adds to a peak [kW a point]"): [round(_kappa(room), 2) for room in rooms.values()],
        }
    )
    tables.show(side_by_side, key="room_strategies_table")


def _kappa(room: pd.DataFrame) -> float:
    return float(room["kappa_kw"].iloc[0])


def _names(rooms: Rooms) -> list[str]:
    return [
        served_name(key, _served(room), leaves_short=_short(room)) for key, room in rooms.items()
    ]


def districts(project: Project, scenario: Scenario, rooms: Rooms) -> None:
    """List every district with its room under each strategy, and the energy that serves."""
    names = cached.demand(project, scenario).districts.set_index("district_id")["name"]
    found = pd.DataFrame({_("District"): names})
    for key in rooms:
        room = cached.room_by_district(project, scenario.but(strategy=key))
        found[title(key)] = room["fit"].reindex(names.index)
    tables.show(found, key="room_districts", height=420)
    st.caption(_energy(rooms))


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
    st.caption(_energy(rooms))


def _energy(rooms: Rooms) -> str:
    """Say what the strategies of a table serve, those that serve as much together."""
    alike: dict[str, list[str]] = {}
    for key, room in rooms.items():
        name = _("{strategy} (leaves cars short)") if _short(room) else "{strategy}"
        alike.setdefault(delivered(_served(room)), []).append(name.format(strategy=title(key)))
    each = "; ".join(f"{served}: {', '.join(names)}" for served, names in alike.items())
    return _("Energy served. {each}.").format(each=each)


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
            "unknown limit has no known room. Areas above the transformers are not counted here. "
            "The energy a strategy serves stands beside its points: one that leaves cars short "
            "must not win by it."
        ),
    )
