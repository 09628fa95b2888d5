"""Which coordinate system a file is in: what it says, whether that fits, and what would fit."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
import shapely
from pyproj import CRS, Geod, Transformer
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import TransformerGroup

from app.sources.area import Area
from app.sources.plausible import plausible
from app.sources.problems import Fields, Findings, Question
from app.sources.raw import Declared
from app.sources.task import Task

FITS = 0.90
CONVINCES = 0.95
CONFIDENCE = 70  # percent, of the match between a description and an EPSG code
WKT_MOST = 8192
DEGREES = (180, 90)
# The systems European cities publish in, tried in this order (EPSG codes).
CANDIDATES = (
    *(4326, 28992, 31370, 3812, 27700, 2157, 29903, 2154),
    *(25830, 25831, 25832, 25833, 25834, 25835, 3006, 3011, 3067, 3879),
    *(23700, 5254, 2320, 2056, 2180, 3857, 3035),
)
COMPASS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """The system of a file, and which rows lie where they should."""

    crs: CRS
    name: str
    swapped: bool
    metric: str
    inside: Any


def place(
    centres: Any,  # noqa: ANN401
    declared: Declared,
    task: Task,
) -> Placed | None:
    """Settle the coordinate system, or ask; O(rows).

    Parameters
    ----------
    centres
        (row, 2) the middle of every shape, as it stands in the file.
    """
    answers, area, findings = task.answers, task.area, task.findings
    swapped = answers.swap_xy
    if answers.crs is not None:
        declared = Declared("epsg", answers.crs.upper().removeprefix("EPSG:"))
    source = find_crs(declared, findings)
    if source is None and declared.how != "none":
        return None
    frame = Frame(area, centres)
    if source is not None:
        inside = frame.inside(source, swapped=bool(swapped))
        if inside.mean() >= FITS or (answers.clip and inside.any()):
            placed = _placed(source, frame, inside, swapped=bool(swapped))
            _say(placed, frame, declared, findings)
            return placed
    _explain(frame, source, findings, swapped=swapped)
    return None


class Frame:
    """The rows of a file against the place they should be in."""

    def __init__(self, area: Area | None, centres: Any) -> None:  # noqa: ANN401
        """Grow the study area by the margin."""
        self.area = area if area is not None and area.polygon is not None else None
        self.metric = area.crs if area is not None else None
        self.centres = centres
        if self.area is not None:
            grown = shapely.buffer(self.area.polygon, plausible()["area_margin_km"] * 1000)
            shapely.prepare(grown)
            self._grown = grown

    @property
    def in_degrees(self) -> bool:
        """Whether the coordinates could be degrees; metres of a city are larger."""
        return bool(np.nanmax(np.abs(self.centres)) <= DEGREES[0])

    @property
    def name(self) -> str:
        """What the place is called."""
        return self.area.name if self.area is not None else "the project"

    def inside(self, crs: CRS, *, swapped: bool) -> Any:  # noqa: ANN401
        """Tell per row whether it lies in the study area, or else where ``crs`` is used."""
        x, y = self._points(swapped=swapped)
        if self.area is not None:
            east, north = _project(crs, CRS.from_user_input(self.area.crs), x, y)
            known = np.isfinite(east) & np.isfinite(north)
            return known & shapely.contains_xy(self._grown, east, north)
        lon, lat = _degrees(crs, x, y)
        use = crs.area_of_use
        west, south, east, north = use.bounds if use else (-180, -90, 180, 90)
        return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)

    def middle(self, crs: CRS, *, swapped: bool = False) -> tuple[float, float]:
        """Return longitude and latitude of the middle of the rows."""
        x, y = self._points(swapped=swapped)
        lon, lat = _degrees(crs, np.array([np.nanmedian(x)]), np.array([np.nanmedian(y)]))
        return float(lon[0]), float(lat[0])

    def away(self, crs: CRS) -> tuple[str, str]:
        """Say how far the rows are from the study area, and in which direction."""
        lon, lat = self.middle(crs)
        if self.area is None or not (isfinite(lon) and isfinite(lat)):
            return "many thousand", "far"
        centre = self.area.polygon.centroid
        metric = CRS.from_user_input(self.area.crs)
        home_lon, home_lat = _degrees(metric, np.array([centre.x]), np.array([centre.y]))
        geod = Geod(ellps="WGS84")
        azimuth, _, metres = geod.inv(home_lon[0], home_lat[0], lon, lat)
        return f"{metres / 1000:,.0f}", COMPASS[round(azimuth / 45) % len(COMPASS)]

    def _points(self, *, swapped: bool) -> tuple[Any, Any]:
        x, y = self.centres[:, 0], self.centres[:, 1]
        return (y, x) if swapped else (x, y)


def find_crs(declared: Declared, findings: Findings) -> CRS | None:
    """Look a declared system up; never lets a stranger's text choose how it is read."""
    if declared.how == "none":
        return None
    try:
        if declared.how == "epsg":
            found = CRS.from_authority("EPSG", int(declared.text))
        elif declared.how == "wkt" and len(declared.text) <= WKT_MOST:
            found = _known(CRS.from_wkt(declared.text))
        elif declared.how == "projjson":
            found = _known(CRS.from_json(declared.text))
        else:
            found = None
    except (CRSError, ValueError):
        found = None
    if found is None:
        shown = f"EPSG:{declared.text}" if declared.how == "epsg" else declared.text[:60]
        findings.add("CRS-UNKNOWN", crs=shown)
        return None
    return _flat(found, findings)


