"""Open Charge Map: charge points gathered by volunteers, each with a licence of its own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.sources.connectors.base import Box, Connector, Fetched, Request, below, host
from app.sources.connectors.rows import Rows, point
from app.sources.web_parts import SourceError

MOST, DEEPEST = 5000, 4
LISTS = ("ConnectionTypes", "CurrentTypes", "Operators", "StatusTypes", "DataProviders")


@dataclass(slots=True)
class _Run:
    """One fetch: what numbers stand for, and what has come."""

    request: Request
    secret: Mapping[str, str]
    words: Mapping[str, Mapping[int, str]]
    rows: Rows
    unknown: set[str] = field(default_factory=set)

    def word(self, name: str, number: object) -> str | None:
        """Say what a number stands for; one nobody explains is kept, and noted."""
        if not isinstance(number, int):
            return None
        if number not in self.words[name]:
            self.unknown.add(f"{name} {number}")
        return self.words[name].get(number, str(number))


def fetch(request: Request) -> Fetched:
    """Ask box by box, as answers end at a number of rows; name what comes as numbers only."""
    secret = {"x-api-key": request.secret()} if request.secret() else {}
    words = _words(request.get(below(request, "/referencedata"), secret=secret).json())
    run = _Run(request, secret, words, Rows(request))
    _ask(run, request.box, 0)
    if run.unknown:
        names = ", ".join(sorted(run.unknown)[:10])
        run.rows.warnings.append(f"Numbers nobody explains were kept as they are: {names}.")
    return run.rows.on_map()


def _ask(run: _Run, box: Box | None, depth: int) -> None:
    """Ask for a box, and for its quarters where it holds more than one answer may."""
    request = run.request
    asked = {"output": "json", "compact": "true", "verbose": "false", "maxresults": str(MOST)}
    if box is not None:
        west, south, east, north = (f"{each:.6f}" for each in box)
        asked["boundingbox"] = f"({north},{west}),({south},{east})"
    found = request.get(below(request, "/poi", asked), secret=run.secret).json()
    if not isinstance(found, list):
        raise SourceError(f"{host(request)} answered with something else than charge points")
    if len(found) < MOST:
        made = [each for poi in found for each in _features(poi, run)]
        run.rows.take(made, lambda each: each["properties"]["charger_id"])
        return
    if box is None or depth == DEEPEST:
        raise SourceError(f"{host(request)} gives {MOST:,} rows at most; ask for a smaller place")
    for part in _quarters(box):
        _ask(run, part, depth + 1)


def _quarters(box: Box) -> Iterator[Box]:
    west, south, east, north = box
    lon, lat = (west + east) / 2, (south + north) / 2
    yield from ((west, south, lon, lat), (lon, south, east, lat))
    yield from ((west, lat, lon, north), (lon, lat, east, north))


def _words(document: Any) -> dict[str, dict[int, str]]:  # noqa: ANN401
    """Read what numbers stand for; a provider stands for its licence."""
    found: dict[str, dict[int, str]] = {}
    for name in LISTS:
        each = document.get(name) if isinstance(document, Mapping) else None
        column = "License" if name == "DataProviders" else "Title"
        found[name] = {
            row["ID"]: str(row.get(column) or row.get("Title"))
            for row in (each if isinstance(each, list) else [])
            if isinstance(row, Mapping) and isinstance(row.get("ID"), int)
        }
    return found


def _features(poi: Any, run: _Run) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    """Make a feature of a place; one that says not where it is, is none."""
    at = poi.get("AddressInfo") if isinstance(poi, Mapping) else None
    if not isinstance(at, Mapping):
        return
    try:
        lon, lat = float(at["Longitude"]), float(at["Latitude"])
    except (KeyError, TypeError, ValueError):
        return
    yield point(lon, lat, {"name": at.get("Title"), **_cells(poi, run)})


def _cells(poi: Mapping[str, Any], run: _Run) -> dict[str, Any]:
    plugs = [each for each in poi.get("Connections") or [] if isinstance(each, Mapping)]
    powers = [each["PowerKW"] for each in plugs if isinstance(each.get("PowerKW"), int | float)]
    kinds = {run.word("CurrentTypes", each.get("CurrentTypeID")) for each in plugs} - {None}
    points = poi.get("NumberOfPoints")
    if not isinstance(points, int):
        points = sum(each["Quantity"] for each in plugs if isinstance(each.get("Quantity"), int))
    return {
        "charger_id": str(poi.get("ID")),
        "points": points or None,
        "power_kw": max(powers, default=None),
        "current_type": "/".join(sorted({str(each)[:2] for each in kinds})) or None,
        "operator": run.word("Operators", poi.get("OperatorID")),
        "state": run.word("StatusTypes", poi.get("StatusTypeID")),
        "licence": run.word("DataProviders", poi.get("DataProviderID")),
        "status": "estimated",
    }


CONNECTOR = Connector("openchargemap", "Open Charge Map", fetch, 60)
