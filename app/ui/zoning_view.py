"""The demand page by other areas than districts: the menu, the map, and what is lost or unknown."""

from dataclasses import dataclass

import streamlit as st

from app.core.demand.result import Demand
from app.core.errors import InputError
from app.core.layer import Layer
from app.core.project import Project
from app.core.scenario import Scenario
from app.services import zonings
from app.services.zonings import Zoning
from app.sources.answers import Answers
from app.sources.intake import Intake
from app.ui import cached, cached_zones, demand_view, mapcontent, maps, state
from app.ui.intake_problems import advice
from app.ui.mapcontent import UNITS
from app.ui.state import Upload
from app.ui.text import _, plain, verbatim, whole
from app.ui.uploads import taken

BY, FILE, ZONE, UPLOADED = "zoning_by", "zoning_file", "zone", "zoning_upload"
DISTRICTS = "districts"
TYPES = ["geojson", "json", "gpkg", "zip", "parquet", "geoparquet", "fgb"]
MOST = 20_000  # areas that a browser draws in a moment
FAULTS = 5  # of a file, said one by one


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What the page shows: the demand by some areas; no zoning means the districts.

    ``what`` is what a person calls one of the areas and ``chosen`` where the chosen one is kept.
    """

    answer: Demand
    zoning: Zoning | None
    what: str
    chosen: str


def choose(project: Project, scenario: Scenario) -> Shown:
    """Choose the areas, and tell the demand by them."""
    keys = [DISTRICTS, *zonings.choices(project), zonings.OWN]
    if state.value(BY) not in keys:
        state.select(BY, DISTRICTS)
    key = st.segmented_control(
        _("Show by"),
        keys,
        required=True,
        format_func=_title,
        key=BY,
        persist_state="session",
    )
    by = _zoning(project, str(key))
    answer = cached.demand(project, scenario)
    if by is None:
        return Shown(answer, None, "District", demand_view.DISTRICT)
    told = cached_zones.demand(project, scenario, by)
    _say(answer, told, by)
    if state.value(ZONE) not in set(told.districts["district_id"]):
        most = told.districts["points_mean"].fillna(0).to_numpy().argmax()
        state.select(ZONE, told.districts["district_id"].iloc[int(most)])
    return Shown(told, by, plain(by.title).capitalize(), ZONE)


def draw_map(project: Project, scenario: Scenario, quantity: str, shown: Shown) -> None:
    """Draw the areas filled by the middle estimate; hatched where nothing is known."""
    by = shown.zoning
    if by is None:
        demand_view.draw_map(project, scenario, quantity)
        return
    content = cached_zones.demand_map(project, scenario, by, quantity)
    small = len(by.layer.frame) > mapcontent.CROWD
    overlays = [maps.Overlay("zones", content, _(shown.what), text_size=9 if small else 12)]
    beyond = cached_zones.unknown_map(by)
    if beyond is not None:  # below the areas, which are cut to what is known
        overlays.insert(0, maps.Overlay("unknown", beyond, _("unknown"), pickable=False))
    maps.draw(
        overlays,
        cached.bounds(by.layer),
        key="zone_map",
        alt=_("Map of demand by {areas}; the table below says the same").format(areas=shown.what),
        on_select=lambda: state.picked_from_map("zone_map", "zones", ZONE),
    )
    scale = maps.round_scale(mapcontent.demand_values(shown.answer, quantity), _(UNITS[quantity]))
    looks = maps.scale_looks(scale)
    if beyond is not None or not by.transfer.known.all():
        looks.append(maps.Look(maps.QUIET, "?", _("grey or hatched: no district, unknown")))
    maps.legend(_(UNITS[quantity]), looks)


def _title(key: str) -> str:
    own = {
        DISTRICTS: _("district"),
        zonings.CELLS: _("500 m squares"),
        zonings.OWN: _("your own map"),
    }
    return own.get(key) or plain(key)


def _zoning(project: Project, key: str) -> Zoning | None:
    """Divide the project as chosen; None for districts, and where the choice cannot be drawn."""
    own = _own(project) if key == zonings.OWN else None
    if key == DISTRICTS or (key == zonings.OWN and own is None):
        return None
    try:
        found = cached_zones.zoning(project, key, own)
    except InputError as error:
        st.error(verbatim(str(error)))
        return None
    if len(found.layer.frame) > MOST:
        text = _("{n} areas are too many for a map; `kerbwatt demand --by` writes them to a file.")
        st.info(text.format(n=whole(len(found.layer.frame))))
        return None
    return found


def _own(project: Project) -> Layer | None:
    """Take a map of areas; it is kept for this visit and never stored."""
    given: Upload | None = state.value(FILE)
    if given is None:
        file = st.file_uploader(
            _("A map of areas: polygons with a number and a name"),
            type=TYPES,
            key=UPLOADED,
            help=_("Wards, grid areas, an older division. It is read here and never stored."),
        )
        st.caption(_("Until then the districts are shown."))
        dropped = taken(file)
        if dropped is not None:
            state.keep(FILE, dropped)
            st.rerun()
        return None
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f":material/check: {plain(given.name)}")
        st.button(
            _("Put away"),
            on_click=state.keep,
            args=(FILE, None),
            key="zoning_drop",
            type="tertiary",
        )
    try:
        found = cached.intake(given, "districts", project, Answers())
    except InputError as error:
        st.error(verbatim(str(error)))
        return None
    if found.layer is None:
        _refused(found)
    return found.layer


def _refused(found: Intake) -> None:
    """Say why a map cannot be used."""
    faults = found.of("error")
    for fault in faults[:FAULTS]:
        st.error(verbatim(f"{fault.message} {advice(fault)}".strip()))
    for question in found.questions:
        st.error(
            verbatim(question.text)
            + " "
            + _("Save the map with its coordinate system and columns named, and give it again.")
        )


def _say(answer: Demand, told: Demand, by: Zoning) -> None:
    """Say how sure the areas are, and that nothing is lost."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if by.split_by:
            words = _("estimated: split by {what}").format(
                what=", ".join(_(each) for each in by.split_by)
            )
            note = _(
                "The range of an area comes from its own draws. How people are spread within a "
                "district is not in it: give homes as places to split by them."
            )
            st.badge(words, icon=":material/calculate:", color="blue", help=note)
        else:
            st.badge(_("districts put together whole"), icon=":material/verified:", color="green")
        st.caption(_sums(answer, told))


def _sums(answer: Demand, told: Demand) -> str:
    """Say to what the areas add up."""
    left = zonings.outside(answer, told)
    text = _("{n} areas sum to {points} planned points, as by district.")
    if left:
        text = _(
            "{n} areas sum to {points} planned points; {left} more lie in districts or parts of "
            "them that are in no area, {all} in all, as by district."
        )
    unknown = int((told.districts["status"] == "unknown").sum())
    said = text.format(
        n=whole(len(told.districts)),
        points=whole(answer.points_plan - left),
        left=whole(left),
        all=whole(answer.points_plan),
    )
    if unknown:
        more = _("{n} hold no district: unknown, not zero.")
        said = f"{said} {more.format(n=whole(unknown))}"
    return said
