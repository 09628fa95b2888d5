"""Districts, chargers and parking of a bundled city, from its table of figures."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import floor
from pathlib import Path
from random import Random
from typing import Any

import shapely
from city_geometry import (
    Point,
    cells,
    core,
    feature,
    scatter,
    stream,
    streets,
    to_degrees,
    to_metres,
)

from app.services.parameters import load_parameters

HECTARE_M2 = 10_000
WHOLE = ("households", "dwellings", "population", "cars", "cars_bev", "cars_phev")
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class District:
    """One district: its figures as published, its cell and its built-up part, in metres."""

    code: str
    name: str
    figures: Row
    centre: Point
    cell: shapely.Polygon
    core: shapely.Polygon

    def number(self, column: str) -> float:
        """Return a figure; one that is blank counts 0 where things are only drawn from it."""
        return float(self.figures[column] or 0)


@dataclass(frozen=True, slots=True)
class City:
    """What the generator works with: the settings of ``city.toml`` and the districts."""

    about: Mapping[str, Any]
    districts: tuple[District, ...]

    @property
    def build(self) -> Mapping[str, Any]:
        """The settings of the generator."""
        return self.about["build"]

    def seed(self, *parts: object) -> str:
        """Name a stream of random numbers."""
        return "/".join(str(part) for part in (self.about["seed"], *parts))


def read_city(folder: Path, about: Mapping[str, Any]) -> City:
    """Read the figures and draw the districts' cells."""
    build = about["build"]
    with (folder / "figures.csv").open(encoding="utf-8", newline="") as file:
        figures = list(csv.DictReader(file))
    centres = to_metres((float(row["lon"]), float(row["lat"])) for row in figures)
    outline = shapely.Polygon(to_metres(build["outline"]))
    drawn = zip(figures, centres, cells(centres, outline), strict=True)
    return City(about, tuple(_district(row, build, at, cell) for row, at, cell in drawn))


def _district(row: Row, build: Mapping[str, Any], at: Point, cell: shapely.Polygon) -> District:
    code = row[build["columns"]["district_id"]]
    need = max(
        build["core_smallest_ha"],
        float(row["households"] or 0) / build["core_households_per_ha"],
        float(row[build["columns"]["chargers"]] or 0) * build["core_ha_per_charger"],
    )
    built = core(cell, at, need * HECTARE_M2)
    return District(code, build["name"].format(**row), row, at, cell, built)


def districts(city: City) -> Iterator[str]:
    """Write the districts: canonical columns first, then what the publisher also says."""
    columns = city.build["columns"]
    for each in city.districts:
        said = {name: _plain(each.figures[columns[name]]) for name in WHOLE if name in columns}
        homes, flats = said["dwellings"], _plain(each.figures[columns["dwellings_multifamily"]])
        income = _plain(each.figures[columns["income_keur"]])
        model = {
            "multifamily_share": None if flats is None or not homes else round(flats / homes, 4),
            "income_eur": None if income is None else round(income * 1000),
            "electricity_kwh": _plain(each.figures[columns["electricity_kwh"]]),
        }
        extra = {name: _plain(each.figures[name]) for name in city.build["extra"]}
        complete = None not in {**said, **model}.values()
        status = city.build["status"] if complete else city.build["status_incomplete"]
        head = {"district_id": each.code, "name": each.name}
        yield feature(head | said | model | extra | {"status": status}, to_degrees(each.cell))


def _plain(text: str) -> float | int | str | None:
    """Read a figure as the table writes it; a blank stays unknown."""
    if not text:
        return None
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text


def chargers(city: City) -> Iterator[str]:
    """Write as many charge locations as the register counts per district, evenly spread."""
    build = city.build["chargers"]
    for each in city.districts:
        count = round(each.number(city.build["columns"]["chargers"]))
        for i, at in enumerate(scatter(each.core, count, city.seed("chargers", each.code))):
            row = {
                "charger_id": f"demo-{each.code}-{i + 1:03d}",
                "points": build["points"],
                "power_kw": build["power_kw"],
                "current_type": "AC",
                "status": "estimated",
            }
            yield feature(row, to_degrees(shapely.Point(at)))


def parking(city: City) -> Iterator[str]:
    """Write the garages somebody published, and stretches of kerb we estimate."""
    for garage in city.build["garages"]:
        row = {
            "parking_id": garage["id"],
            "kind": "garage",
            "spaces": garage["spaces"],
            "ev_spaces": garage["points"],
            "name": garage["name"],
            "status": city.build["status"],
        }
        yield feature(row, shapely.Point(garage["lon"], garage["lat"]))
    for each in city.districts:
        yield from _kerbs(city, each)


def _kerbs(city: City, each: District) -> Iterator[str]:
    build = city.build["parking"]
    stretches = _stretches(kerb_spaces(city, each), stream(city.seed("kerb", each.code)), build)
    lengths = [spaces * build[layout]["space_m"] for spaces, layout in stretches]
    lines = streets(each.core, each.centre, lengths, city.seed("streets", each.code))
    for i, ((spaces, layout), line) in enumerate(zip(stretches, lines, strict=True)):
        row = {
            "parking_id": f"kerb-{each.code}-{i + 1:03d}",
            "kind": "on_street",
            "spaces": spaces,
            "layout": layout,
            "status": "estimated",
        }
        yield feature(row, to_degrees(line))


def kerb_spaces(city: City, each: District) -> int:
    """Count the on-street places: a little more than the cars that have no place of their own."""
    build, columns = city.build["parking"], city.build["columns"]
    homes = each.number(columns["dwellings"])
    flats = each.number(columns["dwellings_multifamily"])
    single, multi = (load_parameters()[f"own_parking_{kind}"].value for kind in ("single", "multi"))
    own = (homes - flats) * single + flats * multi
    return max(0, round(each.number(columns["cars"]) * build["spaces_per_car"] - own))


def _stretches(total: int, random: Random, build: Mapping[str, Any]) -> list[tuple[int, str]]:
    """Divide places into stretches within the usual lengths; a handful makes one short stretch."""
    found: list[tuple[int, str]] = []
    left = total
    while left > 0:
        layout = "parallel" if random.random() < build["parallel_share"] else "perpendicular"
        low, high = build[layout]["spaces"]
        spaces = low + floor(random.random() * (high - low + 1))
        if left - spaces < low:  # the rest would make too short a stretch
            spaces = left if left <= high else left // 2
        found.append((spaces, layout))
        left -= spaces
    return found
