"""What somebody reads first who opens a tender pack."""

from collections.abc import Sequence
from textwrap import fill

from app.core.tender.draft import TenderDraft

FILES = {
    "annex.md": "the annex: lots and every clause with level, verification and source",
    "map.pdf": "the map on paper, and the list of places",
    "sites.gpkg": "places, lots as areas, lots as a table (for a GIS)",
    "sites.geojson": "places (for the web)",
    "sites.xlsx": "places, lots, clauses, meaning of every column (for a spreadsheet)",
    "sites.csv": "places (for everything else)",
    "lots.csv": "sums per lot",
    "requirements.csv": "every clause of the library, in or out, with the reason",
    "assumptions.csv": "every number used, with range, source and confidence",
    "layers.csv": "every layer: source, licence, date, and how its file was read",
    "changes.csv": "what changed since the revision before, cell by cell",
    "scenario.json": "the scenario; open it in Kerbwatt to get the same plan",
}
WIDTH = 88


def readme(draft: TenderDraft, names: Sequence[str]) -> str:
    """Write README.txt: what each file is, what is open, and how to check the seal."""
    about = [
        f"Tender for public charging, {draft.project.name}",
        "",
        f"{_edition(draft)}, revision {draft.revision}. {draft.meta['program']}.",
        draft.meta["status"],
        "",
        "Files",
    ]
    about += [f"  {name:18} {FILES[name]}" for name in names if name in FILES]
    checks = [
        "",
        "Seal",
        "  manifest.json lists every file with its SHA-256. To check one by hand:",
        "  sha256sum sites.csv   and compare with the line in manifest.json.",
        "  The seal shows that nothing was changed. It does not show who made it: sign the zip",
        "  with your own certificate if that matters.",
        *_signing(draft.signing_note),
        "",
        f"Still open: {len(draft.open_items)}",
    ]
    todo = [
        fill(item, WIDTH, initial_indent="  - ", subsequent_indent="    ")
        for item in draft.open_items
    ]
    legal = [
        choice.requirement.id
        for choice in draft.selection.included
        if choice.legal_mark == "check with legal"
    ]
    law = []
    if legal:
        words = f"Check with legal: {', '.join(legal)}"
        law = ["", fill(words, WIDTH, subsequent_indent="  ")]
    return "\n".join([*about, *checks, *todo, *law]) + "\n"


def _edition(draft: TenderDraft) -> str:
    return f"{draft.status.capitalize()} of {draft.day}, {draft.edition} edition"


def _signing(note: str) -> list[str]:
    lines = [
        fill(line, WIDTH, initial_indent="  ", subsequent_indent="  ") for line in note.splitlines()
    ]
    return ["", "Signing note", *lines] if lines else []
