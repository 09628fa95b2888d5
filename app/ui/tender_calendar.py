"""The part of the tender page that shows the traffic-light calendars."""

import json
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from app.core.engine.contract import DAY_TYPES, Contract
from app.core.errors import InputError
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.tender.calendar_file import (
    calendar_csv,
    calendar_document,
    calendar_rows,
    calendar_toml,
)
from app.core.tender.draft import TenderDraft
from app.services.calendar import Calendars
from app.services.calendar_trial import Trial
from app.services.contract_forms import LARGE, contract_forms
from app.services.pack_calendar import left_out, not_kept
from app.ui import cached_calendar, calendar_charts, state, tables, uploads
from app.ui.text import _, number, plain, power, whole

CHOSEN, FILE, GIVEN = "tender_calendar", "tender_calendar_file", "tender_calendar_given"


def show(project: Project, scenario: Scenario, draft: TenderDraft) -> None:
    """Show the calendars of the plan, what they ask of drivers, and files in and out."""
    reason = left_out(draft)
    if reason:
        st.info(_("There is no calendar: {why}.").format(why=plain(reason)))
        return
    with st.spinner(_("Drawing up the calendars and trying them for a week")):
        found = cached_calendar.calendars(project, scenario, draft)
    st.markdown(f"**{sentence(found)}**")
    _unknown(found, draft)
    if found.made:
        _one(found)
        _impact(found)
        _files(project, found)
    _upload(project, scenario, draft)
    _forms()


def _forms() -> None:
    with st.expander(_("Connections above 3×80 A: other forms of contract")):
        for form in contract_forms():
            if form.connection == LARGE:
                name = _(form.key.replace("_", " "))
                st.markdown(f"- **{name}**: {_(form.text)}")
        st.caption(_("Our own words (confidence C): ask the grid operator which forms there are."))


def sentence(found: Calendars) -> str:
    """Say how many transformers need a light, for how long, and what it brings."""
    if not found.made:
        return _("No transformer of this plan has a known limit, so none gets a calendar.")
    held = [each for each in found.made if any(w.colour != "green" for w in each.contract.windows)]
    if not held:
        return _(
            "All {n} transformers of this plan have room all day: their calendars are green."
        ).format(n=whole(len(found.made)))
    words = _(
        "{k} of {n} transformers need a traffic light, red for at most {h} hours a day. In its "
        "hours charging falls by {kw} at the peak, and {late} of the energy comes later."
    )
    late = found.trial.groups.iloc[-1]["late_kwh_percent"] if found.trial else 0.0
    relieved = float(found.trial.figures["relieved_kw"]) if found.trial else 0.0
    return words.format(
        k=whole(len(held)),
        n=whole(len(found.made)),
        h=number(max(each.red_hours for each in held)),
        kw=power(relieved),
        late=f"{number(late)} %",
    )


def _unknown(found: Calendars, draft: TenderDraft) -> None:
    names = zip(draft.sites["location_id"].astype(str), found.of_site, strict=True)
    places = [place for place, name in names if not name]
    if places:
        st.warning(
            _("Capacity unknown, so no calendar and no promise of green: {places}.").format(
                places=plain(", ".join(places))
            )
        )


def _one(found: Calendars) -> None:
    names = {each.contract.key: each for each in found.made}
    busiest = max(found.made, key=lambda each: each.red_hours).contract.key
    chosen = st.selectbox(
        _("Calendar"),
        list(names),
        index=list(names).index(busiest),
        format_func=lambda key: _title(names[key].contract),
        key=CHOSEN,
    )
    made = names[chosen]
    _bands(made.contract, "calendar_bands")
    above = not_kept(made, internal=True)
    if above:
        with st.expander(_("Limit not kept: {n} windows").format(n=len(above))):
            st.caption(
                _("In these windows points may draw more than there is room for, by so many kW.")
            )
            tables.show(_worded(pd.DataFrame(above)), key="calendar_not_kept")


def _title(contract: Contract) -> str:
    return f"{contract.key} · {contract.terms.asset_id}"


def _bands(contract: Contract, key: str) -> None:
    days = [day for day in DAY_TYPES if any(day in w.day_types for w in contract.windows)]
    day = st.segmented_control(
        _("Kind of day"),
        days,
        default=days[0],
        required=True,
        format_func=_,
        key=f"{key}_day",
        help=_("Public holidays count as Sundays."),
    )
    words = calendar_charts.in_words(contract)
    st.plotly_chart(calendar_charts.bands(contract, day), key=key, alt=words)
    rows = pd.DataFrame(calendar_rows((contract,)))
    names = ["months", "day_type", "start", "end", "colour", "limit_kw", "limit_a"]
    tables.show(_worded(rows[names]), key=f"{key}_table", height=320)


