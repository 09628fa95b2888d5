"""A sheet to draw on, measured in millimetres from the lower left corner."""

import io
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, get_font
from matplotlib.patheffects import Stroke
from matplotlib.textpath import text_to_path

mpl.rcParams["svg.fonttype"] = "none"  # text that can be searched and copied
mpl.rcParams["svg.hashsalt"] = "kerbwatt"  # equal drawings, equal names inside

MM_PER_INCH, MM_PER_POINT = 25.4, 25.4 / 72
INK, QUIET, LINE = "#1A1F24", "#56616B", "#C4CCD2"
PNG_DPI = 130
LEADING = 1.32  # line height over type size
HALO = [Stroke(linewidth=1.6, foreground="#FFFFFF")]
FONTS = Path(mpl.get_data_path()) / "fonts" / "ttf"


@dataclass(frozen=True, slots=True)
class Type:
    """A size and a weight of the one typeface that comes with the drawing library."""

    size_pt: float
    bold: bool = False
    colour: str = INK

    @property
    def font(self) -> FontProperties:
        """The face, by file: the same on every machine."""
        named: dict[str, Any] = {"family": "DejaVu Sans", "weight": 700 if self.bold else 400}
        return FontProperties(fname=_file(bold=self.bold), size=self.size_pt, **named)

    @property
    def line_mm(self) -> float:
        """Distance between two base lines."""
        return self.size_pt * MM_PER_POINT * LEADING


BODY, STRONG, SMALL = Type(7.6), Type(7.6, bold=True), Type(6.4, colour=QUIET)


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """A figure and one drawing area over all of it, in millimetres."""

    figure: Figure
    area: Axes

    def words(self, x_mm: float, y_mm: float, text: str, face: Type = BODY, **more: Any) -> None:  # noqa: ANN401
        """Put one line of text, its base line at ``y_mm``. Never read as a formula.

        With ``halo=True`` it stands on white, as text: a path effect alone would draw shapes that
        nobody can search or read aloud.
        """
        if more.pop("halo", False):
            self.words(x_mm, y_mm, text, face, path_effects=HALO, **more)
        self.area.text(
            x_mm,
            y_mm,
            drawable(text),
            fontproperties=face.font,
            color=more.pop("color", face.colour),
            parse_math=False,
            **more,
        )

    def crop(self, bottom_mm: float, top_mm: float) -> None:
        """Keep only the strip between two heights."""
        self.figure.set_size_inches(self.figure.get_figwidth(), (top_mm - bottom_mm) / MM_PER_INCH)
        self.area.set_ylim(bottom_mm, top_mm)

    def png(self) -> bytes:
        """Write it as PNG on white, for programs that draw no SVG."""
        buffer = io.BytesIO()
        self.figure.savefig(buffer, format="png", dpi=PNG_DPI, metadata={"Software": None})
        return buffer.getvalue()

    def svg(self) -> bytes:
        """Write it as SVG: equal drawings give equal bytes."""
        buffer = io.BytesIO()
        self.figure.savefig(buffer, format="svg", metadata={"Date": None}, transparent=True)
        return buffer.getvalue()


def blank(width_mm: float, height_mm: float) -> Page:
    """Make an empty sheet."""
    figure = Figure(figsize=(width_mm / MM_PER_INCH, height_mm / MM_PER_INCH))
    area = figure.add_axes((0, 0, 1, 1))
    area.set(xlim=(0, width_mm), ylim=(0, height_mm))
    area.axis("off")
    return Page(figure, area)


def width_mm(text: str, face: Type) -> float:
    """Measure one line, word by word: words come back, lines do not."""
    words = drawable(text).split(" ")
    return sum(_word_mm(word, face) for word in words) + (len(words) - 1) * _word_mm(" ", face)


def wrap(text: str, limit_mm: float, face: Type, most: int | None = None) -> list[str]:
    """Break text into lines that fit; beyond ``most`` lines it ends in an ellipsis."""
    lines: list[str] = []
    for word in drawable(text).split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and width_mm(joined, face) <= limit_mm:
            lines[-1] = joined
        else:
            lines.append(shorten(word, limit_mm, face))
    if most is not None and len(lines) > most:
        return [*lines[: most - 1], shorten(" ".join(lines[most - 1 :]), limit_mm, face)]
    return lines


def shorten(text: str, limit_mm: float, face: Type) -> str:
    """Cut one line to fit, with an ellipsis where something is gone."""
    if width_mm(text, face) <= limit_mm:
        return text
    fits = len(text)
    while fits and width_mm(f"{text[:fits]}…", face) > limit_mm:
        fits = min(fits - 1, int(fits * limit_mm / width_mm(text[:fits], face)) + 1)
    return f"{text[:fits].rstrip()}…"


def drawable(text: str) -> str:
    """Return text the typeface can draw, on one line: control marks gone, unknown signs as "?"."""
    signs = _signs()
    kept = ("".join(" " if sign.isspace() else sign for sign in text)).strip()
    return "".join(s if ord(s) in signs else "?" for s in kept if s.isprintable() or s == " ")


@lru_cache(maxsize=20_000)
def _word_mm(word: str, face: Type) -> float:
    found = text_to_path.get_text_width_height_descent(word, face.font, ismath=False)
    return float(found[0]) * MM_PER_POINT if word else 0.0


@cache
def _file(*, bold: bool) -> Path:
    return FONTS / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")


@cache
def _signs() -> frozenset[int]:
    return frozenset(get_font(_file(bold=False)).get_charmap())
