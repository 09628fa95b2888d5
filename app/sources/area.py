"""Where a file should lie: the study area of a project."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from app.sources.raw import Declared

if TYPE_CHECKING:  # a refusal must not pay for geopandas
    from app.core.layer import Layer
    from app.core.project import Project
    from app.sources.join import Places

CODED = ("grid", "districts")  # layers whose rows are known by codes; the last speaks first


@dataclass(frozen=True, slots=True, eq=False)
class Area:
    """A place and its metric coordinate system; ``polygon`` is None before the first layer.

    ``places`` are the codes that lie somewhere on its maps: rows without one are joined to them.
    """

    polygon: Any
    crs: str
    name: str
    country: str = ""
    timezone: str = "UTC"
    places: "Places | None" = None

    @classmethod
    def of(cls, project: "Project") -> "Area":
        """Take the study area of a project: its districts."""
        from app.sources.join import Places  # noqa: PLC0415  # loads shapely

        districts = project.layers.get("districts")
        polygon = districts.map.geometry.union_all() if districts is not None else None
        coded = [project.layers[kind] for kind in CODED if kind in project.layers]
        facts = (project.crs, project.name, project.country, project.timezone)
        return cls(polygon, *facts, Places.of(coded))

    @property
    def declared(self) -> Declared:
        """Name the metric system the way files name theirs."""
        code = self.crs.upper().removeprefix("EPSG:")
        return Declared("epsg", code) if code.isdigit() else Declared("wkt", self.crs)

    def knowing(self, layer: "Layer") -> "Area":
        """Learn from a layer: districts say where the place is, codes say what lies where."""
        from app.sources.join import Places  # noqa: PLC0415  # loads shapely

        if layer.kind not in CODED:
            return self
        ground = layer.map.geometry.union_all() if layer.kind == "districts" else self.polygon
        more, before = Places.of([layer]), self.places or Places()
        places = before.over(more) if layer.kind == "districts" else more.over(before)
        return replace(self, polygon=ground, places=places)
