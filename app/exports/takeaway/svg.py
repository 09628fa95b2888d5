"""Pictures drawn as text: a map, lines over time, bars. Equal data give equal bytes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from math import ceil, floor, isfinite, log10

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

WIDTH, HEIGHT = 720, 460
CHART_HEIGHT = 300
LEFT, RIGHT, TOP, BOTTOM = 64, 14, 22, 36
THIN_M = 25.0  # a bend smaller than this is straight at 1:25,000, shared edges kept
CLASSES = ("#e8eef4", "#b7cbe0", "#7fa3c9", "#4a78ab", "#1f4b82")
UNKNOWN = "#d9d9d4"
LINES = (("#16735a", ""), ("#6b6b6b", "6 4"), ("#b3531a", "2 3"), ("#3f5fa8", "8 3 2 3"))
DARK = 3  # classes from here on carry white words
STEPS = (1, 2, 2.5, 5, 10)
MANY = 60  # areas; with more of them a number no longer fits inside one
MARKED = 40  # pins beyond this are drawn without a number
Floats = npt.NDArray[np.float64]
Placer = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True)
class Pin:
    """A place on a map: its number, what it is called, and where (in the map's metres)."""

    mark: str
    title: str
    x: float
    y: float


def area_map(
    shapes: gpd.GeoSeries,
    names: Sequence[str],
    values: Sequence[float],
    unit: str,
    pins: Sequence[Pin] = (),
) -> str:
    """Fill districts by an amount, its number written inside, with pins on top."""
    drawn = shapely.coverage_simplify(shapes.to_numpy(), THIN_M)
    west, south, east, north = shapely.total_bounds(drawn)
    scale = min((WIDTH - 20) / (east - west), (HEIGHT - 46) / (north - south))

    def at(xy: Floats) -> Floats:
        placed = np.column_stack([(xy[:, 0] - west) * scale + 10, (north - xy[:, 1]) * scale + 10])
        return np.round(placed, 1)

    limits = round_limits(values)
    parts = [
        _area(_path(shape, at), name, value, unit, limits)
        for shape, name, value in zip(drawn, names, values, strict=True)
    ]
    if len(names) <= MANY:
        inside = at(shapely.get_coordinates(shapely.point_on_surface(drawn)))
        parts += [_number(x, y, v, limits) for (x, y), v in zip(inside, values, strict=True)]
    if pins:
        spots = at(np.array([(pin.x, pin.y) for pin in pins]))
        dots = [_pin(pin, x, y) for pin, (x, y) in zip(pins, spots, strict=True)]
        parts.append(f'<g class="pins">{"".join(dots)}</g>')
    parts.append(_scale_bar(scale))
    return _svg(HEIGHT, "".join(parts))


def legend(values: Sequence[float], unit: str) -> list[tuple[str, str]]:
    """Explain the classes of ``area_map``: (colour, words)."""
    edges = [0.0, *round_limits(values)]
    found = [
        (CLASSES[k], f"{write(low)} to {write(high)} {unit}")
        for k, (low, high) in enumerate(pairwise(edges))
    ]
    found.append((CLASSES[len(edges) - 1], f"{write(edges[-1])} {unit} and more"))
    if not all(isfinite(value) for value in values):
        found.append((UNKNOWN, "unknown"))
    return found


def round_limits(values: Sequence[float]) -> tuple[float, ...]:
    """Cut an amount into at most five classes at round limits."""
    top = max((value for value in values if isfinite(value)), default=0.0)
    if top <= 0:
        return ()
    step = round_up(top / len(CLASSES))
    count = min(max(1, ceil(top / step - 1e-9)), len(CLASSES))
    return tuple(step * k for k in range(1, count))


def round_up(value: float) -> float:
    """Return the next round number."""
    power = 10.0 ** floor(log10(value))
    return next(step * power for step in STEPS if step * power >= value * (1 - 1e-9))


def write(value: float) -> str:
    """Write a number for a label: three digits, thousands grouped."""
    if not isfinite(value):
        return "unknown"
    digits = max(0, 2 - floor(log10(abs(value)))) if value else 0
    text = f"{value:,.{min(digits, 4)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def lines(
    labels: Sequence[str], series: Mapping[str, Floats], unit: str, ground: Floats | None = None
) -> str:
    """Draw lines over time with their names at the end; ``ground`` is filled below them."""
    everything = [*series.values(), *([ground] if ground is not None else [])]
    top = round_up(max(float(each.max()) for each in everything) * 1.04)
    count = len(labels)
    xs = LEFT + np.arange(count) * (WIDTH - LEFT - RIGHT) / max(count - 1, 1)

    def ys(values: Floats) -> Floats:
        return TOP + (1 - values / top) * (CHART_HEIGHT - TOP - BOTTOM)

    parts = [_axis(top, unit), _ticks(labels, xs)]
    if ground is not None:
        floor_y = CHART_HEIGHT - BOTTOM
        shape = f"{LEFT},{floor_y} {_points(xs, ys(ground))} {xs[-1]:.1f},{floor_y}"
        parts.append(f'<polygon points="{shape}" fill="#dcdcd7"/>')
    for (name, values), (colour, dash) in zip(series.items(), LINES, strict=False):
        stroke = f'stroke="{colour}" stroke-width="2" fill="none" stroke-dasharray="{dash}"'
        parts.append(f'<polyline points="{_points(xs, ys(values))}" {stroke}/>')
        peak = int(np.argmax(values))
        x, y = float(xs[peak]), float(ys(values)[peak])
        side = "end" if x > WIDTH / 2 else "start"
        parts.append(
            f'<text x="{x:.1f}" y="{y - 5:.1f}" text-anchor="{side}" fill="{colour}" '
            f'font-weight="600">{escape(name)}</text>'
        )
    return _svg(CHART_HEIGHT, "".join(parts))


