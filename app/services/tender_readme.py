"""What somebody reads first who opens a tender pack."""

from collections.abc import Sequence
from textwrap import fill

from app.core.tender.draft import TenderDraft
from app.exports.shapefile import cut_texts

FILES = {  # in the order of the pack
    "annex.docx": "the annex: lots, places, every clause with level, verification and source",
    "annex.pdf": "the same words, for reading and reading aloud (PDF/UA-1)",
    "map.pdf": "maps at a round scale: the whole, each lot, and the list of places",
    "site_sheets.pdf": "a page per place: where it is, and all the list says of it",
    "sites.gpkg": "places, lots as areas, lots as a table (for a GIS)",
    "sites.geojson": "places (for the web)",
    "sites.fgb": "places as FlatGeobuf (for the web and a GIS)",
    "sites_shp.zip": "places as Shapefile, with short names (for an older GIS)",
    "sites.kml": "places as KML (for a globe or a phone)",
    "sites.xlsx": "places, parts of the score, meaning of every column, sources, lots, clauses",
    "sites.csv": "places (for everything else)",
    "lots.csv": "sums per lot",
    "requirements.csv": "every clause of the library, in or out, with the reason",
    "compliance.csv": "duties, yardsticks and checks of this list, with their numbers",
    "traffic_light.csv": "the calendar of the capacity contract, a row per window",
    "traffic_light.json": "the same as data, with its zone and how it was made",
    "assumptions.csv": "every number used, with range, source and confidence",
    "budget.xlsx": "the quantities to price; internal also models, cash and what moves it",
    "scoring.xlsx": "award criteria with weights and formulas, and an empty sheet for bids",
    "ocds.json": "the tender as open contracting data (OCDS 1.1)",
    "ocpi_locations.json": "places as OCPI 2.3.0; party XXX until there is an operator",
    "datex.json": "places as DATEX II, a template for the operator's later publication",
    "eforms.csv": "what to put in which field of the notice (eForms)",
    "layers.csv": "every layer: source, licence, date, and how its file was read",
    "changes.csv": "what changed since the revision before, cell by cell",
    "cashflow.csv": "cash of every party by operating model and year (internal)",
    "clause_price.csv": "what dropping a clause changes: MW, points, energy, EUR (internal)",
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
    about += [f"  {name:20} {FILES[name]}" for name in names if name in FILES]
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
    cut = [f"  - {item}" for item in cut_texts(draft.sites)]
    short = ["", "Texts cut in sites_shp.zip, which holds no longer ones:", *cut] if cut else []
    return "\n".join([*about, *checks, *todo, *law, *short]) + "\n"


def _edition(draft: TenderDraft) -> str:
    return f"{draft.status.capitalize()} of {draft.day}, {draft.edition} edition"


def _signing(note: str) -> list[str]:
    lines = [
        fill(line, WIDTH, initial_indent="  ", subsequent_indent="  ") for line in note.splitlines()
    ]
    return ["", "Signing note", *lines] if lines else []
