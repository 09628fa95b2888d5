"""Where a file should lie: the study area of a project."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # a refusal must not pay for geopandas
    from app.core.project import Project


@dataclass(frozen=True, slots=True, eq=False)
class Area:
    """A place and its metric coordinate system; ``polygon`` is None before the first layer."""

    polygon: Any
    crs: str
    name: str
    country: str = ""
    timezone: str = "UTC"

    @classmethod
    def of(cls, project: "Project") -> "Area":
        """Take the study area of a project: its districts."""
        districts = project.layers.get("districts")
        polygon = districts.map.geometry.union_all() if districts is not None else None
        return cls(polygon, project.crs, project.name, project.country, project.timezone)
