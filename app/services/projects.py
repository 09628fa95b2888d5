"""Use-case: open a city, one that comes with the program or a folder with a project file."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import geopandas as gpd
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from app.core.errors import InputError
from app.core.layer import MILLIMETRE, Layer
from app.core.project import Project
from app.core.schema import KINDS, MAP_KINDS
from app.paths import DATA

CITIES = DATA / "cities"
PROJECT_FILE = "project.toml"
WANTED = ("name", "crs", "timezone")
WGS84 = "EPSG:4326"


@cache
def bundled() -> tuple[str, ...]:
    """List the cities that come with the program, by slug, the default first."""
    found = sorted(path.parent.name for path in CITIES.glob("*/city.toml"))
    return tuple(sorted(found, key=lambda slug: int(about(slug).get("order", len(found)))))


def about(slug: str) -> Mapping[str, Any]:
    """Read what a bundled city says of itself: headline, cases, seed and the like."""
    return tomllib.loads((CITIES / slug / "city.toml").read_text("utf-8"))


def load_project(name_or_folder: str | Path) -> Project:
    """Open a bundled city by its slug, or a folder that holds a ``project.toml`` and layers.

    Raises InputError in one sentence when there is neither.
    """
    slugs = bundled()
    if str(name_or_folder) in slugs:
        return _bundled(str(name_or_folder))
    folder = Path(name_or_folder)
    if not folder.is_dir():
        near = get_close_matches(str(name_or_folder), slugs, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"choose from {', '.join(slugs)}"
        raise InputError(f"{name_or_folder}: no bundled city and no folder of this name; {hint}")
    return _folder(folder)


def outline(project: Project) -> shapely.Geometry:
    """Join the districts to the city's outline, in the project's metric coordinates."""
    if "districts" not in project.layers:
        raise InputError(f"{project.name} has no map of districts yet: load one")
    return shapely.union_all(project.layers["districts"].map.geometry.to_numpy())


def _bundled(slug: str) -> Project:
    facts = about(slug)
    layers = {}
    for kind in MAP_KINDS:
        path = CITIES / slug / f"{kind}.geojson"
        if path.exists():
            said = {**facts, **facts.get("layers", {}).get(kind, {})}
            layers[kind] = Layer(
                _read(path, kind, facts["crs"]),
                kind,
                origin=said["origin"],
                licence=said["licence"],
                as_of=said["as_of"],
                source_crs=WGS84,
            )
    return _project(slug, facts, layers)


def _project(slug: str, facts: Mapping[str, Any], layers: Mapping[str, Layer]) -> Project:
    return Project(
        slug=slug,
        name=str(facts["name"]),
        country=str(facts.get("country", "")),
        crs=str(facts["crs"]),
        timezone=str(facts["timezone"]),
        layers=layers,
        schematic=bool(facts.get("schematic", False)),
        illustrative=bool(facts.get("illustrative", False)),
    )


def _read(path: Path, kind: str, crs: str) -> gpd.GeoDataFrame:
    """Read one of our own files: trusted, so without the quarantine, but to the same layer."""
    text = path.read_text("utf-8")
    table = pd.DataFrame([row["properties"] for row in json.loads(text)["features"]])
    numbers = table.select_dtypes("number").columns
    blank = [c.name for c in KINDS[kind].columns if c.type == "number" and c.name in table]
    table = table.astype(dict.fromkeys([*numbers, *blank], float))
    if kind == "grid":
        table["headroom_kw"] = (table["capacity_kw"] - table["peak_load_kw"]).round(6)
    shapes = shapely.get_parts(shapely.from_geojson(text))
    frame = gpd.GeoDataFrame(table, geometry=shapes, crs=WGS84).to_crs(crs)
    exact = shapely.transform(frame.geometry.to_numpy(), lambda xy: xy.round(MILLIMETRE))
    return frame.set_geometry(gpd.GeoSeries(exact, crs=crs))


def _folder(folder: Path) -> Project:
    from app.services.load_layer import load_folder_layers  # noqa: PLC0415  # slugs never need it

    facts = _project_file(folder)
    project = _project(_slug(folder, facts), facts, {})
    layers = load_folder_layers(
        folder,
        facts,
        name=project.name,
        crs=project.crs,
        country=project.country,
        timezone=project.timezone,
    )
    return replace(project, layers=layers)


def _slug(folder: Path, facts: Mapping[str, Any]) -> str:
    """Take the name the project gives itself in links and files, else the folder's."""
    said = facts.get("slug", folder.resolve().name)
    if not isinstance(said, str) or not said.strip():
        raise InputError(f"{folder / PROJECT_FILE}: slug must be text, such as my-town")
    return said


def _project_file(folder: Path) -> Mapping[str, Any]:
    """Read and check ``project.toml``."""
    path = folder / PROJECT_FILE
    if not path.is_file():
        raise InputError(f"{folder}: no {PROJECT_FILE} in this folder; `kerbwatt new` makes one")
    try:
        facts = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not a readable project file ({error})") from error
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    missing = [key for key in WANTED if not isinstance(facts.get(key), str)]
    if missing:
        raise InputError(f"{path}: {', '.join(missing)} must be given as text")
    layers = facts.get("layers", {})
    if not isinstance(layers, dict):
        raise InputError(f"{path}: layers must be tables, such as [layers.districts]")
    strange = sorted(set(layers) - set(KINDS))
    if strange:
        raise InputError(
            f"{path}: no layer is called {', '.join(strange)}; choose from {', '.join(KINDS)}"
        )
    _check_crs(path, facts["crs"])
    if facts["timezone"] not in available_timezones():
        raise InputError(
            f"{path}: no time zone {facts['timezone']!r}; write it as Europe/Amsterdam"
        )
    return facts


def _check_crs(path: Path, name: str) -> None:
    try:
        crs = CRS.from_user_input(name)
    except CRSError as error:
        raise InputError(
            f"{path}: no coordinate system {name!r}; write it as EPSG:28992"
        ) from error
    if not crs.is_projected or crs.axis_info[0].unit_name != "metre":
        raise InputError(f"{path}: {name} is not a metric coordinate system; EPSG:28992 is one")
