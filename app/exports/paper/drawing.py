"""The map itself: districts, grid, what stands today, and the chosen places as numbered pins."""

from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.patches import Polygon, Rectangle

from app.exports.paper.page import (
    INK,
    LINE,
    MM_PER_POINT,
    QUIET,
    SMALL,
    Page,
    Type,
    drawable,
    width_mm,
)
from app.exports.paper.place import (
    Floats,
    class_limits,
    room_for,
    round_length,
    round_scale,
    spread,
)
from app.exports.paper.sheet import STATES, MapSheet

LABEL = Type(5.6, colour="#2A3238")
LETTER, LETTER_MM = Type(4.8, bold=True, colour="#FFFFFF"), 2.9
PIN, PIN_COLOUR = Type(5.4, bold=True, colour="#FFFFFF"), "#B5261E"
PIN_MM = 4.3  # across
SHIFTS_MM = (
    0.0,
    4.0,
    -4.0,
    7.5,
    -7.5,
    12.0,
    -12.0,
    18.0,
    -18.0,
    24.0,
    -24.0,
)  # of a label, up or down
MOST_NUMBERED, MOST_LETTERED = 90, 250
STATE_COLOURS = dict(zip(STATES, ("#1B8A7A", "#E09F1F", "#8C1C13", "#8A9299"), strict=True))
STATE_LETTERS = dict(zip(STATES, "RTF?", strict=True))
STATE_MARKS = dict(zip(STATES, ("o", "^", "D", "o"), strict=True))
STATE_WORDS = dict(zip(STATES, ("room", "tight", "full", "unknown"), strict=True))
EXISTING_COLOUR = "#6B7680"
OTHER: dict[str, Any] = {
    "s": 9,
    "facecolors": "#FFFFFF",
    "edgecolors": PIN_COLOUR,
    "linewidths": 0.7,
}
PLAIN_FILL, NO_VALUE = "#F1F4F1", "#E4E7EA"
PASTEL = 0.62  # of the full colour: the pins must stand out


@dataclass(frozen=True, slots=True)
class Window:
    """The part of the page the map fills, and the part of the world it shows."""

    left_mm: float
    bottom_mm: float
    width_mm: float
    height_mm: float
    west_m: float
    south_m: float
    metres_per_mm: float

    def to_mm(self, points: Floats) -> Floats:
        """Turn metres of the map into millimetres of the page."""
        corner = np.array([self.west_m, self.south_m])
        low = np.array([self.left_mm, self.bottom_mm])
        return np.asarray((points - corner) / self.metres_per_mm + low).reshape(-1, 2)

    @property
    def width_m(self) -> float:
        """What it shows from west to east."""
        return self.width_mm * self.metres_per_mm

    @property
    def height_m(self) -> float:
        """What it shows from south to north."""
        return self.height_mm * self.metres_per_mm

    @property
    def scale(self) -> str:
        """In the words of a map."""
        return f"1:{self.metres_per_mm * 1000:,.0f}"

    @property
    def corners_mm(self) -> tuple[Floats, Floats]:
        """Lower left and upper right."""
        low = np.array([self.left_mm, self.bottom_mm])
        return low, low + np.array([self.width_mm, self.height_mm])


def window(bounds: Floats, width: float, height: float, rim: float) -> Window:
    """Fit ``bounds`` (west, south, east, north) into a map, centred, at a round scale.

    ``rim`` says how much wider than ``bounds`` it must be at least, such as 1.04.
    """
    west, south, east, north = bounds
    needed_m = max((east - west) / width, (north - south) / height) * rim
    scale = round_scale(needed_m * 1000) / 1000  # metres of the world in a millimetre of paper
    return Window(
        0.0,
        0.0,
        width,
        height,
        float((west + east) / 2 - scale * width / 2),
        float((south + north) / 2 - scale * height / 2),
        scale,
    )


def cut(sheet: MapSheet, view: Window) -> MapSheet:
    """Keep of every layer what the map shows, and a little around it."""
    rim = 2 * view.metres_per_mm
    west, south = view.west_m - rim, view.south_m - rim
    frame = (west, south, west + view.width_m + 2 * rim, south + view.height_m + 2 * rim)
    layers = {
        name: layer[layer.intersects(shapely.box(*frame))]
        for name in ("grid", "existing", "others")
        if (layer := getattr(sheet, name)) is not None
    }
    shapes = shapely.clip_by_rect(shapely.make_valid(sheet.districts.geometry.to_numpy()), *frame)
    districts = sheet.districts.set_geometry(
        gpd.GeoSeries(shapes, sheet.districts.index, sheet.districts.crs)
    )
    districts = districts[~districts.geometry.is_empty]
    return replace(sheet, **layers, districts=districts if len(districts) else sheet.districts)


