"""Open data by one button: choose sources, follow the fetch, accept what came."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

import pandas as pd
import streamlit as st
from babel.dates import format_date

from app.core.project import Project
from app.core.schema import KINDS, MAP_KINDS
from app.services.fetch import (
    ASIDE,
    DOWN,
    KEPT,
    OFF,
    REFUSED,
    UNKNOWN,
    Haul,
    fetch,
    hindered,
    key_name,
)
from app.services.fetch_place import Where
from app.services.jobs import JOBS, Job
from app.services.open_project import keep_layer
from app.sources.presets import Preset, places, presets
from app.ui import data_map, state, tables
from app.ui.text import _, here, plain, whole

NAME = "fetch"
FIELD = re.compile(r"{(\w+)}")
STATES: Mapping[str, str] = {
    KEPT: "came",
    REFUSED: "came, but cannot be used",
    DOWN: "did not come",
    OFF: "was not asked",
    ASIDE: "was not wanted",
}
LETTERS: Mapping[str, str] = {
    "A": "address read at its source",
    "B": "address from a second hand",
    "C": "address to be confirmed",
}


def draw(project: Project) -> None:
    """Offer the open data there is for this country."""
    found = sorted((each for each in presets().values() if _fits(each, project)), key=_order)
    if not found:
        st.info(
            _("No open data source is known for this country yet. Load files of your own above.")
        )
        return
    names = {each.id: plain(each.title) for each in found}
    open_ = [each.id for each in found if not hindered(each)]
    chosen = st.multiselect(
        _("Sources"),
        open_,
        default=_usual(project, open_),
        format_func=names.__getitem__,
        key="fetch_sources",
        persist_state="session",
    )
    sources = [each for each in found if each.id in chosen]
    where = Where.of_project(project, _names(project, sources))
    _about(found)
    _run(project, sources, where)


def _fits(preset: Preset, project: Project) -> bool:
    here = not preset.countries or project.country in preset.countries
    return here and preset.kind in MAP_KINDS


def _order(preset: Preset) -> tuple[bool, int, str]:
    """Put a country's own sources first, in the order of the layers."""
    return not preset.countries, MAP_KINDS.index(preset.kind), preset.title


def _usual(project: Project, known: Sequence[str]) -> list[str]:
    base = project.slug.partition("--")[0]
    wanted = places()[base].presets if base in places() else ()
    return [each for each in wanted if each in known]


def _names(project: Project, sources: Sequence[Preset]) -> dict[str, str]:
    """Ask for the names services know the place by, where nobody has said them."""
    base = project.slug.partition("--")[0]
    known = dict(places()[base].names) if base in places() else {}
    wanted = {name for each in sources for name in FIELD.findall(str(each.model_dump()))}
    for name in sorted(wanted - set(known)):
        said = st.text_input(
            _("The place's {name} at these services").format(name=name.replace("_", " ")),
            key=f"fetch_{name}",
            max_chars=60,
            persist_state="session",
        )
        known |= {name: said.strip()} if said.strip() else {}
    return known


def _about(found: Sequence[Preset]) -> None:
    """List every source with its publisher, licence, and how sure its address is."""
    with st.expander(_("About these sources")):
        table = pd.DataFrame(
            {
                _("Source"): [each.title for each in found],
                _("Becomes"): [_(KINDS[each.kind].title) for each in found],
                _("Can be asked"): [_hindrance(each) for each in found],
                _("How sure"): [_(LETTERS[each.confidence]) for each in found],
                _("Publisher"): [each.publisher for each in found],
                _("Licence"): [each.licence for each in found],
                _("Host"): [each.host for each in found],
                _("Note"): [_note(each) for each in found],
            }
        )
        tables.show(table, key="fetch_about")


def _hindrance(preset: Preset) -> str:
    return {"off": _("not yet"), "key": _("with a key")}.get(hindered(preset), _("yes"))


def _note(preset: Preset) -> str:
    """Say what else there is to know, and where a missing key belongs."""
    wanted = _("Put its key in {name}.").format(name=key_name(preset))
    return f"{preset.note} {wanted}".strip() if hindered(preset) == "key" else preset.note


