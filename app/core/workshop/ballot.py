"""What a room is asked: up to three levers, each with its range, as a phone shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from app.core.errors import InputError
from app.core.scenario import Scenario, defaults, knobs

MOST_LEVERS = 3
LONGEST_WHY = 140
PERCENT = 100.0
NO_SHARES = ("EUR", "A", "m", "kWp per home", "")  # units of amounts; the rest are shares
CLOSE = 1e-6


@dataclass(frozen=True, slots=True)
class Lever:
    """One lever on the phones. All numbers but ``scale`` are as people read them.

    Attributes
    ----------
    name
        The scenario's field.
    label, unit
        In English; a page translates them. Shares are in percent.
    low, high, step, start
        The range, and where the facilitator's scenario stands.
    scale
        What a shown number is divided by to be the scenario's.
    """

    name: str
    label: str
    unit: str
    low: float
    high: float
    step: float
    start: float
    scale: float

    @property
    def whole(self) -> bool:
        """Whether only whole numbers can be chosen."""
        return float(self.step).is_integer() and float(self.low).is_integer()

    def nearest(self, value: float) -> float:
        """Return the value of the range next to ``value``, in steps from its low end."""
        steps = round((value - self.low) / self.step)
        return min(max(round(self.low + steps * self.step, 9), self.low), self.high)

    def setting(self, value: float) -> float:
        """Turn a shown number into the scenario's own, on the range's steps."""
        found = round(self.nearest(value) / self.scale, 9)
        return round(found) if isinstance(defaults()[self.name], int) else found


def lever_of(name: str, scenario: Scenario) -> Lever:
    """Describe a scenario's number as a phone shows it; raises InputError for anything else."""
    knob = knobs().get(name)
    if knob is None:
        raise InputError(f"{name[:40]!r} is no lever that a room can move")
    share = knob.unit not in NO_SHARES and not isinstance(defaults()[name], int)
    scale = PERCENT if share else 1.0
    unit = f"% {knob.unit}".strip() if share else knob.unit
    low, high, step = (round(each * scale, 9) for each in (knob.low, knob.high, knob.step))
    start = round(getattr(scenario, name) * scale, 9)
    return Lever(name, knob.label, unit, low, high, step, start, scale)


def ballot(names: Sequence[str], scenario: Scenario) -> tuple[Lever, ...]:
    """Put up to three different levers to a room."""
    if not 1 <= len(names) <= MOST_LEVERS or len(set(names)) != len(names):
        raise InputError(f"a room is asked one to {MOST_LEVERS} different levers")
    return tuple(lever_of(name, scenario) for name in names)


def checked(levers: Sequence[Lever], said: Mapping[str, object]) -> dict[str, float]:
    """Read one answer: every lever that was touched, in range and on a step.

    A stranger's text is never repeated in a refusal.
    """
    known = {lever.name: lever for lever in levers}
    if not said.keys() <= known.keys():
        raise InputError("That lever is not in this question.")
    found = {name: _number(known[name], value) for name, value in said.items() if value != ""}
    if not found:
        raise InputError("Move at least one lever.")
    return found


def _number(lever: Lever, value: object) -> float:
    unit = f" {lever.unit}" if lever.unit else ""
    wanted = f"{lever.label}: {lever.low:g} to {lever.high:g}{unit} in steps of {lever.step:g}."
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise InputError(wanted)
    try:
        number = float(value.replace(",", ".", 1)) if isinstance(value, str) else float(value)
    except (ValueError, OverflowError) as error:
        raise InputError(wanted) from error
    if not isfinite(number) or not lever.low - CLOSE <= number <= lever.high + CLOSE:
        raise InputError(wanted)
    if abs(lever.nearest(number) - number) > CLOSE * max(lever.step, 1.0):
        raise InputError(wanted)
    return lever.nearest(number)


def line(text: object, most: int = LONGEST_WHY) -> str:
    """Read a person's words: one line, short, without what cannot be printed."""
    if not isinstance(text, str):
        raise InputError("That is not text.")
    found = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if len(found) > most:
        raise InputError(f"At most {most} characters, please.")
    return found
