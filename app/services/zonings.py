"""Use-case: a project's demand by other areas: squares, a column of its districts, an own map."""

import hashlib
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from app.core.belonging import Flags, Shapes, polygons
from app.core.demand import areal, cells, zoned
from app.core.demand.areal import REPORTED, Ground, Transfer
from app.core.demand.result import QUANTITIES, STATISTICS, Demand
from app.core.errors import InputError
from app.core.layer import Layer
from app.core.project import Project
from app.core.scenario import Scenario
from app.exports import Result
from app.services import estimate
from app.services.load_layer import load_layer

CELLS, OWN = "cells", "own"
HOME_KINDS = ("address", "addresses", "dwelling", "dwellings", "home", "homes")
LAND_KINDS = ("residential", "residential land")
NOT_SAID = "not said"
SPLIT = {"homes": "dwellings", "land": "residential land", "area": "area"}


@dataclass(frozen=True, slots=True, eq=False)
class Zoning:
    """A division of a project, and how its districts are shared out over it.

    Attributes
    ----------
    key, title
        ``cells``, ``own`` or the name of a column; what a person calls one of its areas.
    layer
        The areas as a layer of kind ``districts``.
    unknown : (area,)
        The part of each area on which there is no district; None where there is one everywhere.
    split_by
        What districts were split by, in words; empty where every district is whole.
    """

    key: str
    title: str
    layer: Layer
    transfer: Transfer
    unknown: gpd.GeoSeries
    split_by: tuple[str, ...]

    @property
    def partly(self) -> Flags:
        """Whether something, but not everything, is known of an area ``(area,)``."""
        found: Flags = self.unknown.notna().to_numpy() & self.transfer.known
        return found

    @property
    def drawn(self) -> gpd.GeoSeries:
        """The areas as far as something is known of them; whole where nothing is."""
        whole = self.layer.map.geometry
        shapes, cut = whole.to_numpy(copy=True), self.partly
        shapes[cut] = shapely.difference(shapes[cut], self.unknown.to_numpy()[cut])
        return gpd.GeoSeries(shapes, crs=whole.crs)

    @property
    def digest(self) -> str:
        """Name the division, its ground and its shares by content: a cache key."""
        shares = hashlib.sha256(self.transfer.weights.data.tobytes()).hexdigest()
        return f"{self.key}|{self.layer.digest}|{shares}"

    @property
    def notices(self) -> tuple[str, ...]:
        """Say where the maps overlap or leave holes."""
        found = self.transfer
        said = {
            "of the districts' area is in several and counted with each": found.overlap,
            "of the districts' area is enclosed and in none": found.gap,
            "of the areas' ground is in several: the lower code has it": found.contested,
        }
        return tuple(f"{share:.1%} {words}." for words, share in said.items() if share > REPORTED)


def columns(project: Project) -> list[str]:
    """List the columns that group districts: text, said for most, the same for several."""
    layer = project.layers.get("districts")
    if layer is None:
        return []
    frame = pd.DataFrame(layer.frame.drop(columns=layer.map.geometry.name))
    texts = frame.drop(columns=["district_id", "name", "status"], errors="ignore")
    texts = texts.select_dtypes(["object", "string"])
    return [str(name) for name in texts if _groups(texts[name])]


def zoning(project: Project, key: str, own: Layer | None = None) -> Zoning:
    """Divide a project by ``cells``, by a column of its districts, or by an ``own`` map."""
    layer = project.layers.get("districts")
    if layer is None:
        raise InputError(
            f"{project.name} has no districts layer: load a map of districts to see demand"
        )
    if own is not None:
        return _cut(project, layer, _sorted(own), (OWN, "area of your map"))
    if key == CELLS:
        return _cut(project, layer, _squares(layer), (CELLS, "square"))
    if key not in columns(project):
        raise InputError(f"{key!r} groups no districts; choose from {', '.join(choices(project))}")
    return _dissolved(layer, key)


def choices(project: Project) -> list[str]:
    """List what the districts of a project can be shown by, without a file."""
    return [*columns(project), CELLS]