def crs_name(crs: CRS) -> str:
    """Name a system by its code where it has one, else by its full description."""
    code = crs.to_epsg(min_confidence=CONFIDENCE)
    return f"EPSG:{code}" if code else crs.to_wkt()


def spoken(name: str) -> str:
    """Say a system the way people do: its name, with the code in brackets."""
    try:
        if name.startswith("EPSG:"):
            return f"{CRS.from_authority('EPSG', int(name[5:])).name} ({name})"
        return CRS.from_wkt(name).name
    except (CRSError, ValueError):
        return name


def to_metric(shapes: Any, placed: Placed) -> Any:  # noqa: ANN401
    """Project shapes into the metric system, rounded to 1 mm."""
    change = Transformer.from_crs(placed.crs, placed.metric, always_xy=True)

    def project(points: Any) -> Any:  # noqa: ANN401
        x, y = (points[:, 1], points[:, 0]) if placed.swapped else (points[:, 0], points[:, 1])
        return np.column_stack(change.transform(x, y)).round(3)

    return shapely.transform(shapes, project)


def zone_of(lon: float, lat: float) -> str:
    """Name the UTM zone of a place."""
    zone = min(60, int((lon + 180) // 6) + 1)
    return f"EPSG:{(32600 if lat >= 0 else 32700) + zone}"


def _known(found: CRS) -> CRS:
    """Prefer the official definition of a system that is described in words."""
    code = found.to_epsg(min_confidence=CONFIDENCE)
    return CRS.from_authority("EPSG", code) if code else found


def _flat(found: CRS, findings: Findings) -> CRS:
    """Reduce a system with heights to its flat part."""
    if found.is_compound:
        flat = found.sub_crs_list[0]
    elif len(found.axis_info) > 2:  # noqa: PLR2004  # two axes make a map
        flat = found.to_2d()
    else:
        return found
    flat = _known(flat)
    findings.add("CRS-HEIGHT", crs=found.name, flat=crs_name(flat))
    return flat


def _project(source: CRS, target: CRS, x: Any, y: Any) -> tuple[Any, Any]:  # noqa: ANN401
    try:
        change = Transformer.from_crs(source, target, always_xy=True)
        east, north = change.transform(x, y)
    except ProjError:
        return np.full(len(x), np.nan), np.full(len(y), np.nan)
    return np.asarray(east), np.asarray(north)


def _degrees(crs: CRS, x: Any, y: Any) -> tuple[Any, Any]:  # noqa: ANN401
    """Turn coordinates into longitude and latitude; outside the globe is not a number."""
    lon, lat = (x, y) if crs.is_geographic else _project(crs, CRS.from_epsg(4326), x, y)
    wrong = ~((np.abs(lon) <= DEGREES[0]) & (np.abs(lat) <= DEGREES[1]))
    return np.where(wrong, np.nan, lon), np.where(wrong, np.nan, lat)


def _placed(source: CRS, frame: Frame, inside: Any, *, swapped: bool) -> Placed:  # noqa: ANN401
    metric = frame.metric or zone_of(*frame.middle(source, swapped=swapped))
    return Placed(source, crs_name(source), swapped, metric, inside)


def _say(placed: Placed, frame: Frame, declared: Declared, findings: Findings) -> None:
    """Say what was decided without asking."""
    if declared.named and placed.name != "EPSG:4326":
        findings.add("CRS-MEMBER", epsg=placed.name)
    if not placed.inside.all():
        where = frame.area.name if frame.area else "the area of use of the coordinate system"
        n, total = int((~placed.inside).sum()), len(placed.inside)
        findings.add("AREA-PARTLY", n=n, total=total, area=where)
    _ballpark(placed.crs, placed.metric, placed.name, findings)


def _ballpark(source: CRS, metric: str, name: str, findings: Findings) -> None:
    """Say where only a rough conversion between two datums is known."""
    with warnings.catch_warnings():  # it warns of grids that are finer still, and not here
        warnings.simplefilter("ignore", UserWarning)
        found = TransformerGroup(source, CRS.from_user_input(metric), always_xy=True).transformers
    if found and "ballpark" in found[0].description.lower():
        shown = name if len(name) < WKT_MOST // 100 else source.name
        metres = plausible()["ballpark_shift_m"]
        findings.add("CRS-BALLPARK", crs=shown, m=f"{metres:g}")


def _explain(frame: Frame, source: CRS | None, findings: Findings, *, swapped: bool | None) -> None:
    """Say why a file does not lie where it should, and ask what would make it fit."""
    if source is not None and swapped is None:
        exchanged = frame.inside(source, swapped=True)
        if exchanged.mean() >= CONVINCES:
            findings.add("CRS-SWAPPED", km=frame.away(source)[0], area=frame.name)
            _ask_swap(findings)
            return
    fitting = next(_fitting(frame, source), None)
    if source is None:
        guess = f"; it looks like {crs_name(fitting[0])} ({fitting[0].name})" if fitting else ""
        findings.add("CRS-MISSING", guess=guess)
    elif fitting is not None or frame.area is None:
        _out_of_range(frame, source, fitting, findings)
    else:
        _outside(frame, source, findings, swapped=bool(swapped))
        return
    _ask_system(fitting, findings)


def _out_of_range(
    frame: Frame, source: CRS, fitting: tuple[CRS, bool] | None, findings: Findings
) -> None:
    x, y = (f"{value:.6g}" for value in np.nanmedian(frame.centres, axis=0))
    epsg, name = (crs_name(fitting[0]), fitting[0].name) if fitting else ("no system", "we know")
    where: Fields = {"x": x, "y": y, "epsg": epsg, "name": name}
    findings.add("CRS-RANGE", declared=crs_name(source), **where)


def _outside(frame: Frame, source: CRS, findings: Findings, *, swapped: bool) -> None:
    n = int(frame.inside(source, swapped=swapped).sum())
    km, direction = frame.away(source)
    where: Fields = {"n": n, "total": len(frame.centres), "km": km, "direction": direction}
    findings.add("AREA-OUTSIDE", area=frame.name, **where)
    if n:
        text = f"Keep only the {n} features in {frame.name}?"
        findings.ask(Question("AREA-OUTSIDE", "clip", text, ("true", "false")))


def _fitting(frame: Frame, source: CRS | None) -> Iterator[tuple[CRS, bool]]:
    """Try the known systems, the project's first, both as they are and with x and y exchanged."""
    if frame.metric:
        yield from _tried(frame, CRS.from_user_input(frame.metric))
    for code in CANDIDATES:
        crs = CRS.from_authority("EPSG", code)
        if crs.is_geographic == frame.in_degrees and (source is None or crs != source):
            yield from _tried(frame, crs)


def _tried(frame: Frame, crs: CRS) -> Iterator[tuple[CRS, bool]]:
    for swapped in (False, True):
        if frame.inside(crs, swapped=swapped).mean() >= CONVINCES:
            yield crs, swapped


def _ask_system(fitting: tuple[CRS, bool] | None, findings: Findings) -> None:
    """Ask for the system, the one that fits preselected."""
    preselected = crs_name(fitting[0]) if fitting else None
    names = tuple(f"EPSG:{code}" for code in CANDIDATES)
    choices = names if preselected in {None, *names} else (str(preselected), *names)
    text = "Which coordinate system is the file in?"
    findings.ask(Question("CRS-MISSING", "crs", text, choices, preselected))
    if fitting is not None and fitting[1]:
        _ask_swap(findings)


def _ask_swap(findings: Findings) -> None:
    text = "Exchange x and y?"
    findings.ask(Question("CRS-SWAPPED", "swap_xy", text, ("true", "false"), "true"))
