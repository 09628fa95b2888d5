"""OCDS 1.1 with the eForms extensions: the tender as open contracting data."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.core.tender.draft import TenderDraft
from app.core.tender.settings import Setting
from app.exports.register_place import Place, lot_id, register_places

CPV_CHARGERS = {"scheme": "CPV", "id": "31158000", "description": "Chargers"}
EXTENSION = (
    "https://raw.githubusercontent.com/open-contracting-extensions/eforms/latest/extension.json"
)
KINDS = {
    "annex.docx": "technicalSpecifications",
    "annex.pdf": "technicalSpecifications",
    "requirements.csv": "technicalSpecifications",
    "map.pdf": "map",
    "site_sheets.pdf": "map",
    "scoring.xlsx": "evaluationCriteria",
}
DAYS_PER_YEAR = 365
LONGEST_NAME = 80


def package(draft: TenderDraft, files: Mapping[str, str]) -> dict[str, Any]:
    """Return a release package with one release; ``files`` are names and media types."""
    key = f"{draft.project.slug}:{draft.day}:{draft.facts['revision']}"
    return {
        "uri": f"urn:kerbwatt:{key}",
        "version": "1.1",
        "publishedDate": f"{draft.day}T00:00:00Z",
        "publisher": {"name": draft.project.name},
        "extensions": [EXTENSION],
        "releases": [release(draft, files)],
    }


def release(draft: TenderDraft, files: Mapping[str, str]) -> dict[str, Any]:
    """Return the release: who asks, the lots, an item per place, the files of the pack."""
    project, places = draft.project, register_places(draft)
    buyer = {"id": project.slug, "name": project.name}
    tender = {
        "id": f"{project.slug}-{draft.day}",
        "title": f"Public charging of electric cars, {project.name}",
        "description": f"{draft.points} charge points at {len(places)} places. {_state(draft)}",
        "status": "planned",
        "mainProcurementCategory": "services",
        "procuringEntity": buyer,
        "documents": [_document(*each) for each in enumerate(files.items(), start=1)],
        "lots": _lots(draft),
        "items": [_item(place, draft) for place in places],
    }
    return {
        "ocid": f"ocds-xxxxxx-{project.slug}-{draft.day}",  # a prefix is given by the registry
        "id": str(draft.facts["revision"]),
        "date": f"{draft.day}T00:00:00Z",
        "tag": ["tender"],
        "initiationType": "tender",
        "language": "en",
        "parties": [{**buyer, "roles": ["buyer", "procuringEntity"]}],
        "buyer": buyer,
        "tender": tender,
    }


def _state(draft: TenderDraft) -> str:
    word = str(draft.facts["status"]).capitalize()
    return f"{word}, {draft.edition} edition; {len(draft.open_items)} items are still open."


def _document(number: int, file: tuple[str, str]) -> dict[str, Any]:
    name, media_type = file
    return {
        "id": str(number),
        "documentType": KINDS.get(name, "biddingDocuments"),
        "title": name,
        "format": media_type,
        "language": "en",
    }


def _lots(draft: TenderDraft) -> list[dict[str, Any]]:
    criteria = award_criteria(draft)
    years = operate_years(draft)
    found = []
    for row in draft.lots.to_dict("records"):
        what = f"{row['sites']} places, {row['points']} charge points"
        lot: dict[str, Any] = {
            "id": lot_id(str(row["lot_code"])),
            "title": f"Lot {row['lot_code']}",
            "description": f"{what}: {row['districts']}",
            "status": "planned",
        }
        cost = row.get("cost_eur")
        if draft.internal and cost is not None and cost == cost:  # noqa: PLR0124  # known
            lot["value"] = {"amount": float(cost), "currency": "EUR"}
        if years:
            lot["contractPeriod"] = {"durationInDays": round(years * DAYS_PER_YEAR)}
        if criteria:
            lot["awardCriteria"] = {"criteria": criteria}
        found.append(lot)
    return found


def operate_years(draft: TenderDraft) -> float | None:
    """Return how long it is run, as the clauses say; None where they do not."""
    asked = ("operate_years", "term_years")
    clauses = [choice.requirement for choice in draft.selection.included]
    told = [clause.value(name) for name in asked for clause in clauses]
    return next((float(each) for each in told if _is_number(each)), None)


def award_criteria(draft: TenderDraft) -> list[dict[str, Any]]:
    """Return the criteria of award with their weights, as far as somebody has set them."""
    found = []
    for clause in (choice.requirement for choice in draft.selection.included):
        if clause.level != "award":
            continue
        entry: dict[str, Any] = {
            "id": clause.id,
            "type": "price" if clause.topic == "payment" else "quality",
            "name": _shortened(clause.text),
            "description": clause.text,
        }
        if weight := _weight(clause.parameters):
            entry["numbers"] = [{"number": weight, "weight": "percentageExact"}]
        found.append(entry)
    return found


def _weight(settings: Sequence[Setting]) -> float | None:
    told = [each.value for each in settings if each.name.endswith("weight_pct")]
    return next((float(each) for each in told if _is_number(each)), None)


def _shortened(text: str) -> str:
    if len(text) <= LONGEST_NAME:
        return text
    return f"{text[:LONGEST_NAME].rsplit(' ', 1)[0]} …"


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal()


def _item(place: Place, draft: TenderDraft) -> dict[str, Any]:
    address = {
        "streetAddress": place.address,
        "locality": draft.project.name,
        "postalCode": place.postcode,
        "country": draft.project.country,
    }
    return {
        "id": place.id,
        "description": f"{place.points} charge points, {place.where}",
        "classification": CPV_CHARGERS,
        "quantity": place.points,
        "unit": {"name": "charge point"},
        "relatedLot": lot_id(place.lot),
        "deliveryLocation": {"description": place.where, "geometry": place.shape},
        "deliveryAddresses": [{key: value for key, value in address.items() if value}],
    }
