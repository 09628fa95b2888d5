"""The annex in words: purpose, lots, places, clauses by topic, and what is still open."""

from collections.abc import Sequence
from itertools import groupby

import pandas as pd

from app.core.tender.annex_sections import table_of
from app.core.tender.document import Block, Bullets, Document, Figure, Paragraph, Section, Table
from app.core.tender.draft import TenderDraft
from app.core.tender.library import PHASES
from app.core.tender.selection import REASONS, Choice
from app.core.tender.settings import Setting

LEVEL_WORDS = {"must": "must", "should": "should", "award": "award criterion"}
COUNTED = {**LEVEL_WORDS, "award": "award criteria"}
CONFIDENCE = {"A": "primary source", "B": "secondary source", "C": "our own default or background"}
HOW_TO_READ = (
    "Each requirement has an id, a level, how it is verified, its source, and a letter that says "
    "how far that source can be trusted: A a primary source, B a secondary source, C a default of "
    "our own that a lawyer must check. Nobody but a person can settle that; the letter stays."
)
LOT_HEADS = {
    "lot_code": "Lot",
    "sites": "Places",
    "points": "Charge points",
    "kw": "kW",
    "kwh_day": "kWh a day",
    "cost_eur": "Cost, EUR",
    "districts": "Districts",
}
SITE_HEADS = {
    "location_id": "Id",
    "lot_code": "Lot",
    "address": "Address",
    "district": "District",
    "n_charge_points": "Points",
    "power_kw_point": "kW a point",
    "station_kw": "kW",
    "current_type": "Current",
    "grid_class": "Grid",
    "planned_year": "Year",
}


def annex(
    draft: TenderDraft, *, pictures: Sequence[Figure] = (), extra: Sequence[Section] = ()
) -> Document:
    """Build the annex.

    ``pictures`` of the places stand before their table; ``extra`` sections, such as the calendar,
    before the sources.
    """
    return Document(
        title=f"Tender annex: public charging in {draft.project.name}",
        subtitle=_state(draft),
        language="en",
        day=draft.day,
        program=draft.meta["program"],
        front=_front(draft),
        sections=(
            *_open(draft.open_items),
            Section("Purpose", (Paragraph(_purpose(draft)), Paragraph(HOW_TO_READ))),
            Section("Lots", (table_of("Lots", draft.lots, LOT_HEADS),)),
            Section("Places", (*pictures, table_of("Places", draft.sites, SITE_HEADS))),
            _clauses(draft),
            *extra,
            _sources(draft),
        ),
    )


def _state(draft: TenderDraft) -> str:
    facts = draft.facts
    status = str(facts["status"]).capitalize()
    return f"{status}, {draft.edition} edition, revision {facts['revision']}, {draft.day}"


def _front(draft: TenderDraft) -> tuple[Block, ...]:
    chosen, count = draft.selection, len(draft.open_items)
    levels = pd.Series([choice.requirement.level for choice in chosen.included]).value_counts()
    told = ", ".join(f"{levels.get(key, 0)} {words}" for key, words in COUNTED.items())
    open_words = (
        "Nothing is open." if not count else f"{_some(count, 'item')} still open: see below."
    )
    rows = (
        ("Operating model", draft.meta["model"]),
        ("V2G phase", f"{chosen.phase}, {PHASES[chosen.phase]}"),
        ("Places", f"{len(draft.sites)} with {draft.points} charge points"),
        ("Lots", str(len(draft.lots))),
        ("Requirements", f"{len(chosen.included)} of {len(chosen.choices)}: {told}"),
        ("Assumptions", draft.meta["scenario"]),
        ("Written by", draft.meta["program"]),
    )
    facts = Table("What this annex holds", ("What", "In this annex"), rows)
    return (Paragraph(open_words, strong=True), Paragraph(draft.meta["status"]), facts)


def _some(count: int, word: str) -> str:
    return f"{count} {word} is" if count == 1 else f"{count} {word}s are"


def _purpose(draft: TenderDraft) -> str:
    lots = "one lot" if len(draft.lots) == 1 else f"{len(draft.lots)} lots"
    return (
        f"{draft.project.name} asks for {draft.points} charge points at {len(draft.sites)} places "
        f"in {lots}. This annex lists the places, what is asked of whoever builds and runs them, "
        "and where each demand comes from."
    )


def _open(items: tuple[str, ...]) -> tuple[Section, ...]:
    words = Paragraph("A person must settle these before this can be published.")
    return (Section("Still open", (words, Bullets(items))),) if items else ()


def _clauses(draft: TenderDraft) -> Section:
    groups = groupby(draft.selection.included, key=lambda choice: choice.requirement.topic)
    topics = [
        Section(
            f"{topic[:1].upper()}{topic[1:]}",
            tuple(_clause(choice, len(draft.sites)) for choice in choices),
        )
        for topic, choices in groups
    ]
    return Section("Requirements", tuple(topics))


def _clause(choice: Choice, sites: int) -> Section:
    clause = choice.requirement
    parts: list[Block] = [Paragraph(clause.text)]
    if clause.parameters:
        rows = tuple(_setting(each) for each in clause.parameters)
        head = ("Parameter", "Value", "State")
        parts.append(Table(f"Parameters of {clause.id}", head, rows))
    told = [f"Verified by: {clause.verification.replace('_', ' ')}"]
    if choice.sites_matching < sites:
        told.append(f"Places concerned: {choice.sites_matching} of {sites}")
    if choice.note or choice.reason == "law_in_force":
        told.append(f"Note: {choice.note or REASONS[choice.reason]}")
    told += [f"Source: {clause.source}", f"Confidence: {_trust(choice)}"]
    return Section(f"{clause.id}: {LEVEL_WORDS[clause.level]}", (*parts, Bullets(tuple(told))))


def _trust(choice: Choice) -> str:
    letter = choice.requirement.confidence
    return f"{letter}, {choice.legal_mark or CONFIDENCE[letter]}"


def _setting(each: Setting) -> tuple[str, str, str]:
    value = f"{each.value} {each.unit}".strip()
    if not value:
        return each.name, "to be filled in", "open"
    if not each.proposed:
        return each.name, value, "set"
    asked = "set, not confirmed" if each.edited else "proposal"
    return each.name, value, f"{asked}: {each.note or 'to be confirmed'}"


def _sources(draft: TenderDraft) -> Section:
    rows = tuple(
        (kind, layer.origin, layer.licence, layer.as_of)
        for kind, layer in sorted(draft.project.layers.items())
    )
    head = ("Layer", "Source", "Licence", "As of")
    words = Paragraph("The maps and tables behind the list of places.")
    return Section("Sources", (words, Table("Maps and tables behind the list", head, rows)))
