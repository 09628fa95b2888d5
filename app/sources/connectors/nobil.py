"""NOBIL: the charge points of Norway and Sweden."""

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.sources.connectors.base import Connector, Fetched, Request, below, host
from app.sources.connectors.rows import Rows, point
from app.sources.web_parts import SourceError

PAIR = re.compile(r"\A\(\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*\)\Z")
POWER = re.compile(r"(\d+(?:[.,]\d+)?)\s*kW", re.IGNORECASE)
CAPACITY = "Charging capacity"


def fetch(request: Request) -> Fetched:
    """Ask for a rectangle, or for the whole country where there is no box."""
    asked = {"apiversion": "3", "format": "json"}
    if request.box is None:
        path = "/datadump.php"
        asked["countrycode"] = str(request.wanted("country"))
    else:
        path = "/search.php"
        west, south, east, north = (f"{each:.6f}" for each in request.box)
        asked |= {"action": "search", "type": "rectangle"}
        asked |= {"northeast": f"({north}, {east})", "southwest": f"({south}, {west})"}
    page = request.get(
        below(request, path, asked), secret_params={"apikey": request.secret()}
    ).json()
    found = page.get("chargerstations") if isinstance(page, dict) else None
    if not isinstance(found, list):
        raise SourceError(f"{host(request)} answered with something else than charge points")
    rows = Rows(request)
    rows.take(
        [each for station in found for each in _features(station)],
        lambda each: each["properties"]["charger_id"],
    )
    lost = len(found) - len(rows.rows) - rows.repeated
    if lost:
        rows.warnings.append(f"{lost:,} stations say not where they are, and were left out.")
    days = [str(each["properties"]["last_updated"] or "")[:10] for each in rows.rows.values()]
    return rows.on_map(as_of=max(days, default="") or None)


def _features(station: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    """Make a feature of a station; its position is north first."""
    data = station.get("csmd") if isinstance(station, Mapping) else None
    place = PAIR.match(str(data.get("Position", ""))) if isinstance(data, Mapping) else None
    if place is None or not isinstance(data, Mapping):
        return
    said = list(_capacities(station))
    powers = [float(hit[1].replace(",", ".")) for text in said if (hit := POWER.search(text))]
    kinds = {"DC" if "DC" in text else "AC" for text in said}
    yield point(
        float(place[2]),
        float(place[1]),
        {
            "charger_id": str(data.get("International_id") or data.get("id")),
            "name": _text(data.get("name")),
            "points": data.get("Number_charging_points"),
            "power_kw": max(powers, default=None),
            "current_type": "/".join(sorted(kinds)) or None,
            "operator": _text(data.get("Owned_by")),
            "municipality": data.get("Municipality_ID"),
            "last_updated": data.get("Updated"),
        },
    )


def _capacities(station: Mapping[str, Any]) -> Iterator[str]:
    """Yield what each connector says of its power."""
    attributes = station.get("attr")
    plugs = attributes.get("conn") if isinstance(attributes, Mapping) else None
    for plug in plugs.values() if isinstance(plugs, Mapping) else []:
        for each in plug.values() if isinstance(plug, Mapping) else []:
            if isinstance(each, Mapping) and each.get("attrname") == CAPACITY:
                yield str(each.get("trans", ""))


def _text(said: object) -> str | None:
    """Read a text; NOBIL writes some letters as in a web page."""
    return html.unescape(str(said)).strip() or None if said is not None else None


CONNECTOR = Connector("nobil", "NOBIL", fetch, 64)
