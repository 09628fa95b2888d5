"""A page of A4 landscape, measured in millimetres from the lower left corner."""

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

mpl.rcParams["pdf.fonttype"] = 42  # text that can be searched and copied

WIDTH_MM, HEIGHT_MM, MARGIN_MM = 297.0, 210.0, 12.0
MM_PER_INCH, MM_PER_POINT = 25.4, 25.4 / 72
INK, QUIET, LINE, ACCENT = "#1A1F24", "#56616B", "#C4CCD2", "#0B5C6B"
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
        return FontProperties(fname=_file(bold=self.bold), size=self.size_pt)

    @property
    def line_mm(self) -> float:
        """Distance between two base lines."""
        return self.size_pt * MM_PER_POINT * LEADING


TITLE, HEADING = Type(19, bold=True), Type(8.6, bold=True, colour=ACCENT)
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

    def paragraph(
        self, x_mm: float, y_mm: float, text: str, width_mm: float, face: Type = BODY
    ) -> float:
        """Put wrapped text from the base line ``y_mm`` down; return the next free base line."""
        for line in wrap(text, width_mm, face):
            self.words(x_mm, y_mm, line, face)
            y_mm -= face.line_mm
        return y_mm

    def rule(self, y_mm: float, left_mm: float, right_mm: float, colour: str = LINE) -> None:
        """Draw a thin line from left to right."""
        self.area.plot([left_mm, right_mm], [y_mm, y_mm], color=colour, lw=0.6, clip_on=False)


def blank() -> Page:
    """Make an empty page."""
    figure = Figure(figsize=(WIDTH_MM / MM_PER_INCH, HEIGHT_MM / MM_PER_INCH))
    area = figure.add_axes((0, 0, 1, 1))
    area.set(xlim=(0, WIDTH_MM), ylim=(0, HEIGHT_MM))
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
