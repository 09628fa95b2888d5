"""From bonus to requirement: the share of points that can feed back, wave after wave."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from app.core.errors import InputError

LEVELS = ("none", "bonus", "required")
Share: TypeAlias = float | Fraction  # exact numbers stay exact
LEVEL_OF_PHASE = ("none", "bonus", "required", "required")


@dataclass(frozen=True, slots=True)
class Wave:
    """One tender: its year, its points, and whether feeding back earns points or is required.

    ``ready_share`` is how many take the bonus; it is 1 where required and 0 where not asked.
    """

    year: int
    points: int
    level: str
    ready_share: Share

    def __post_init__(self) -> None:
        """Refuse what no tender is."""
        if self.level not in LEVELS:
            raise InputError(f"level {self.level!r} is not one of {', '.join(LEVELS)}")
        if self.points < 0 or not 0 <= self.ready_share <= 1:
            raise InputError(f"wave of {self.year}: {self.points} points, share {self.ready_share}")

    @property
    def ready(self) -> Share:
        """Points of this wave that can feed back."""
        share: Share = {"none": 0, "bonus": self.ready_share, "required": 1}[self.level]
        return self.points * share


@dataclass(frozen=True, slots=True)
class Rung:
    """All points after the waves of a year, those that can feed back, and their share."""

    year: int
    points: int
    ready: Share
    share: Share | None


def ladder(existing: int, existing_ready: Share, waves: Iterable[Wave]) -> tuple[Rung, ...]:
    """Add up the waves by year; the share of the last rung is the most the engine may assume."""
    if existing < 0 or not 0 <= existing_ready <= existing:
        raise InputError(f"{float(existing_ready):g} of {existing} points cannot be ready")
    points, ready = existing, existing_ready
    rungs: dict[int, Rung] = {}
    for wave in sorted(waves, key=lambda wave: wave.year):
        points, ready = points + wave.points, ready + wave.ready
        rungs[wave.year] = Rung(wave.year, points, ready, ready / points if points else None)
    return tuple(rungs.values())
