"""What an export format is, and the one record every format writes."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import geopandas as gpd
import pandas as pd

from app.core.errors import InputError

SLUG = re.compile(r"[a-z0-9_]{1,40}")
UNDATED = "2000-01-01"  # a file without a date is dated the same on every machine and day


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """Something worth a file: one or more tables or maps, and what a reader must know of them.

    Attributes
    ----------
    name
        From our own words, such as ``sites``: it names files, layers and sheets.
    title
        What a person reads above it.
    tables
        Layer or sheet name to its rows; the first is the main one. Treat them as read-only.
    meta
        Line by line: city, scenario in words, strategy, year, date (ISO), sources, status note,
        program version. It travels in every format that has room for it.
    decimals
        Of a degree, where a format writes degrees: 7 is about 1 cm.
    """

    name: str
    title: str
    tables: Mapping[str, pd.DataFrame]
    meta: Mapping[str, str]
    decimals: int = 7

    def __post_init__(self) -> None:
        """Refuse names that are not ours, then freeze the mappings."""
        if not self.tables:
            raise InputError(f"{self.title}: there is nothing to write")
        for name in (self.name, *self.tables):
            if not SLUG.fullmatch(name):
                raise InputError(f"{name!r} is not a name of a to z, 0 to 9 and _, at most 40 long")
        object.__setattr__(self, "tables", MappingProxyType(dict(self.tables)))
        object.__setattr__(self, "meta", MappingProxyType(dict(self.meta)))

    @property
    def main(self) -> pd.DataFrame:
        """The rows that formats with one table write."""
        return next(iter(self.tables.values()))

    @property
    def map(self) -> gpd.GeoDataFrame:
        """The main rows as a map; refuses a table, or a map without a coordinate system."""
        main = self.main
        if not has_places(main):
            raise InputError(f"{self.title}: a table without places cannot be written as a map")
        if main.crs is None:
            raise InputError(f"{self.title}: without a coordinate system, nobody finds the places")
        return main

    @property
    def date(self) -> str:
        """The date the result states, else the same old one: never the clock."""
        return self.meta.get("date", UNDATED)


@dataclass(frozen=True, slots=True)
class Export:
    """A way to write a result to bytes.

    ``maps_only`` formats need places; ``sealed`` ones give equal bytes for equal input;
    ``rare`` ones stand behind the others in a menu.
    """

    key: str
    title: str
    suffix: str
    mime: str
    write: Callable[[Result], bytes]
    order: int
    maps_only: bool = False
    sealed: bool = True
    rare: bool = False


def has_places(frame: pd.DataFrame) -> bool:
    """Whether ``frame`` is a map: it may have lost its geometry on the way."""
    return isinstance(frame, gpd.GeoDataFrame) and frame.active_geometry_name is not None


def writable(exports: Iterable[Export], result: Result) -> tuple[Export, ...]:
    """Return the formats that can hold ``result``: what a download menu shows."""
    main = result.main
    placed = isinstance(main, gpd.GeoDataFrame) and has_places(main) and main.crs is not None
    return tuple(export for export in exports if placed or not export.maps_only)


def file_name(slug: str, kind: str, day: str, suffix: str) -> str:
    """Name a file ``kerbwatt-<slug>-<kind>-<date>.<ext>``: ASCII, whatever the city is called."""
    try:
        date.fromisoformat(day)
    except ValueError as error:
        raise InputError(f"{day!r} is not a date like 2027-01-15") from error
    ending = ".".join(_ascii(part) for part in suffix.strip(".").split("."))
    return f"kerbwatt-{_ascii(slug)}-{_ascii(kind)}-{day}.{ending}"


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "x"
