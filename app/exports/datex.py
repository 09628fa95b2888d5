"""DATEX II v3 energy infrastructure, AFIR profile, as JSON: a template for the later publication.

Nothing stands yet, so the file calls itself a test; the operator takes it over when it builds.
"""

from typing import Any

from app.core.tender.draft import TenderDraft
from app.exports.register_place import Place, register_places

SITES = {
    "ON_STREET": "onstreet",
    "PARKING_LOT": "openSpace",
    "PARKING_GARAGE": "inBuilding",
    "UNDERGROUND_GARAGE": "inBuilding",
}
NOBODY = "XXX"  # no national identifier until there is an operator


def publication(draft: TenderDraft) -> dict[str, Any]:
    """Return the table publication of the places."""
    version = str(draft.facts["revision"])
    table = {
        "idG": f"{draft.project.slug}-{draft.day}",
        "versionG": version,
        "tableName": f"Planned charge points, {draft.project.name}",
        "energyInfrastructureSite": [_site(each, version) for each in register_places(draft)],
    }
    creator = {"country": draft.project.country, "nationalIdentifier": NOBODY}
    told = {
        "lang": "en",
        "publicationTime": f"{draft.day}T00:00:00Z",
        "publicationCreator": creator,
        "headerInformation": {
            "confidentiality": _word("noRestriction"),
            "informationStatus": _word("test"),
        },
        "energyInfrastructureTable": [table],
    }
    return {
        "payload": {
            "modelBaseVersionG": "3",
            "profileNameG": "AFIR Energy Infrastructure",
            "profileVersionG": "01-00-00",
            "aegiEnergyInfrastructureTablePublication": told,
        }
    }


def _site(place: Place, version: str) -> dict[str, Any]:
    found = {
        "idG": place.id,
        "versionG": version,
        "name": _text(place.where),
        "locationReference": _at(place),
        "energyInfrastructureStation": [_station(place, version)],
    }
    if place.parking in SITES:
        found["typeOfSite"] = _word(SITES[place.parking])
    return found


def _station(place: Place, version: str) -> dict[str, Any]:
    points = [_point(place, number, version) for number in range(1, place.points + 1)]
    found = {
        "idG": f"{place.id}-S",
        "versionG": version,
        "totalMaximumPower": place.station_w,
        "numberOfRefillPoints": place.points,
        "serviceType": [{"serviceType": _word("unattended")}],
        "locationReference": _at(place),
        "refillPoint": [{"aegiElectricChargingPoint": each} for each in points],
    }
    if place.dso:
        found["energyDistributor"] = {"afacAnOrganisation": {"name": _text(place.dso)}}
    return found


def _point(place: Place, number: int, version: str) -> dict[str, Any]:
    services = ["powerOptimisationByUser", *(["bidirectionalRecharging"] if place.v2g else [])]
    return {
        "idG": f"{place.id}-{number}",
        "versionG": version,
        "deliveryUnit": _word("kWh"),
        "currentType": _word("dc" if place.direct else "ac"),
        "smartRechargingServices": [_word(each) for each in services],
        "vehicleToGridCommunicationType": _word("iso15118" if place.v2g else "none"),
        "availableChargingPower": [place.point_w],
    }


def _at(place: Place) -> dict[str, Any]:
    display = {"latitude": place.lat, "longitude": place.lon}
    return {"locPointLocation": {"coordinatesForDisplay": display}}


def _word(value: str) -> dict[str, str]:
    return {"value": value}


def _text(value: str) -> dict[str, Any]:
    return {"values": [{"lang": "en", "value": value}]}
