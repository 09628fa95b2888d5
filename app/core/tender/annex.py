"""The annex in words: purpose, lots, clauses by topic, and what is still open."""

import re
from itertools import groupby

import pandas as pd

from app.core.tender.draft import TenderDraft
from app.core.tender.library import PHASES
from app.core.tender.selection import REASONS, Choice

CONTROL = re.compile(r"([\\`*_{}\[\]<>#!|~$&])")
LEVEL_WORDS = {"must": "MUST", "should": "SHOULD", "award": "AWARD CRITERION"}
HOW_TO_READ = (
    "Each has an id, a level, how it is verified, its source, and how far that source can be "
    "trusted: A primary source, B secondary source, C check with legal."
)
LOT_HEADS = {
    "lot_code": "Lot",
    "sites": "Places",
    "points": "Charge points",
    "kw": "kW",
    "kwh_day": "kWh a day",
    "cost_eur": "Cost, EUR",
}


def annex(draft: TenderDraft, model_title: str) -> str:
    """Write the annex as Markdown; text of users is shown, never read as markup."""
    parts = [
        _head(draft, model_title),
        _lots(draft.lots),
        *_clauses(draft),
        _open(draft.open_items),
        _sources(draft),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def plain(text: str) -> str:
    """Show text as it is: one line, no markup."""
    return CONTROL.sub(r"\\\1", " ".join(text.split()))


def _head(draft: TenderDraft, model_title: str) -> str:
    chosen = draft.selection
    levels = pd.Series([choice.requirement.level for choice in chosen.included]).value_counts()
    counts = ", ".join(
        f"{levels.get(key, 0)} {words}"
        for key, words in (("must", "must"), ("should", "should"), ("award", "award criteria"))
    )
    lines = [
        f"# Tender annex: public charging in {plain(draft.project.name)}",
        f"Draft of {draft.day}, {draft.edition} edition. {plain(draft.meta['status'])}",
        f"- Operating model: {model_title}",
        f"- V2G phase: {chosen.phase}, {PHASES[chosen.phase]}",
        f"- Places: {len(draft.sites)} with {draft.points} charge points, in {_in_lots(draft)}",
        f"- Requirements: {len(chosen.included)} of {len(chosen.choices)}: {counts}",
        f"- Assumptions: {plain(draft.meta['scenario'])}",
    ]
    return "\n\n".join([*lines[:2], "\n".join(lines[2:])])


def _in_lots(draft: TenderDraft) -> str:
    return "one lot" if len(draft.lots) == 1 else f"{len(draft.lots)} lots"


def _lots(lots: pd.DataFrame) -> str:
    shown = {name: head for name, head in LOT_HEADS.items() if name in lots}
    lines = [_table_row(list(shown.values())), _table_row(["---", *["---:"] * (len(shown) - 1)])]
    rows = lots.to_dict("records")
    lines += [_table_row([_number(row[name]) for name in shown]) for row in rows]
    return "\n".join(["## Lots", "", *lines])


def _clauses(draft: TenderDraft) -> list[str]:
    parts = ["## Requirements", HOW_TO_READ]
    chosen = draft.selection.included
    for topic, choices in groupby(chosen, key=lambda choice: choice.requirement.topic):
        parts.append(f"### {topic[:1].upper()}{topic[1:]}")
        parts += [_clause(choice, len(draft.sites)) for choice in choices]
    return parts


def _clause(choice: Choice, sites: int) -> str:
    clause = choice.requirement
    lines = [f"**{clause.id}** [{LEVEL_WORDS[clause.level]}] {plain(clause.text)}"]
    for each in clause.parameters:
        value = f"{each.value} {each.unit}".strip() or "to be filled in"
        kind = "set" if each.edited else "proposal"
        hint = f" ({kind}: {plain(each.note) or 'to be confirmed'})" if each.proposed else ""
        lines.append(f"- {plain(each.name)}: {plain(value)}{hint}")
    lines.append(f"- Verified by: {clause.verification.replace('_', ' ')}")
    if choice.sites_matching < sites:
        lines.append(f"- Places concerned: {choice.sites_matching} of {sites}")
    if choice.note or choice.reason == "law_in_force":
        lines.append(f"- Note: {choice.note or REASONS[choice.reason]}")
    mark = f", {plain(choice.legal_mark)}" if choice.legal_mark else ""
    lines.append(f"- Source: {plain(clause.source)} (confidence {clause.confidence}{mark})")
    return "\n".join([lines[0], "", *lines[1:]])


def _open(items: tuple[str, ...]) -> str:
    if not items:
        return ""
    return "\n".join(["## Still open", "", *[f"- {plain(item)}" for item in items]])


def _sources(draft: TenderDraft) -> str:
    layers = [
        f"- {kind}: {plain(layer.origin)}, {plain(layer.licence)}, {plain(layer.as_of)}"
        for kind, layer in sorted(draft.project.layers.items())
    ]
    return "\n".join(
        ["## Maps and tables behind the list", "", *layers, f"- {draft.meta['program']}"]
    )


def _table_row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _number(value: object) -> str:
    if isinstance(value, str):
        return plain(value)
    return "unknown" if pd.isna(value) else f"{value:,.0f}"  # type: ignore[call-overload]
