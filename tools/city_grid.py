"""The illustrative grid of a bundled city: transformers and the areas that feed them.

No operator publishes numbers per station here, so these are made: as many homes per transformer
as is usual, a base load from the homes' published use, and a limit that leaves room the way a
measured fleet of substations does. The map says "illustrative" wherever it is shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from math import hypot
from typing import Any

import shapely
from city_geometry import Point, feature, scatter, stream, to_degrees, to_metres
from city_layers import HECTARE_M2, City, District

from app.core.engine.baseload import peak_of_homes
from app.services.parameters import load_parameters


@dataclass(frozen=True, slots=True)
class Transformer:
    """One transformer, with ``use`` = its base peak as a share of its limit; None is unknown."""

    code: str
    name: str
    district: District
    at: Point
    dwellings: int
    flats: float
    peak_kw: float
    area: int
    use: float | None = None


def grid(city: City) -> Iterator[str]:
    """Write the transformers, then the areas."""
    build = city.build["grid"]
    anchors = to_metres((area["lon"], area["lat"]) for area in build["areas"])
    made = [each for district in city.districts for each in _district(city, district, anchors)]
    made = _with_limits(city, made)
    for each in made:
        yield feature(_row(city, each), to_degrees(shapely.Point(each.at)))
    yield from _areas(city, made)


def _district(city: City, each: District, anchors: list[Point]) -> Iterator[Transformer]:
    """Share a district's homes out over its transformers."""
    build, columns = city.build["grid"], city.build["columns"]
    households = each.number(columns["households"])
    room = each.core.area / HECTARE_M2 / build["core_ha_per_transformer"]
    count = max(1, round(households / build["households_per_transformer"]), round(room))
    homes = round(each.number(columns["dwellings"]))
    flats = each.number(columns["dwellings_multifamily"]) / max(homes, 1)
    use_kwh = each.number(columns["electricity_kwh"]) or _mean_use(city)
    peak_kw = float(peak_of_homes(1, use_kwh, load_parameters()))
    peak_kw += build["heat_pump_share_2030"] * build["heat_pump_kw"]
    random = stream(city.seed("homes", each.code))
    parts = _share(homes, [0.6 + 0.8 * random.random() for _ in range(count)])
    near = [hypot(each.centre[0] - x, each.centre[1] - y) for x, y in anchors]
    area = near.index(min(near))
    places = scatter(each.core, count, city.seed("transformers", each.code))
    for i, (at, dwellings) in enumerate(zip(places, parts, strict=True)):
        code = f"T{each.code}-{i + 1:02d}"
        name = f"{each.name} {i + 1}"
        yield Transformer(code, name, each, at, dwellings, flats, dwellings * peak_kw, area)


def _mean_use(city: City) -> float:
    """Mean use of a home, for districts whose figure is secret."""
    columns = city.build["columns"]
    told = [each for each in city.districts if each.figures[columns["electricity_kwh"]]]
    homes = [each.number(columns["dwellings"]) for each in told]
    use = [each.number(columns["electricity_kwh"]) for each in told]
    return sum(h * u for h, u in zip(homes, use, strict=True)) / sum(homes)


def _share(total: int, weights: list[float]) -> list[int]:
    """Divide a whole number by weight, largest remainder first."""
    exact = [total * weight / sum(weights) for weight in weights]
    parts = [int(value) for value in exact]
    order = sorted(range(len(exact)), key=lambda i: (parts[i] - exact[i], i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts


def _with_limits(city: City, made: list[Transformer]) -> list[Transformer]:
    """Give every transformer its use: the whole distribution once, in seeded order."""
    build = city.build["grid"]
    random = stream(city.seed("use"))
    order = sorted(range(len(made)), key=lambda _: random.random())
    uses: list[float | None] = [None] * len(made)
    for rank, i in enumerate(order[build["unknown"] :]):
        uses[i] = quantile(build["use"], (rank + 0.5) / (len(made) - build["unknown"]))
    return [replace(each, use=use) for each, use in zip(made, uses, strict=True)]


def quantile(curve: list[list[float]], share: float) -> float:
    """Read a distribution given as (share, value) corners."""
    for (s0, v0), (s1, v1) in pairwise(curve):
        if share <= s1:
            return v0 + (v1 - v0) * (share - s0) / (s1 - s0)
    return curve[-1][1]


def _row(city: City, each: Transformer) -> dict[str, Any]:
    build = city.build["grid"]
    capacity = export = year = None
    if each.use is not None:
        capacity = round(max(each.peak_kw / each.use, build["smallest_kw"]), 1)
        roofs = (1 - each.flats) * build["panel_kw_single"] + each.flats * build["panel_kw_multi"]
        panels = each.dwellings * roofs * build["panel_share"] * build["panel_yield"]
        export = round(capacity + each.peak_kw * build["noon_share"] - panels, 1)
        if each.use >= build["reinforce_from_use"]:
            random = stream(city.seed("reinforcement", each.code))
            first, last = build["reinforce_years"]
            year = first + int(random.random() * (last - first + 1))
    return {
        "asset_id": each.code,
        "level": "transformer",
        "name": each.name,
        "capacity_kw": capacity,
        "peak_load_kw": round(each.peak_kw, 1),
        "export_headroom_kw": export,
        "dwellings": each.dwellings,
        "parent_id": build["areas"][each.area]["id"],
        "available_year": year,
        "source_date": build["source_date"],
        "district_id": each.district.code,
        "status": "unknown" if capacity is None else "estimated",
    }


def _areas(city: City, made: list[Transformer]) -> Iterator[str]:
    """Sum the transformers and services per area; the firm capacity leaves the known shortage."""
    build, columns = city.build["grid"], city.build["columns"]
    peaks = [0.0] * len(build["areas"])
    homes = [0] * len(peaks)
    area_of = {each.district.code: each.area for each in made}
    for each in made:
        peaks[each.area] += each.peak_kw
        homes[each.area] += each.dwellings
    for district in city.districts:
        services = district.number(columns["households"]) * build["services_kw_per_household"]
        peaks[area_of[district.code]] += services
    firm = 1 - build["shortage_kw"] / sum(peaks)
    for area, peak, dwellings in zip(build["areas"], peaks, homes, strict=True):
        row = {
            "asset_id": area["id"],
            "level": "area",
            "name": area["name"],
            "capacity_kw": round(peak * firm, 1),
            "peak_load_kw": round(peak, 1),
            "export_headroom_kw": None,
            "dwellings": dwellings,
            "parent_id": None,
            "available_year": area.get("available_year"),
            "source_date": build["source_date"],
            "district_id": None,
            "status": "estimated",
        }
        yield feature(row, shapely.Point(area["lon"], area["lat"]))
