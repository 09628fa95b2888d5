"""Shapes by code: how rows that name a postcode or a station, but no place, get onto the map."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import shapely

if TYPE_CHECKING:  # a refusal must not pay for geopandas
    from app.core.layer import Layer

PC6 = re.compile(r"\A(\d{4})[A-Z]{2}\Z")
CODED = {"districts": ("district_id",), "grid": ("asset_id", "name")}


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """What is known to lie where, in the metres of the project.

    Attributes
    ----------
    shapes
        Folded code to shape; a code that stands for two shapes stands for none.
    districts
        Folded codes of districts, each with the id as it is written.
    children
        Folded code of a parent to the polygons of what it feeds.
    """

    shapes: Mapping[str, Any] = field(default_factory=dict)
    districts: Mapping[str, str] = field(default_factory=dict)
    children: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Freeze the tables."""
        for name in ("shapes", "districts", "children"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    @classmethod
    def of(cls, layers: "Iterable[Layer]") -> "Places":
        """Gather the codes of districts and of stations that are on the map already."""
        found = cls()
        for layer in layers:
            found = found.over(_of_layer(layer))
        return found

    def over(self, more: "Places") -> "Places":
        """Add what another map knows; the other map speaks where both do."""
        return Places(
            {**self.shapes, **more.shapes},
            {**self.districts, **more.districts},
            {**self.children, **more.children},
        )

    def at(self, code: str) -> Any:  # noqa: ANN401
        """Find the shape of a code; None where nothing is called so."""
        return self.shapes.get(fold_code(code))

    def postcode(self, code: str) -> Any:  # noqa: ANN401
        """Find the ground of a postcode: its own, else that of its four digits."""
        own = self.at(code)
        return own if own is not None else self.at(four(code))

    def district(self, code: str) -> str | None:
        """Name the district a postcode lies in, as the map writes it."""
        found = self.districts.get(fold_code(code))
        return found or self.districts.get(fold_code(four(code)))

    def fed_by(self, code: str) -> Any:  # noqa: ANN401
        """Find the ground a station feeds, from those that name it as their parent."""
        found = self.children.get(fold_code(code))
        return shapely.union_all(found) if found else None


def fold_code(code: object) -> str:
    """Write a code the one way it is compared: capitals, no spaces."""
    return "".join(str(code).split()).upper()


def four(code: str) -> str:
    """Return the four digits of a Dutch postcode; other codes as they are."""
    found = PC6.match(fold_code(code))
    return found[1] if found else code


def by_code(names: Iterable[tuple[object, Any]]) -> dict[str, Any]:
    """Map codes to shapes, without those that are said of two different shapes."""
    found: dict[str, Any] = {}
    twice: set[str] = set()
    for name, shape in names:
        code = fold_code(name) if isinstance(name, str) else ""
        if not code or shape is None or shape.is_empty:
            continue
        if code in found and not found[code].equals(shape):
            twice.add(code)
        found[code] = shape
    return {code: shape for code, shape in found.items() if code not in twice}


def _of_layer(layer: "Layer") -> Places:
    frame = layer.map
    shapes = frame.geometry.to_numpy()
    # Only what names the row itself: stations also say in which district they stand.
    names = [column for column in CODED.get(layer.kind, ()) if column in frame]
    pairs = [pair for name in names[::-1] for pair in zip(frame[name], shapes, strict=True)]
    ids = frame["district_id"].astype(str) if layer.kind == "districts" else ()
    children: dict[str, tuple[Any, ...]] = {}
    if layer.kind == "grid" and "parent_id" in frame:
        for parent, shape in zip(frame["parent_id"], shapes, strict=True):
            if isinstance(parent, str) and shape is not None and shape.area > 0:
                code = fold_code(parent)
                children[code] = (*children.get(code, ()), shape)
    return Places(by_code(pairs), {fold_code(each): each for each in ids}, children)