def named(project: Project, said: str) -> Zoning:
    """Find a zoning by what a person types: ``cells``, a column, or a file of areas."""
    if said in choices(project):
        return zoning(project, said)
    path = Path(said)
    if not path.is_file():
        known = ", ".join(choices(project))
        raise InputError(f"--by {said}: no such column or file; choose {known} or a map of areas")
    found = load_layer(path, "districts", project, name=path.name)
    if found.layer is None:
        faults = [f"{path.name}: {p.message} {p.hint}".strip() for p in found.of("error")]
        raise InputError("\n".join(faults))
    return zoning(project, OWN, found.layer)


def demand(project: Project, scenario: Scenario, answer: Demand, by: Zoning) -> Demand:
    """Tell the demand of ``answer`` by the areas of a zoning; NaN where nothing is known."""
    cloud = estimate.cloud(project, scenario, answer.draws)
    found = zoned.by_zone(answer, cloud, by.transfer, by.layer.frame)
    return replace(found, notices=(*answer.notices, *by.notices))


def outside(answer: Demand, told: Demand) -> int:
    """Count the planned points that lie in no area."""
    return answer.points_plan - int(told.districts["points_plan"].sum())


def cautions(answer: Demand, told: Demand, by: Zoning) -> list[str]:
    """Say how the areas were made of districts, and what lies in none of them."""
    left = outside(answer, told)
    inside = f"{answer.points_plan - left:,} planned points in {len(told.districts):,} areas"
    found = [f"{inside} and {left:,} outside all of them." if left else f"{inside}: none is lost."]
    if by.split_by:
        found.append(f"Estimated: districts are split by {' and '.join(by.split_by)}.")
    if unknown := int((told.districts["status"] == "unknown").sum()):
        found.append(f"{unknown} of the areas hold no district: unknown, not zero.")
    return found


def document(answer: Demand, told: Demand, by: Zoning) -> dict[str, Any]:
    """Return the zones as plain data, to stand beside the districts."""
    return {
        "zoning": {
            "by": by.key,
            "split_by": list(by.split_by),
            "points_plan_outside": outside(answer, told),
            "notices": [*cautions(answer, told, by), *by.notices],
        },
        "zones": [_zone(row) for row in told.districts.to_dict("records")],
    }


def result(project: Project, scenario: Scenario, told: Demand, by: Zoning) -> Result:
    """Return the zones as a file to be: what the districts' file says, by zone."""
    whole = estimate.result(project, scenario, told)
    zones = estimate.table(told, by.layer).rename(columns={"district_id": "zone_id"})
    tables = {"zones": zones} | {k: v for k, v in whole.tables.items() if k != "districts"}
    said = f"Districts split by {' and '.join(by.split_by)}. " if by.split_by else ""
    meta = {
        **whole.meta,
        "zones": by.title,
        "sources": "; ".join(dict.fromkeys([whole.meta["sources"], by.layer.origin])),
        "note": f"{said}A blank is unknown. {whole.meta['note']}",
    }
    return Result(whole.name, f"{whole.title} by {by.title}", tables, meta)


def _groups(values: pd.Series) -> bool:
    """Whether a column puts some districts together, and not all of them."""
    said = values.dropna()
    said = said[said.map(lambda each: isinstance(each, str) and each.strip() != "")]
    return len(said) > len(values) / 2 and 1 < said.nunique() < len(values)


def _cut(project: Project, districts: Layer, layer: Layer, name: tuple[str, str]) -> Zoning:
    source, target = (each.map.geometry.to_numpy() for each in (districts, layer))
    found = areal.transfer(source, target, _ground(project))
    bases = sorted(set(found.basis.tolist()) - {areal.WHOLE})
    words = tuple(SPLIT[areal.BASES[each]] for each in bases)
    beyond = gpd.GeoSeries(_unknown(source, target, found), crs=layer.map.crs)
    return Zoning(*name, layer, found, beyond, words)