def draw_map(page: Page, sheet: MapSheet, view: Window) -> bool:
    """Draw every layer, the lowest first, then labels where there is room.

    Returns whether pins were moved apart, which the legend must say.
    """
    low, high = view.corners_mm
    size = page.figure.get_size_inches() * 25.4
    area = page.figure.add_axes((*(low / size), *((high - low) / size)))
    area.set_xlim(view.west_m, view.west_m + view.width_m)
    area.set_ylim(view.south_m, view.south_m + view.height_m)
    area.set(zorder=1)
    page.area.set(zorder=2)  # labels and pins belong above the map
    for spine in area.spines.values():
        spine.set(color=LINE, linewidth=0.6)
    _districts(area, sheet)
    area.set(xticks=[], yticks=[], xlabel="", ylabel="", facecolor="#FFFFFF")
    if sheet.existing is not None and len(sheet.existing):
        _dots(area, sheet.existing, marker="s", s=existing_size(sheet), color=EXISTING_COLOUR)
    if sheet.others is not None and len(sheet.others):
        _dots(area, sheet.others, **OTHER)
    taken = [furniture(view)]
    if sheet.grid is not None and len(sheet.grid):
        taken.append(_grid(page, area, sheet.grid, view))
    pins, moved = _pins(page, sheet.sites, view)
    _labels(page, sheet.districts, view, np.vstack([*taken, pins]))
    _scale_bar(page, view)
    _north(page, view)
    return moved


def existing_size(sheet: MapSheet) -> float:
    """Area of the squares of what stands today: smaller where there are many."""
    many = sheet.existing is not None and len(sheet.existing) > MOST_LETTERED
    return 1.4 if many else 9.0


def furniture(view: Window) -> Floats:
    """Boxes of the scale bar and the north arrow [mm]."""
    low, high = view.corners_mm
    return np.array([[*low, low[0] + 50, low[1] + 9], [high[0] - 12, high[1] - 16, *high]])


def fills(sheet: MapSheet) -> tuple[Floats, list[str]]:
    """Class limits and colours of the districts' values; both empty where there are none."""
    if "value" not in sheet.districts or not sheet.districts["value"].notna().any():
        return np.array([]), []
    limits = class_limits(sheet.districts["value"].to_numpy(dtype=float))
    shades = mpl.colormaps["cividis_r"](np.linspace(0.02, 0.8, max(len(limits) - 1, 1)))
    return limits, [mpl.colors.to_hex(1 - PASTEL * (1 - shade[:3])) for shade in shades]


def _districts(area: Axes, sheet: MapSheet) -> None:
    limits, colours = fills(sheet)
    faces: Any = PLAIN_FILL
    if colours:
        values = sheet.districts["value"].to_numpy(dtype=float)
        place = np.clip(np.searchsorted(limits, values, side="right") - 1, 0, len(colours) - 1)
        faces = [
            colours[p] if np.isfinite(v) else NO_VALUE for p, v in zip(place, values, strict=True)
        ]
    sheet.districts.plot(ax=area, color=faces, edgecolor="#7D8A93", linewidth=0.5, aspect=None)


def _dots(area: Axes, layer: gpd.GeoDataFrame, **marks: Any) -> None:  # noqa: ANN401
    points = layer.geometry.representative_point()
    area.scatter(points.x, points.y, **{"linewidths": 0, "zorder": 3, **marks})


def _grid(page: Page, area: Axes, grid: gpd.GeoDataFrame, view: Window) -> Floats:
    """Draw transformers, as letters where they are few; return the boxes of letters [mm]."""
    lettered = len(grid) <= MOST_LETTERED
    for state in reversed(STATES):  # the worst on top
        rows = grid[grid["state"] == state]
        for x, y in view.to_mm(_points(rows)) if lettered else ():
            badge(page, x, y, state)
        if not lettered:
            _dots(area, rows, **state_marks(state), s=6, zorder=4)
    half = LETTER_MM / 2
    middle = view.to_mm(_points(grid)) if lettered else np.empty((0, 2))
    return np.column_stack([middle - half, middle + half])


def badge(page: Page, x_mm: float, y_mm: float, state: str) -> None:
    """Draw a disc with the letter of a state."""
    marks = {**state_marks(state), "marker": "o", "zorder": 4, "clip_on": False}
    page.area.scatter(x_mm, y_mm, s=_square_points(LETTER_MM), **marks)
    colour = INK if state == "unknown" else LETTER.colour
    more = {"ha": "center", "va": "center_baseline", "zorder": 4.1, "color": colour}
    page.words(x_mm, y_mm, STATE_LETTERS[state], LETTER, **more)


def state_marks(state: str) -> dict[str, Any]:
    """Return shape and colours of a state: unknown is a ring, the rest is filled."""
    colour, hollow = STATE_COLOURS[state], state == "unknown"
    return {
        "marker": STATE_MARKS[state],
        "facecolors": "#FFFFFF" if hollow else colour,
        "edgecolors": colour if hollow else "#FFFFFF",
        "linewidths": 0.8 if hollow else 0.3,
    }


