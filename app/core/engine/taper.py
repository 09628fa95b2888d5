"""How a nearly full battery slows its car down: constant current first, then constant voltage."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.core.errors import InputError

LEAST_SHARE = 0.05  # a car that draws nothing would never be full


@dataclass(frozen=True, slots=True)
class Taper:
    """The share of its power a car can take, as its battery fills.

    Attributes
    ----------
    key
        Its name in files and links.
    knots
        (state of charge, share of power), straight lines between them. From (0, 1) on, never
        rising, to at least 0.05 of the power at state of charge 1.
    """

    key: str = "none"
    knots: tuple[tuple[float, float], ...] = ((0.0, 1.0), (1.0, 1.0))

    def __post_init__(self) -> None:
        """Refuse a curve along which a car could not be followed."""
        charge, share = zip(*self.knots, strict=True)
        if self.knots[0] != (0.0, 1.0) or charge[-1] != 1:
            raise InputError(f"taper {self.key!r}: wanted knots from (0, 1) to a charge of 1")
        if any(after <= before for before, after in pairwise(charge)):
            raise InputError(f"taper {self.key!r}: the states of charge do not rise")
        if any(after > before for before, after in pairwise(share)) or share[-1] < LEAST_SHARE:
            wanted = f"shares that never rise and end at {LEAST_SHARE} or more"
            raise InputError(f"taper {self.key!r}: found shares {share}, wanted {wanted}")

    @property
    def knee(self) -> float:
        """State of charge from which the car slows down; 1 where it never does."""
        return max(charge for charge, share in self.knots if share == 1)

    def __str__(self) -> str:
        """Name the curve."""
        return self.key


NO_TAPER = Taper()


def tapers_of(rows: Sequence[tuple[str, float, float]]) -> dict[str, Taper]:
    """Gather curves from (curve, state of charge, share) rows, the one without a taper first."""
    keys = dict.fromkeys(key for key, _, _ in rows)
    curves = [
        Taper(key, tuple((float(charge), float(share)) for k, charge, share in rows if k == key))
        for key in keys
    ]
    return {each.key: each for each in (NO_TAPER, *curves)}
