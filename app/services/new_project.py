"""Use-case: make a project folder from a person's own files."""

import json
import re
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import resources
from math import cos, hypot, radians
from pathlib import Path
from typing import Any

from app.core.errors import InputError
from app.core.schema import MAP_KINDS
from app.services.load_layer import Join, load_layer
from app.sources.area import Area
from app.sources.intake import Intake

PROJECT_FILE = "project.toml"
SLUG = re.compile(r"\A[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?\Z")
METRIC = re.compile(r"\AEPSG:\d{4,6}\Z")
PLACE = re.compile(r"\A([+-])(\d{2})(\d{2})(\d{2})?([+-])(\d{3})(\d{2})(\d{2})?\Z")


@dataclass(frozen=True, slots=True, eq=False)
class NewProject:
    """A project folder that was written, or what its files were refused for."""

    slug: str
    folder: Path
    crs: str
    timezone: str
    intakes: Mapping[str, Intake]

    @property
    def accepted(self) -> bool:
        """Whether every file became a layer; if not, nothing was written."""
        return all(intake.accepted for intake in self.intakes.values())


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person says of the project; what is None is found from the first map."""

    name: str | None = None
    crs: str | None = None
    timezone: str | None = None
    country: str | None = None


def new_project(
    slug: str,
    folder: Path,
    files: Mapping[str, Path],
    wishes: Wishes = Wishes(),
    join: Path | None = None,
) -> NewProject:
    """Take every file in, the districts first, and write the folder if all were accepted.

    The first map gives the study area, and the coordinate system and zone that nobody named.
    ``join`` is a second map, of stations or postcodes, for a grid file that holds no places.
    """
    _check(slug, folder, files, wishes)
    name = wishes.name or slug
    area = _first_area(name, wishes)
    intakes: dict[str, Intake] = {}
    for kind in [kind for kind in MAP_KINDS if kind in files]:
        second = Join(join, join.name) if join is not None and kind == "grid" else None
        found = load_layer(files[kind], kind, area, None, files[kind].name, second)
        intakes[kind] = found
        if found.layer is None:
            continue
        frame = found.layer.map
        if area is None and frame.geometry.isna().all():
            raise InputError(
                f"{files[kind].name}: none of its rows has a place of its own; give --districts by "
                "postcode as well, or --join with a map of its stations or postcodes"
            )
        area = area or Area(None, str(frame.crs), name, wishes.country or "", "UTC")
        area = area.knowing(found.layer)
    crs = area.crs if area else ""
    made = NewProject(slug, folder, crs, wishes.timezone or "", intakes)
    if not made.accepted:
        return made
    zone, country = _zone(next(iter(intakes.values())), wishes)
    made = replace(made, timezone=zone)
    _write(made, name, wishes.country or country)
    return made


def nearest_zone(lon: float, lat: float) -> tuple[str, str] | None:
    """Return time zone and country of the nearest principal city of the zone tables."""
    table = _zone_table()
    found = []
    for line in table.splitlines():
        cells = line.split("\t")
        place = PLACE.match(cells[1]) if not line.startswith("#") and len(cells) > 2 else None  # noqa: PLR2004
        if place is None:
            continue
        there_lat = _degrees(place[1], place[2], place[3])
        there_lon = _degrees(place[5], place[6], place[7])
        away = hypot((there_lon - lon) * cos(radians(lat)), there_lat - lat)
        found.append((away, cells[2].strip(), cells[0][:2]))
    return min(found)[1:] if found else None


def _check(slug: str, folder: Path, files: Mapping[str, Path], wishes: Wishes) -> None:
    faults = []
    if not SLUG.match(slug):
        faults.append(f"slug {slug!r}: use small letters, digits and hyphens, at most 40")
    if not files:
        faults.append("no map was given: name at least one, such as --districts")
    if (folder / PROJECT_FILE).exists():
        faults.append(f"{folder} holds a {PROJECT_FILE} already")
    if folder.exists() and not folder.is_dir():
        faults.append(f"{folder} is not a folder")
    if wishes.crs is not None and not METRIC.match(wishes.crs):
        faults.append(f"--crs {wishes.crs!r}: write it as EPSG:28992")
    if wishes.timezone is not None and wishes.timezone not in zoneinfo.available_timezones():
        faults.append(f"--timezone {wishes.timezone!r} is not known; write it as Europe/Amsterdam")
    if faults:
        raise InputError("\n".join(faults))


def _first_area(name: str, wishes: Wishes) -> Area | None:
    """Start from the system a person named; it has to count in metres."""
    if wishes.crs is None:
        return None
    from pyproj import CRS  # noqa: PLC0415  # a mistyped slug need not wait for it
    from pyproj.exceptions import CRSError  # noqa: PLC0415

    try:
        crs = CRS.from_authority("EPSG", int(wishes.crs.partition(":")[2]))
    except CRSError as error:
        raise InputError(f"--crs {wishes.crs} is not known") from error
    if not crs.is_projected or crs.axis_info[0].unit_name != "metre":
        raise InputError(f"--crs {wishes.crs} ({crs.name}) does not count in metres")
    return Area(None, wishes.crs, name, wishes.country or "", wishes.timezone or "UTC")


def _zone(first: Intake, wishes: Wishes) -> tuple[str, str]:
    """Find zone and country of the first map, where nobody named them."""
    layer = first.layer
    assert layer is not None  # noqa: S101  # only called when every file was accepted
    west, south, east, north = layer.map.to_crs("EPSG:4326").total_bounds
    found = nearest_zone((west + east) / 2, (south + north) / 2)
    if found is None and wishes.timezone is None:
        raise InputError("the time zone could not be found on this machine: say --timezone")
    zone, country = found or ("", "")
    return wishes.timezone or zone, country


def _zone_table() -> str:
    """Read the table of zones and places of this machine, or of the tzdata package."""
    for folder in zoneinfo.TZPATH:
        path = Path(folder) / "zone.tab"
        if path.is_file():
            return path.read_text("utf-8")
    try:
        return (resources.files("tzdata.zoneinfo") / "zone.tab").read_text("utf-8")
    except (ModuleNotFoundError, FileNotFoundError):
        return ""


def _degrees(sign: str, degrees: str, minutes: str) -> float:
    value = int(degrees) + int(minutes) / 60
    return -value if sign == "-" else value


def _write(made: NewProject, name: str, country: str) -> None:
    """Write the layers as GeoParquet under our own names, and the project file last."""
    made.folder.mkdir(parents=True, exist_ok=True)
    facts = {"name": name, "slug": made.slug, "country": country, "crs": made.crs}
    lines = [*toml_table(facts | {"timezone": made.timezone})]
    for kind, intake in made.intakes.items():
        layer = intake.layer
        if layer is None:
            continue
        file = f"{kind}.parquet"
        layer.map.to_parquet(made.folder / file, index=False)
        said = {"file": file, "origin": layer.origin}
        lines += ["", f"[layers.{kind}]"]
        lines += toml_table(said | {"licence": layer.licence, "as_of": layer.as_of})
    (made.folder / PROJECT_FILE).write_text("\n".join(lines) + "\n", "utf-8")


def toml_table(facts: Mapping[str, Any]) -> list[str]:
    """Write keys and texts as TOML; its basic strings are those of JSON."""
    return [f"{key} = {json.dumps(text, ensure_ascii=False)}" for key, text in facts.items()]