def pin(page: Page, x_mm: float, y_mm: float, text: str) -> None:
    """Draw a numbered pin."""
    marks: dict[str, Any] = {
        "edgecolors": "#FFFFFF",
        "linewidths": 0.5,
        "zorder": 6,
        "clip_on": False,
    }
    page.area.scatter(x_mm, y_mm, s=_square_points(PIN_MM), color=PIN_COLOUR, **marks)
    page.words(x_mm, y_mm, text, PIN, ha="center", va="center_baseline", zorder=7)


def _square_points(across_mm: float) -> float:
    return (across_mm / MM_PER_POINT) ** 2


def _points(layer: gpd.GeoDataFrame) -> Floats:
    return np.asarray(shapely.get_coordinates(layer.geometry.representative_point().to_numpy()))


def _pins(page: Page, sites: gpd.GeoDataFrame, view: Window) -> tuple[Floats, bool]:
    """Draw pins, pushed apart where they would hide each other.

    Returns their boxes [mm], and whether any stands visibly elsewhere.
    """
    true = view.to_mm(_points(sites))
    plain, true = true[MOST_NUMBERED:], true[:MOST_NUMBERED]  # the best are numbered
    marks: dict[str, Any] = {"edgecolors": "#FFFFFF", "linewidths": 0.3, "zorder": 6}
    page.area.scatter(plain[:, 0], plain[:, 1], s=9, color=PIN_COLOUR, **marks)
    low, high = view.corners_mm
    put = spread(true, PIN_MM * 0.98, low + PIN_MM / 2, high - PIN_MM / 2)
    moved = np.hypot(*(true - put).T) > PIN_MM / 3
    for rank, apart, there, here in zip(sites["rank"], moved, true, put, strict=False):
        if apart:  # a line to where it really is
            page.area.plot(*zip(there, here, strict=True), color=PIN_COLOUR, lw=0.6, zorder=5.5)
            page.area.scatter(there[0], there[1], s=3, color=PIN_COLOUR, lw=0, zorder=5.6)
        pin(page, here[0], here[1], str(rank))
    boxes = np.column_stack([put - PIN_MM / 2, put + PIN_MM / 2])
    return np.vstack([boxes, np.column_stack([plain - 0.8, plain + 0.8])]), bool(moved.any())


def _labels(page: Page, districts: gpd.GeoDataFrame, view: Window, taken: Floats) -> None:
    """Name the districts, the largest first, in the middle or above or below it, where it fits."""
    rows = districts.iloc[np.argsort(-districts.geometry.area.to_numpy(), kind="stable")]
    names = [drawable(str(name)) for name in rows["name"]]
    half = np.array([[width_mm(name, LABEL) / 2, LABEL.line_mm / 2] for name in names])
    low, high = view.corners_mm
    boxes = np.full((len(rows), len(SHIFTS_MM), 4), np.nan)
    for choice, shift in enumerate(SHIFTS_MM):
        world = _points(rows) + np.array([0, shift * view.metres_per_mm])
        middle = view.to_mm(world)
        box = np.column_stack([middle - half, middle + half])
        allowed = shapely.contains_xy(rows.geometry.to_numpy(), world)
        allowed &= (box[:, :2] >= low).all(1) & (box[:, 2:] <= high).all(1)
        boxes[allowed, choice] = box[allowed]
    for name, choice, places in zip(names, room_for(boxes, taken), boxes, strict=True):
        if choice >= 0:
            x, y = (places[choice, :2] + places[choice, 2:]) / 2
            more = {"ha": "center", "va": "center_baseline", "zorder": 5.2}
            page.words(x, y, name, LABEL, halo=True, **more)


def _scale_bar(page: Page, view: Window) -> None:
    length_m = round_length(40 * view.metres_per_mm)
    length = length_m / view.metres_per_mm
    x, y = view.left_mm + 4, view.bottom_mm + 3.6
    for part, colour in ((0, INK), (0.5, "#FFFFFF")):
        bar = Rectangle((x + part * length, y), length / 2, 1.1, fc=colour, ec=INK, lw=0.5)
        page.area.add_patch(bar)
    label = f"{length_m / 1000:g} km" if length_m >= 1000 else f"{length_m:g} m"  # noqa: PLR2004
    for place, words in ((x, "0"), (x + length, label)):
        page.words(place, y + 2.2, words, SMALL, ha="center", halo=True)


def _north(page: Page, view: Window) -> None:
    x, y = view.left_mm + view.width_mm - 6, view.bottom_mm + view.height_mm - 13
    for sign, colour in ((-1, INK), (1, "#FFFFFF")):
        half = [(x, y), (x + sign * 2.2, y - 1.6), (x, y + 5.4)]
        page.area.add_patch(Polygon(half, fc=colour, ec=INK, lw=0.5))
    page.words(x, y + 6.6, "N", Type(7, bold=True, colour=QUIET), ha="center")