def _run(project: Project, sources: Sequence[Preset], where: Where) -> None:
    job: Job[Haul] | None = state.job(NAME)
    running = job is not None and not job.done
    with st.container(horizontal=True):
        st.button(
            _("Fetch"),
            on_click=partial(_start, sources, where),
            disabled=running or not sources,
            icon=":material/cloud_download:",
            key="fetch_start",
        )
        if running and job is not None:
            st.button(_("Cancel"), on_click=job.cancel, key="fetch_cancel")
    if job is not None:
        _follow(project, job, running=running)


def _start(sources: Sequence[Preset], where: Where) -> None:
    work = partial(fetch, sources, where)
    owner = f"{state.visitor()}|{NAME}"
    state.remember_job(NAME, JOBS.submit(lambda report: work(report=report), owner=owner))


def _follow(project: Project, job: Job[Haul], *, running: bool) -> None:
    @st.fragment(run_every=0.5 if running else None)
    def progress() -> None:
        if running and job.done:
            st.rerun()
        if not job.done:
            st.progress(job.progress, text=_("Fetching: {what}").format(what=plain(job.doing)))
        elif job.cancelled:
            st.info(_("Cancelled. Nothing was changed."))
        elif job.succeeded:
            _show(project, job.result())
        else:
            st.error(_("The fetch stopped: {why}").format(why=plain(str(job.error))))

    progress()


def _show(project: Project, haul: Haul) -> None:
    """Say what came and what is missing; nothing is in the project before it is accepted."""
    came = sum(each.state == KEPT for each in haul.outcomes)
    said = _("{came} of {n} sources gave what they were asked for. Your project is unchanged.")
    st.markdown(said.format(came=whole(came), n=whole(len(haul.outcomes))))
    table = pd.DataFrame(
        {
            _("Source"): [each.preset.title for each in haul.outcomes],
            _("Result"): [_(STATES[each.state]) for each in haul.outcomes],
            _("Rows"): [each.rows for each in haul.outcomes],
            _("What was said"): [
                " ".join((each.said, *each.warnings)).strip() for each in haul.outcomes
            ],
        }
    )
    tables.show(table, key="fetch_outcomes")
    _left(project, haul)
    if not haul.layers:
        return
    kind = st.segmented_control(
        _("Look at"),
        list(haul.layers),
        default=next(iter(haul.layers)),
        required=True,
        format_func=lambda key: _(KINDS[key].title),
        key="fetch_look",
    )
    data_map.draw(project, haul.layers[kind])
    st.button(
        _("Accept these layers"),
        on_click=_accept,
        args=(project, haul),
        icon=":material/check:",
        key="fetch_accept",
    )


def _left(project: Project, haul: Haul) -> None:
    """Say what did not come and why, and whether the map of before is still there."""
    lost = [each for each in haul.outcomes if each.state not in {KEPT, ASIDE}]
    said = [plain(each.said) for each in lost]
    left = haul.left({kind: layer.as_of for kind, layer in project.layers.items()})
    for kind, since in left.items():
        if since is None:
            text = _("{layer}: missing. Load a file above, or try again later.")
        elif since == UNKNOWN:
            text = _("{layer}: your copy is still there.")
        else:
            text = _("{layer}: your copy of {date} is still there.")
        said.append(text.format(layer=_(KINDS[kind].title), date=_day(since or "")))
    if said:
        lines = "\n".join(f"- {each}" for each in dict.fromkeys(said))
        st.warning(_("What is missing") + "\n" + lines)


def _day(text: str) -> str:
    """Write a date as this visitor does; what is none stays as it is."""
    try:
        return str(format_date(date.fromisoformat(text), "long", locale=here()))
    except ValueError:
        return plain(text)


def _accept(project: Project, haul: Haul) -> None:
    before = project.slug
    for layer in haul.layers.values():
        project = keep_layer(project, layer)
    state.keep("data_back", before)
    state.open_city(project.slug)
    names = ", ".join(_(KINDS[kind].title).lower() for kind in haul.layers)
    state.tell(
        _("{layers} accepted: all pages use them from now on.").format(layers=names.capitalize())
    )
