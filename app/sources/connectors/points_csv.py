"""Registers with one row per charge point: read row by row, one row per station comes out."""

import csv
import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from app.sources.connectors.base import Connector, Fetched, Request
from app.sources.connectors.rows import inside
from app.sources.connectors.tables import write_rows
from app.sources.location import TWO
from app.sources.web_parts import SourceError

LONGEST_CELL = 100_000
LARGEST = "largest"


def fetch(request: Request) -> Fetched:
    """Keep what lies in the box; count points per station, and take the largest of numbers.

    The preset says ``station`` (its code), ``place`` (a column "[lon,lat]") and ``largest``
    (columns of which the largest counts); of the others the first one does.
    """
    reply = request.get(request.filled(request.endpoint), "text/csv, */*")
    code, place = str(request.wanted("station")), str(request.wanted("place"))
    largest = {str(each) for each in request.wanted(LARGEST, [])}
    stations: dict[str, dict[str, Any]] = {}
    lost = 0
    most = request.client.bounds.features
    for row in _rows(request, reply.body, {code, place}):
        at = TWO.findall(row[place])
        if len(at) != 2 or not row[code]:  # noqa: PLR2004  # a pair
            lost += 1
            continue
        lon, lat = map(float, at)
        if not inside(request.box, lon, lat):
            continue
        kept = stations.setdefault(row[code], {**row, "points": 0, "lon": lon, "lat": lat})
        kept["points"] += 1
        kept |= {name: max(kept[name], row[name], key=_size) for name in largest if name in row}
        if len(stations) > most:
            raise SourceError(f"more than {most:,} stations; ask for less")
    if not stations:
        raise SourceError(f"{request.preset.title}: no station lies in the box of the place")
    body = request.folder / "rows.csv"
    drop = {place}
    write_rows([{k: v for k, v in row.items() if k not in drop} for row in stations.values()], body)
    request.report(len(stations), None)
    said = f"{lost:,} points have no station or no place, and were left out."
    name = f"{request.preset.id}.csv"
    return Fetched(body, name, rows=len(stations), warnings=(said,) if lost else ())


def _rows(request: Request, path: Path, wanted: set[str]) -> Iterator[Mapping[str, str]]:
    csv.field_size_limit(LONGEST_CELL)
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        mark = str(request.wanted("delimiter", ","))
        sheet = csv.reader(file, delimiter=mark)
        try:
            headers = next(sheet, [])
            missing = sorted(wanted - set(headers))
            if missing:
                raise SourceError(f"{request.preset.title}: it has no column {', '.join(missing)}")
            for row in sheet:
                yield dict(itertools.zip_longest(headers, row[: len(headers)], fillvalue=""))
        except csv.Error as error:
            raise SourceError(f"{request.preset.title}: the table cannot be read") from error


def _size(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return float("-inf")


CONNECTOR = Connector("points_csv", "A table of charge points", fetch, 85)
