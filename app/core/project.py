"""A city and its layers: what every question is asked of."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from app.core.layer import Layer


@dataclass(frozen=True, slots=True, eq=False)
class Project:
    """A place with its maps.

    Attributes
    ----------
    slug, name, country
        Key in links and files, name people use, two-letter country.
    crs, timezone
        Metric coordinate system of all its layers, and the zone of its wall clock.
    layers
        Layers by kind; a kind that was never loaded is missing.
    schematic, illustrative
        Whether its boundaries are drawn by us, and whether its grid is an illustration.
    """

    slug: str
    name: str
    country: str
    crs: str
    timezone: str
    layers: Mapping[str, Layer]
    schematic: bool = False
    illustrative: bool = False

    def __post_init__(self) -> None:
        """Freeze the mapping."""
        object.__setattr__(self, "layers", MappingProxyType(dict(self.layers)))

    def __hash__(self) -> int:
        """Hash by content."""
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        """Compare by content."""
        return isinstance(other, Project) and other.digest == self.digest

    @property
    def digest(self) -> str:
        """SHA-256 over the project's facts and its layers: the cache key."""
        facts = [self.slug, self.name, self.country, self.crs, self.timezone]
        drawn_by_us = [str(self.schematic), str(self.illustrative)]
        parts = [f"{kind}:{layer.digest}" for kind, layer in sorted(self.layers.items())]
        return hashlib.sha256("|".join([*facts, *drawn_by_us, *parts]).encode()).hexdigest()

    def with_layer(self, layer: Layer) -> "Project":
        """Return this project with one layer put in or replaced."""
        return replace(self, layers={**self.layers, layer.kind: layer})

    def without_layer(self, kind: str) -> "Project":
        """Return this project without the layer of ``kind``."""
        return replace(self, layers={k: v for k, v in self.layers.items() if k != kind})
