"""Use-case: keep what was fetched in a project folder, beside what it holds already."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from app.core.errors import InputError
from app.core.layer import Layer
from app.core.schema import MAP_KINDS
from app.services.fetch import ASIDE, Haul, Outcome, fetch
from app.services.fetch_place import Where, Wish
from app.services.fetch_sources import record
from app.services.jobs import Report
from app.services.new_project import PROJECT_FILE, nearest_zone, toml_table
from app.services.projects import load_project
from app.sources.area import Area

SECTION = re.compile(r"^\[")


def fetch_into(
    wish: Wish, folder: Path, report: Report | None = None
) -> tuple[Haul, dict[str, str | None]]:
    """Fetch a place or a source into a folder, making a project of it where it is none yet.

    Layers that came are kept even where another source is down; what was there stays. Returns
    the haul, and for each kind that did not come the date of the copy that is still there.
    """
    known = (folder / PROJECT_FILE).is_file()
    where, before = _where(wish, folder, known=known)
    haul = fetch(wish.sources, where, endpoints=wish.endpoints, report=report)
    if haul.layers:
        folder.mkdir(parents=True, exist_ok=True)
        if not known:
            slug = wish.place.id if wish.place else wish.sources[0].id
            _begin(folder, slug, where, haul.layers)
        for kind, layer in haul.layers.items():
            _keep(folder, kind, layer)
        record(folder, where.title, haul)
    said = "not wanted this time: --endpoint names another service"
    aside = tuple(Outcome(preset, ASIDE, said) for preset in wish.aside)
    return replace(haul, outcomes=(*haul.outcomes, *aside)), haul.left(before)


def _where(wish: Wish, folder: Path, *, known: bool) -> tuple[Where, dict[str, str]]:
    """Find out where to fetch for, and from when the layers are that there are."""
    place = wish.place
    if not known:
        title = wish.sources[0].title
        return Where.of_place(place) if place else Where(title, None, {}, None), {}
    project = load_project(folder)
    where = Where.of_project(project, _names(folder))
    if place is not None:
        where = replace(where, box=place.box, names={**place.names, **where.names})
    return where, {kind: layer.as_of for kind, layer in project.layers.items()}


def _names(folder: Path) -> dict[str, str]:
    facts = tomllib.loads((folder / PROJECT_FILE).read_text("utf-8"))
    names = facts.get("names", {})
    if not isinstance(names, dict) or not all(isinstance(each, str) for each in names.values()):
        raise InputError(f"{folder / PROJECT_FILE}: [names] must hold texts")
    return dict(names)


def _begin(folder: Path, slug: str, where: Where, layers: Mapping[str, Layer]) -> None:
    """Write the project file of a new folder."""
    area = where.area
    maps = [layer for kind, layer in layers.items() if kind in MAP_KINDS]
    if area is None and not maps:
        raise InputError(f"{folder} is no project yet: fetch a map of it first, or name --place")
    if area is None:
        frame = maps[0].map
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
    file = f"{kind}.parquet" if kind in MAP_KINDS else f"{kind}.csv"
    beside = folder / f".{file}.part"  # half a map must not stand where a whole one was
    if kind in MAP_KINDS:
        layer.map.to_parquet(beside, index=False)
    else:
        layer.frame.drop(columns="status", errors="ignore").to_csv(beside, index=False)
    beside.replace(folder / file)
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