def _dissolved(layer: Layer, column: str) -> Zoning:
    said = layer.frame[column].map(lambda each: each.strip() if isinstance(each, str) else "")
    group, names = pd.factorize(said.where(said != "", NOT_SAID), sort=True)
    shapes = layer.map.geometry.to_numpy()
    joined = [shapely.union_all(shapes[group == each]) for each in range(len(names))]
    frame = {"district_id": list(names), "name": list(names)}
    zones = _layer(frame, np.array(joined, dtype=object), layer)
    nothing = gpd.GeoSeries(np.full(len(names), None, dtype=object), crs=layer.map.crs)
    return Zoning(column, column, zones, areal.dissolve(group, len(names)), nothing, ())


def _squares(layer: Layer) -> Layer:
    found = cells.cover(layer.map.geometry.to_numpy())
    return _layer({"district_id": found.ids, "name": found.ids}, found.shapes, layer)


def _layer(columns: Mapping[str, Any], shapes: Shapes, like: Layer) -> Layer:
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=like.map.crs)
    return Layer(frame, "districts", like.origin, like.licence, like.as_of, like.source_crs)


def _sorted(own: Layer) -> Layer:
    """Put areas in the order of their names: ground that two claim goes to the lower one."""
    frame = own.map.sort_values("district_id", ignore_index=True)
    kept = frame[["district_id", "name", frame.geometry.name]]
    return Layer(kept, own.kind, own.origin, own.licence, own.as_of, own.source_crs)


def _ground(project: Project) -> Ground:
    """Find what the maps say of where people live.

    Places of kind ``dwelling`` or ``address`` and of kind ``residential``; without them the
    transformers that tell how many homes they supply, unless they are an illustration.
    """
    points, count = np.array([], dtype=object), np.zeros(0)
    land = points
    if "places" in project.layers:
        frame = project.layers["places"].map
        shapes, kind = frame.geometry.to_numpy(), frame["kind"].astype(str).str.strip().str.lower()
        flat = polygons(shapes)
        home = kind.isin(HOME_KINDS).to_numpy() & ~flat
        points, count = shapes[home], _homes(frame, default=1.0)[home]
        land = shapes[kind.isin(LAND_KINDS).to_numpy() & flat]
    if not len(points) and "grid" in project.layers and not project.illustrative:
        frame = project.layers["grid"].map
        shapes, homes = frame.geometry.to_numpy(), _homes(frame, default=0.0)
        fine = (frame["level"] == "transformer").to_numpy() if "level" in frame else homes < 0
        told = fine & (homes > 0) & (shapely.get_dimensions(shapes) == 0)
        points, count = shapes[told], homes[told]
    return Ground(points, count, land)


def _homes(frame: gpd.GeoDataFrame, *, default: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    if "dwellings" not in frame:
        return np.full(len(frame), default)
    found = pd.to_numeric(frame["dwellings"], errors="coerce").to_numpy(float, na_value=np.nan)
    return np.where(np.isfinite(found) & (found >= 0), found, default)


def _unknown(source: Shapes, target: Shapes, found: Transfer) -> Shapes:
    """Cut out the ground of each zone on which there is no district."""
    rest = np.full(len(target), None, dtype=object)
    partly = found.covered < 1 - REPORTED
    if partly.any():
        union = shapely.union_all(source)
        shapely.prepare(union)
        rest[partly] = shapely.difference(target[partly], union)
    return rest


def _zone(row: Mapping[Hashable, Any]) -> dict[str, Any]:
    return (
        {"zone_id": row["district_id"], "name": row["name"]}
        | {q: {s: _known(row[f"{q}_{s}"]) for s in STATISTICS} for q in QUANTITIES}
        | {
            "points_plan": None if pd.isna(row["points_plan"]) else int(row["points_plan"]),
            "kw_nominal": _known(row["kw_nominal"]),
            "afir_kw": _known(row["afir_kw"]),
            "ev_share": _known(row["ev_share"]),
            "status": row["status"],
            "covered_share": float(row["covered_share"]),
        }
    )


def _known(value: float) -> float | None:
    return None if pd.isna(value) else float(value)
