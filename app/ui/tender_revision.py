"""The part of the tender page that sets the pack issued before beside this one."""

from functools import partial

import pandas as pd
import streamlit as st

from app.core.errors import InputError
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.tender.draft import TenderDraft
from app.core.tender.revision import ADDED, CHANGED, REMOVED, Changes
from app.core.tender.revision_words import ARROW
from app.exports import file_name
from app.services.pack_changes import members
from app.services.tender import pack
from app.ui import cached, cached_packs, maps, tables
from app.ui.text import _, number, plain, today, whole
from app.ui.uploads import taken

FILE = "revision_pack"
MOST = 12  # sentences shown before the rest is folded away


def show(project: Project, scenario: Scenario, draft: TenderDraft) -> None:
    """Take an earlier pack, say what changed since, and offer the next issue."""
    del draft  # the next issue is drafted in the edition of the pack before
    upload = taken(
        st.file_uploader(
            _("The pack issued before (zip)"),
            type=["zip"],
            key=FILE,
            help=_("Its seal is checked: a pack of which one byte was changed is refused."),
        )
    )
    if upload is None:
        st.info(
            _(
                "Drop the pack you published: places keep their numbers in the next issue, numbers "
                "of places that left are never used again, and every difference is listed here."
            )
        )
        return
    try:
        issue, found = cached_packs.issued(project, scenario, upload)
    except InputError as error:
        st.error(plain(str(error)))
        return
    with st.container(key="steps_tender_revision"):
        st.markdown("**" + sentence(found) + "**")
    if not found.nothing:
        _picture(project, scenario, found, cached_packs.revision_map(project, scenario, upload))
        _told(found)
    _totals(found)
    if cached.plan(project, scenario).verifier["ok"]:
        _files(project, issue, found)


def sentence(found: Changes) -> str:
    """Say how much changed."""
    if found.nothing:
        return _("Nothing changed since revision {n}.").format(n=found.old)
    counts = {way: len(found.ids("sites", way)) for way in (ADDED, REMOVED, CHANGED)}
    return _(
        "Since revision {old}: {added} places came, {removed} left, {changed} changed, and "
        "{clauses} clauses differ."
    ).format(
        old=found.old,
        added=whole(counts[ADDED]),
        removed=whole(counts[REMOVED]),
        changed=whole(counts[CHANGED]),
        clauses=whole(found.told("requirements")),
    )


def _picture(project: Project, scenario: Scenario, found: Changes, drawn: bytes) -> None:
    del scenario
    maps.draw(
        [
            maps.Overlay("districts", cached.plain_map(project), "", pickable=False),
            maps.Overlay("revision", drawn, "", text_size=10),
        ],
        cached.bounds(project.layers["districts"]),
        key="revision_map",
        alt=_("Map of the places by what changed; the sentences under it say the same"),
        height=380,
    )
    named = cached_packs.words()
    shown = (cached_packs.ADDED, cached_packs.CHANGED, cached_packs.KEPT)
    maps.legend(_("Places"), [maps.Look(*cached_packs.LOOKS[each], named[each]) for each in shown])
    gone = found.ids("sites", REMOVED)
    if gone:
        st.caption(f"{named[cached_packs.REMOVED]}: {plain(', '.join(gone))}")


def _told(found: Changes) -> None:
    st.markdown("\n".join(_line(words) for words in found.words[:MOST]))
    if len(found.words) > MOST:
        with st.expander(_("{n} more").format(n=whole(len(found.words) - MOST))):
            st.markdown("\n".join(_line(words) for words in found.words[MOST:]))


def _line(words: str) -> str:
    """Write a sentence as a line of a list; arrows are ours, all else may be a stranger's."""
    return "- " + f" {ARROW} ".join(plain(each) for each in words.split(ARROW))


def _totals(found: Changes) -> None:
    names = {"sites": _("Places"), "points": _("Charge points"), "kw": _("Power [kW]")}
    rows = [(names[key], was, now, now - was) for key, (was, now) in found.totals.items()]
    heads = [_("Total"), _("Before"), _("Now"), _("Difference")]
    table = pd.DataFrame(rows, columns=heads)
    for head in heads[1:]:
        table[head] = [number(each) for each in table[head]]
    tables.show(table, key="revision_totals")


def _files(project: Project, issue: TenderDraft, found: Changes) -> None:
    with st.container(horizontal=True):
        st.download_button(
            _("Next issue: revision {n} (zip)").format(n=found.new),
            data=partial(pack, issue),
            file_name=file_name(
                project.slug, f"tender-{issue.edition}-r{found.new}", today(), ".zip"
            ),
            mime="application/zip",
            on_click="ignore",
            icon=":material/folder_zip:",
            key="download_revision",
        )
        st.download_button(
            _("Changes (CSV)"),
            data=members(issue)[0].data,
            file_name=file_name(project.slug, f"changes-r{found.new}", today(), ".csv"),
            mime="text/csv",
            on_click="ignore",
            icon=":material/download:",
            key="download_changes",
        )
