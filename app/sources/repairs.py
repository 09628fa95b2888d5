"""Shapes that were mended, as they came and as they are now, so that a person can compare."""

from dataclasses import dataclass
from typing import Any

HECTARE = 10_000
MUCH = 0.5  # of the larger area: a person should look before such a shape is used
MUCH_HA = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Repair:
    """One mended shape, in metres. ``row`` counts from 1 in the order of the file."""

    row: int
    name: str
    before: Any
    after: Any

    @property
    def before_ha(self) -> float:
        """The area as it came; of a ring that crosses itself, what remains of both turns."""
        return float(self.before.area) / HECTARE

    @property
    def after_ha(self) -> float:
        """The area as it is now."""
        return float(self.after.area) / HECTARE

    @property
    def much(self) -> bool:
        """Whether the shape is now another one, as far as its area tells."""
        change = abs(self.after_ha - self.before_ha)
        return change > MUCH_HA and change > MUCH * max(self.before_ha, self.after_ha)
