"""The parts of the tender page."""

import pandas as pd
import streamlit as st

from app.core.project import Project
from app.core.scenario import Scenario, choices
from app.core.siting.plan import Plan
from app.core.tender.draft import TenderDraft
from app.paths import PAGES
from app.ui import cached, maps, style, tables
from app.ui.text import _, plain, whole


def sentence(draft: TenderDraft, scenario: Scenario) -> str:
    """Say what the annex holds, in one sentence."""
    must = sum(choice.requirement.level == "must" for choice in draft.selection.included)
    return _(
        "A {model} in {lots} with {points} points at {sites} places, and {all} requirements, "
        "{must} of "
        "them binding."
    ).format(
        model=_(choices()["model"].options()[scenario.model]).lower(),
        lots=_("one lot") if scenario.lots == 1 else _("{n} lots").format(n=scenario.lots),
        points=whole(float(draft.lots["points"].sum()) if len(draft.lots) else 0.0),
        sites=whole(len(draft.sites)),
        all=len(draft.selection.included),
        must=must,
    )


def nothing_to_list(plan: Plan) -> bool:
    """Say why there is no annex yet, where no place in the plan is certain; else draw nothing."""
    if len(plan.firm):
        return False
    words = _("No place in the plan is certain yet, so an annex would list none.")
    if len(plan.conditional):
        words += " " + _(
            "{n} places wait for an answer of the grid operator: load a capacity map on the Data "
            "page, or send the operator the list on the Sites page."
        ).format(n=whole(len(plan.conditional)))
    else:
        words += " " + _("The Sites page says what stands in the way; the Data page takes maps.")
    style.headline(words)
    with st.container(horizontal=True):
        for page, label in (("sites.py", _("Sites")), ("data.py", _("Data"))):
            st.page_link(PAGES / page, label=label, icon=":material/arrow_forward:")
    return True


def levers() -> None:
    """Say where model, phase and lots are set."""
    st.caption(_("Operating model, V2G phase and number of lots: “All levers” in the side bar."))


def places(project: Project, scenario: Scenario, draft: TenderDraft) -> None:
    """Show the lots, and the list of places as it goes into the annex."""
    lots(project, scenario, draft)
    st.subheader(_("Site list"))
    sites(draft)


def lots(project: Project, scenario: Scenario, draft: TenderDraft) -> None:
    """Draw and list the lots."""
    left, right = st.columns([3, 2])
    with left:
        maps.draw(
            [
                maps.Overlay("districts", cached.plain_map(project), "", pickable=False),
                maps.Overlay("lots", cached.lot_map(project, scenario), "", text_size=10),
            ],
            cached.bounds(project.layers["districts"]),
            key="lots_map",
            alt=_("Map of the places by lot; the table beside it says the same"),
            height=420,
        )
        names = sorted(draft.lots["lot_code"].astype(str)) if len(draft.lots) else []
        looks = [
            maps.Look(maps.lot_colour(k), str(k + 1), _("Lot {name}").format(name=name))
            for k, name in enumerate(names)
        ]
        maps.legend(_("Lots"), looks)
    with right:
        tables.show(_in_words(draft.lots), key="lots_table")


def _in_words(frame: pd.DataFrame) -> pd.DataFrame:
    names = {
        "lot_code": _("Lot"),
        "sites": _("Places"),
        "points": _("Points"),
        "kw": _("Power [kW]"),
        "kwh_day": _("kWh a day"),
        "kwh_share": _("Share of energy"),
        "districts": _("Districts"),
    }
    return frame[[name for name in names if name in frame]].rename(columns=names)


def sites(draft: TenderDraft) -> None:
    """Show the site list as it goes into the annex, and what is still open."""
    tables.show(
        draft.sites.drop(columns="geometry", errors="ignore"), key="tender_sites", height=360
    )
    if draft.open_items:
        with st.expander(_("Still open: {n} items").format(n=len(draft.open_items))):
            for item in draft.open_items:
                st.markdown(f"- {plain(item)}")
