"""Use-case: keep what was fetched in a project folder, beside what it holds already."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from app.core.errors import InputError
from app.core.layer import Layer
from app.services.fetch import Haul, Where, fetch, find
from app.services.new_project import PROJECT_FILE, nearest_zone, toml_table
from app.services.projects import load_project
from app.sources.area import Area

SECTION = re.compile(r"^\[")


def fetch_into(name: str, folder: Path, endpoint: str | None = None) -> Haul:
    """Fetch a place or a source into a folder, making a project of it where it is none yet.

    Layers that came are kept even where another source is down; what was there stays.
    """
    place, sources = find(name)
    known = (folder / PROJECT_FILE).is_file()
    if known:
        project = load_project(folder)
        facts = tomllib.loads((folder / PROJECT_FILE).read_text("utf-8"))
        where = Where.of_project(project, _names(facts, folder))
        if place is not None:
            where = Where(where.title, place.box, {**place.names, **where.names}, where.area)
    elif place is not None:
        where = Where.of_place(place)
    else:
        where = Where(name, None, {}, None)
    haul = fetch(sources, where, endpoint=endpoint)
    if haul.layers:
        folder.mkdir(parents=True, exist_ok=True)
        if not known:
            _begin(folder, place.id if place else name, where, haul.layers)
        for kind, layer in haul.layers.items():
            _keep(folder, kind, layer)
    return haul


def _names(facts: Mapping[str, object], folder: Path) -> dict[str, str]:
    names = facts.get("names", {})
    if not isinstance(names, dict) or not all(isinstance(each, str) for each in names.values()):
        raise InputError(f"{folder / PROJECT_FILE}: [names] must hold texts")
    return dict(names)


def _begin(folder: Path, slug: str, where: Where, layers: Mapping[str, Layer]) -> None:
    """Write the project file of a new folder."""
    area = where.area
    if area is None:
        frame = next(iter(layers.values())).map
        west, south, east, north = frame.to_crs(4326).total_bounds
        zone, country = nearest_zone((west + east) / 2, (south + north) / 2) or ("UTC", "")
        area = Area(None, str(frame.crs), where.title, country, zone)
    facts = {"name": area.name, "slug": slug, "country": area.country, "crs": area.crs}
    lines = toml_table({**facts, "timezone": area.timezone})
    if where.names:
        lines += ["", "[names]", *toml_table(where.names)]
    (folder / PROJECT_FILE).write_text("\n".join(lines) + "\n", "utf-8")


def _keep(folder: Path, kind: str, layer: Layer) -> None:
    """Write one layer, then name it in the project file; other lines stay as they are."""
    file = f"{kind}.parquet"
    layer.map.to_parquet(folder / file, index=False)
    said = {"file": file, "origin": layer.origin, "licence": layer.licence, "as_of": layer.as_of}
    path = folder / PROJECT_FILE
    lines = _without(path.read_text("utf-8").splitlines(), f"layers.{kind}")
    lines += ["", f"[layers.{kind}]", *toml_table(said)]
    path.write_text("\n".join(lines) + "\n", "utf-8")


def _without(lines: list[str], section: str) -> list[str]:
    """Drop a section of a TOML file and what is below it."""
    kept, skipping = [], False
    for line in lines:
        if SECTION.match(line):
            name = line.strip("[] \t")
            skipping = name == section or name.startswith(f"{section}.")
        if not skipping:
            kept.append(line)
    while kept and not kept[-1].strip():
        kept.pop()
    return kept