def bars(names: Sequence[str], values: Sequence[float], unit: str) -> str:
    """Draw amounts as bars with the number at each end, in the order given."""
    top = max([value for value in values if isfinite(value)] + [1e-9])
    row, left = 24, 210
    parts = []
    for nth, (name, value) in enumerate(zip(names, values, strict=True)):
        y = TOP + nth * row
        length = (WIDTH - left - 110) * max(value, 0) / top if isfinite(value) else 0
        said = f"{write(value)} {unit}" if isfinite(value) else "unknown"
        parts.append(
            f'<text x="{left - 8}" y="{y + 15}" text-anchor="end">{escape(name[:32])}</text>'
            f'<rect x="{left}" y="{y + 3}" width="{length:.1f}" height="16" fill="#4a78ab"/>'
            f'<text x="{left + length + 6:.1f}" y="{y + 15}">{escape(said)}</text>'
        )
    return _svg(TOP + row * len(names) + 8, "".join(parts))


def _svg(height: float, content: str) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:g}" aria-hidden="true" focusable="false" '
        f'preserveAspectRatio="xMidYMid meet">{content}</svg>'
    )


def _path(shape: shapely.Geometry, at: Placer) -> str:
    rings = []
    for polygon in shapely.get_parts(shape):
        for ring in (polygon.exterior, *polygon.interiors):
            xy = at(shapely.get_coordinates(ring))
            rings.append("M" + "L".join(f"{x:g} {y:g}" for x, y in xy[:-1]) + "Z")
    return "".join(rings)


def _area(path: str, name: str, value: float, unit: str, limits: tuple[float, ...]) -> str:
    said = f"{name}: {write(value)} {unit}" if isfinite(value) else f"{name}: unknown"
    fill = CLASSES[_class(value, limits)] if isfinite(value) else UNKNOWN
    looks = f'fill="{fill}" fill-rule="evenodd" stroke="#fff"'
    return f'<path d="{path}" {looks}><title>{escape(said)}</title></path>'


def _class(value: float, limits: tuple[float, ...]) -> int:
    return sum(value >= limit for limit in limits)


def _number(x: float, y: float, value: float, limits: tuple[float, ...]) -> str:
    ink = "#fff" if isfinite(value) and _class(value, limits) >= DARK else "#111"
    said = write(value) if isfinite(value) else "?"
    place = f'x="{x:g}" y="{y + 3:g}"'
    return f'<text {place} text-anchor="middle" font-size="10" fill="{ink}">{said}</text>'


def _pin(pin: Pin, x: float, y: float) -> str:
    numbered = pin.mark.isdigit() and int(pin.mark) <= MARKED
    radius = 7 if numbered else 3
    dot = f'<circle cx="{x:g}" cy="{y:g}" r="{radius}" fill="#b3261e" stroke="#fff"/>'
    word = f'<text x="{x:g}" y="{y + 3:g}" text-anchor="middle" font-size="8" fill="#fff">'
    label = f"{word}{escape(pin.mark)}</text>" if numbered else ""
    return f"<g><title>{escape(pin.title)}</title>{dot}{label}</g>"


def _scale_bar(scale: float) -> str:
    metres = round_up(80 / scale)
    width, y = metres * scale, HEIGHT - 16
    words = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"  # noqa: PLR2004
    line = f'<path d="M10 {y}v6h{width:.1f}v-6" fill="none" stroke="#333"/>'
    north = f'<text x="{WIDTH - 20}" y="{HEIGHT - 10}" text-anchor="middle">N ↑</text>'
    return f'{line}<text x="{width + 18:.1f}" y="{y + 7}">{words}</text>{north}'


def _axis(top: float, unit: str) -> str:
    parts = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = TOP + (1 - share) * (CHART_HEIGHT - TOP - BOTTOM)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#e3e3de"/>')
        parts.append(
            f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{write(top * share)}</text>'
        )
    return "".join(parts) + f'<text x="{LEFT}" y="12">{escape(unit)}</text>'


def _ticks(labels: Sequence[str], xs: Floats) -> str:
    step = max(1, round(len(labels) / 7))
    return "".join(
        f'<text x="{xs[k]:.1f}" y="{CHART_HEIGHT - 14}" text-anchor="middle">'
        f"{escape(labels[k])}</text>"
        for k in range(0, len(labels), step)
    )


def _points(xs: Floats, ys: Floats) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(xs, ys, strict=True))
