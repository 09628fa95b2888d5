"""The part of the tender page where several cities buy together."""

from functools import partial

import pandas as pd
import streamlit as st

from app.core.errors import InputError
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.tender.common_value import RULES
from app.core.tender.draft import TenderDraft
from app.core.tender.pool import FEWEST, Pooled
from app.exports import file_name
from app.services.pool import joint_pack, leave
from app.ui import cached_packs, charts, tables
from app.ui.state import Upload
from app.ui.text import _, number, plain, today, whole
from app.ui.uploads import taken

FILES, RULE, LEFT = "pool_packs", "pool_rule", "pool_left"


def show(project: Project, scenario: Scenario, draft: TenderDraft) -> None:
    """Take the public packs of several cities, and offer their joint tender."""
    del project, scenario, draft  # what is bought together is what the packs say
    uploads = _dropped()
    if len(uploads) < FEWEST:
        st.info(
            _(
                "Drop the public packs of two or more cities: the clauses they share become one "
                "annex, every difference is listed by city, and sums are exact. Yours is under "
                "“Files”."
            )
        )
        return
    rule = st.segmented_control(
        _("Where cities differ"),
        RULES,
        default=RULES[0],
        required=True,
        format_func=lambda key: _("the strictest") if key == RULES[0] else _("the majority"),
        key=RULE,
        persist_state="session",
        help=_("Words have no strictest: the majority's are taken, and every other is listed."),
    )
    try:
        joint = _staying(cached_packs.joint(uploads, rule))
    except InputError as error:
        st.error(plain(str(error)))
        return
    with st.container(key="steps_tender_pool"):
        st.markdown("**" + sentence(joint) + "**")
    _cities(joint)
    _deviations(joint)
    st.download_button(
        _("Joint tender (zip)"),
        data=partial(joint_pack, joint),
        file_name=file_name("joint", "tender", today(), ".zip"),
        mime="application/zip",
        on_click="ignore",
        icon=":material/folder_zip:",
        key="download_joint",
    )


def sentence(joint: Pooled) -> str:
    """Say what the cities buy together."""
    total = joint.totals
    return _(
        "{cities} cities ask for {common} clauses in common and differ in {other}; together "
        "{points} charge points at {sites} places, {kw} kW."
    ).format(
        cities=whole(len(joint.names)),
        common=whole(len(joint.common)),
        other=whole(joint.deviations["id"].nunique()),
        points=number(_float(total["points"])),
        sites=number(_float(total["sites"])),
        kw=number(_float(total["kw"])),
    )


def _dropped() -> tuple[Upload, ...]:
    found = st.file_uploader(
        _("Public tender packs (zip)"),
        type=["zip"],
        accept_multiple_files=True,
        key=FILES,
        help=_("Internal editions are refused: nothing of one city enters another city's files."),
    )
    uploads = [taken(each) for each in found]
    return tuple(each for each in uploads if each is not None)


def _staying(joint: Pooled) -> Pooled:
    """Let cities leave, as long as two are left."""
    if len(joint.names) == FEWEST:
        return joint
    left = st.pills(
        _("Cities that leave"),
        joint.names,
        selection_mode="multi",
        key=LEFT,
        format_func=plain,
    )
    for city in left:
        joint = leave(joint, city)
    return joint


def _cities(joint: Pooled) -> None:
    numbers = joint.cities[["sites", "points", "kw", "kwh_year_p50"]].apply(
        pd.to_numeric, errors="coerce"
    )
    names = [plain(each) for each in joint.names]
    st.plotly_chart(
        charts.stacked(names, {_("Charge points"): numbers["points"].tolist()}, _("Charge points")),
        key="pool_chart",
        alt=_("Bars of the charge points of each city; the table under it says the same"),
    )
    table = pd.DataFrame(
        {
            _("City"): names,
            _("Places"): numbers["sites"],
            _("Charge points"): numbers["points"],
            _("Power [kW]"): numbers["kw"],
            _("kWh a year"): numbers["kwh_year_p50"],
            _("Operating model"): joint.cities["model"],
            _("V2G phase"): joint.cities["v2g_phase"],
            _("Date"): joint.cities["date"],
        }
    )
    tables.show(table, key="pool_cities")


def _deviations(joint: Pooled) -> None:
    st.subheader(_("What differs"))
    if joint.deviations.empty:
        st.success(_("Nothing: all cities ask for the same."))
        return
    rows = joint.deviations
    named = {"city": _("City"), "id": _("Clause"), "field": _("Field"), "value": _("Its value")}
    named |= {"common": _("In common"), "rule": _("Chosen by")}
    tables.show(rows.rename(columns=named), key="pool_deviations", height=300)


def _float(value: object) -> float | None:
    return None if value is None else float(str(value))