def _worded(rows: pd.DataFrame) -> pd.DataFrame:
    names = {
        "months": _("Months"),
        "day_type": _("Day"),
        "start": _("From"),
        "end": _("Until"),
        "colour": _("Colour"),
        "limit_kw": _("A point may draw [kW]"),
        "limit_a": _("Current [A]"),
        "excess_kw": _("Too much [kW]"),
    }
    told = rows[[name for name in names if name in rows]].copy()
    for name in ("day_type", "colour"):
        told[name] = [_(each) for each in told[name]]
    told["months"] = [_months(each) for each in told["months"]]
    return told.rename(columns=names)


def _months(cell: Any) -> str:  # noqa: ANN401  # text of a file, or a list
    some = cell.split(";") if isinstance(cell, str) else cell
    return calendar_charts.months([int(each) for each in some])


def _impact(found: Calendars) -> None:
    if found.trial is None:
        return
    st.subheader(_("What drivers notice"))
    trial(found.trial, "calendar_impact")
    if found.trial.extended:
        words = _(
            "Amber was made longer after the first trial, because cars came back too soon: {n}."
        )
        st.caption(words.format(n=", ".join(found.trial.extended)))


def trial(told: Trial, key: str) -> None:
    """Say what a trial found: peaks with their hour, and drivers by group."""
    figures = told.figures
    words = _(
        "Peak week, return staggered, {share} % of drivers override. Charging peaks at {inside} in "
        "the windows ({inside_at}) and {outside} outside ({outside_at}); within four hours after a "
        "window it reaches {back} ({back_at}). Uncontrolled it would peak at {free} ({free_at})."
    ).format(
        share=number(100 * float(figures["override_share"])),
        inside=power(float(figures["in_kw"])),
        inside_at=figures["in_time"] or "–",
        outside=power(float(figures["out_kw"])),
        outside_at=figures["out_time"] or "–",
        back=power(float(figures["rebound_kw"])),
        back_at=figures["rebound_time"] or "–",
        free=power(float(figures["uncontrolled_kw"])),
        free_at=figures["uncontrolled_time"] or "–",
    )
    st.markdown(words)
    names = {
        "group": _("Drivers"),
        "sessions": _("Sessions"),
        "late_kwh_percent": _("Energy over half an hour late [%]"),
        "affected_percent": _("Sessions affected [%]"),
        "below_guarantee_percent": _("Below 95 % of what they asked [%]"),
        "added_min_p50": _("Added, median [min]"),
    }
    groups = told.groups.assign(group=[_(name) for name in told.groups["group"]])
    tables.show(groups.rename(columns=names).round(1), key=key)
    if len(told.remaining):
        st.warning(
            _("Charging still goes over the limit of {n} transformers outside the windows.").format(
                n=whole(len(told.remaining))
            )
        )
        labels = {
            "asset_id": _("Transformer"),
            "calendar": _("Calendar"),
            "excess_kw": _("Too much [kW]"),
            "time": _("When"),
        }
        tables.show(told.remaining.rename(columns=labels).round(1), key=f"{key}_over")


def _files(project: Project, found: Calendars) -> None:
    st.subheader(_("Calendars as files"))
    st.caption(
        _(
            "These name transformers: for the authority and the grid operator. The public pack "
            "holds them per point, rounded down, without transformers."
        )
    )
    zone = found.zone
    makers = {
        "csv": ("text/csv", partial(calendar_csv, found.contracts)),
        "json": ("application/json", partial(_json, found)),
        "toml": ("application/toml", partial(calendar_toml, found.contracts, zone=zone)),
    }
    with st.container(horizontal=True):
        for form, (mime, make) in makers.items():
            st.download_button(
                form.upper(),
                data=make,
                file_name=f"{project.slug}-traffic_light.{form}",
                mime=mime,
                on_click="ignore",
                icon=":material/download:",
                key=f"calendar_{form}",
            )


def _json(found: Calendars) -> str:
    told = calendar_document(found.contracts, zone=found.zone)
    return json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False)


def _upload(project: Project, scenario: Scenario, draft: TenderDraft) -> None:
    st.subheader(_("Try a calendar of your own"))
    st.file_uploader(
        _("Calendar as CSV, JSON or TOML, as above"),
        type=["csv", "json", "toml"],
        key=FILE,
        on_change=uploads.keep_dropped,
        args=(FILE, GIVEN),
    )
    file = state.value(GIVEN)
    if file is None:
        return
    try:
        contracts = cached_calendar.contracts(file)
        told = cached_calendar.replay(project, scenario, draft, file)
    except InputError as error:
        st.error(plain(str(error)))
        return
    st.markdown(
        "**"
        + _("{file}, run on the transformers of this plan. Calendars in it: {n}.").format(
            file=plain(file.name), n=len(contracts)
        )
        + "**"
    )
    _bands(contracts[0], "calendar_given")
    trial(told, "calendar_given_impact")
