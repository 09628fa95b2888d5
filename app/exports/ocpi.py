"""OCPI 2.3.0 locations: the places as a charge point operator's software reads them.

All is planned and nothing is published; ``party_id`` is XXX until there is an operator. The
core of the format has no word for giving energy back on a location, point or connector: that is in
DATEX II.
"""

from math import floor
from typing import Any

from app.core.tender.draft import TenderDraft
from app.exports.register_place import Place, register_places

NOBODY = "XXX"
LONGEST = {"id": 36, "address": 45, "city": 45, "postal_code": 10}  # letters, of the format
PARKING = {
    *("ON_STREET", "PARKING_LOT", "PARKING_GARAGE", "UNDERGROUND_GARAGE"),
    *("ALONG_MOTORWAY", "ON_DRIVEWAY"),
}
DIRECTIONS = {"parallel": "PARALLEL", "perpendicular": "PERPENDICULAR", "angle": "ANGLE"}
PHASE_V, DC_V = 230, 400  # nominal: line to neutral, and of a car's battery
ONE_PHASE_W = 7400  # 230 V x 32 A: below it a point may be of one phase
COUNTRIES = (
    "AT:AUT BE:BEL BG:BGR CH:CHE CY:CYP CZ:CZE DE:DEU DK:DNK EE:EST ES:ESP "
    "FI:FIN FR:FRA GB:GBR GR:GRC HR:HRV HU:HUN IE:IRL IS:ISL IT:ITA LI:LIE "
    "LT:LTU LU:LUX LV:LVA MT:MLT NL:NLD NO:NOR PL:POL PT:PRT RO:ROU SE:SWE "
    "SI:SVN SK:SVK TR:TUR UA:UKR RS:SRB"
)
ALPHA_3 = dict(pair.split(":") for pair in COUNTRIES.split())


def locations(draft: TenderDraft) -> list[dict[str, Any]]:
    """Return the list of locations."""
    return [_location(place, draft) for place in register_places(draft)]


def _location(place: Place, draft: TenderDraft) -> dict[str, Any]:
    when = f"{draft.day}T00:00:00Z"
    project = draft.project
    found: dict[str, Any] = {
        "country_code": project.country,
        "party_id": NOBODY,
        "id": place.id[: LONGEST["id"]],
        "publish": False,
        "address": place.where[: LONGEST["address"]],
        "city": project.name[: LONGEST["city"]],
        "country": ALPHA_3.get(project.country, project.country),
        "coordinates": {"latitude": f"{place.lat:.6f}", "longitude": f"{place.lon:.6f}"},
        "time_zone": project.timezone,
        "evses": [_evse(place, number, when) for number in range(1, place.points + 1)],
        "parking_places": _bays(place),
        "last_updated": when,
    }
    if place.postcode:
        found["postal_code"] = place.postcode[: LONGEST["postal_code"]]
    if place.parking in PARKING:
        found["parking_type"] = place.parking
    return found


def _evse(place: Place, number: int, when: str) -> dict[str, Any]:
    return {
        "uid": f"{place.id}-{number}",
        "status": "PLANNED",
        "capabilities": ["CHARGING_PROFILE_CAPABLE"],
        "connectors": [_connector(place, when)],
        "last_updated": when,
    }


def _connector(place: Place, when: str) -> dict[str, Any]:
    kind, volts, lines = "AC_3_PHASE", PHASE_V, 3
    if place.direct:
        kind, volts, lines = "DC", DC_V, 1
    elif place.point_w <= ONE_PHASE_W:
        kind, lines = "AC_1_PHASE", 1
    return {
        "id": "1",
        "standard": "IEC_62196_T2_COMBO" if place.direct else "IEC_62196_T2",
        "format": "CABLE" if place.direct else "SOCKET",
        "power_type": kind,
        "max_voltage": volts,
        "max_amperage": floor(place.point_w / (volts * lines) + 0.5),
        "max_electric_power": place.point_w,
        "last_updated": when,
    }


def _bays(place: Place) -> list[dict[str, Any]]:
    direction = DIRECTIONS.get(place.layout or "")
    bay = {
        "vehicle_types": ["PERSONAL_VEHICLE"],
        "restricted_to_type": False,
        "reservation_required": False,
        **({"direction": direction} if direction else {}),
    }
    return [{"id": f"{place.id}-B{each}", **bay} for each in range(1, (place.bays or 0) + 1)]
