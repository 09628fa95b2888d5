"""What else wants the same room: depots, buildings, ferries of the map, as a part of the annex."""

import pandas as pd

from app.core.assets import numbers, texts
from app.core.tender.document import Paragraph, Section, Table
from app.core.tender.draft import TenderDraft

WORDS = (
    "These loads stand on the same grid; the room of this tender is what they leave. They are no "
    "part of the tender."
)
HEAD = ("Load", "Kind", "Highest load [kW]", "Energy a day [kWh]")
WITHHELD = "not in the public edition"


def sections(draft: TenderDraft) -> list[Section]:
    """List the point loads of the project; their kW in the internal edition only."""
    layer = draft.project.layers.get("places")
    if layer is None or "load_kw" not in layer.frame:
        return []
    kw, kwh = numbers(layer.frame, "load_kw"), numbers(layer.frame, "load_kwh_day")
    names, kinds = texts(layer.frame, "name"), texts(layer.frame, "kind")
    rows = tuple(
        (str(name), str(kind).replace("_", " "), _told(draft, power), _told(draft, energy))
        for name, kind, power, energy in zip(names, kinds, kw, kwh, strict=True)
        if power > 0
    )
    if not rows:
        return []
    title = "Other loads on the same grid"
    return [Section(title, (Paragraph(WORDS), Table(title, HEAD, rows, right=(2, 3))))]


def _told(draft: TenderDraft, value: float) -> str:
    if not draft.internal:
        return WITHHELD
    return "unknown" if pd.isna(value) else f"{value:,.0f}"
