"""What a map sheet draws and says."""

from dataclasses import dataclass

import geopandas as gpd

from app.core.errors import InputError

STATES = ("room", "tight", "over", "unknown")


@dataclass(frozen=True, slots=True, eq=False)
class MapSheet:
    """What is drawn and what is said. All maps are in one metric coordinate system.

    Attributes
    ----------
    title, city, scenario, date, sources, version
        Words on the page: the heading, whose it is, the assumptions in words, the ISO date of the
        data, one source per line, and the program that drew it.
    notices
        What a reader must not overlook, such as "Boundaries are schematic."
    districts
        Areas with ``name``; filled where ``value`` has a number.
    value_title
        What ``value`` is, with its unit.
    sites
        Chosen places in the order of their number: ``points``, and as far as known ``place,
        district, kw`` (of all its points together), ``transformer, cost_eur, score, reason``; a
        column that is missing is not drawn. With ``lot``, every lot gets a page of its own.
    grid
        Transformers with ``state``: room, tight, over or unknown.
    existing
        Charge points that stand today.
    others
        Chosen places of other lots, on the page of one.
    """

    title: str
    city: str
    scenario: str
    date: str
    sources: tuple[str, ...]
    notices: tuple[str, ...]
    version: str
    districts: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    grid: gpd.GeoDataFrame | None = None
    existing: gpd.GeoDataFrame | None = None
    value_title: str = ""
    others: gpd.GeoDataFrame | None = None

    def __post_init__(self) -> None:
        """Refuse degrees and maps that do not lie on each other."""
        if self.districts.empty:
            raise InputError(f"{self.city}: a map sheet needs a map of districts")
        for layer in (self.districts, self.sites, self.grid, self.existing, self.others):
            if layer is None:
                continue
            if layer.crs is None or not layer.crs.is_projected:
                raise InputError(f"{self.city}: a map sheet is drawn in metres, not in degrees")
            if layer.crs != self.districts.crs:
                raise InputError(f"{self.city}: the maps are in different coordinate systems")
