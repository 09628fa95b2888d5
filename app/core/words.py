"""What two scenarios differ in, in words that a council understands."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor, log10
from typing import Any, Literal

from app.core.demand.titles import title_of
from app.core.parameters import Parameter
from app.core.scenario import Scenario, choices, defaults, knobs

Value = float | str | tuple[str, ...] | None
Direction = Literal["up", "down", "changed"]
GROUPS = ("Demand", "Charging", "Base load", "Sites", "Tender")
DIGITS, MOST_DIGITS = 3, 18
NO_UNITS = ("share", "ratio", "log scale", "year")  # of a number that a sentence gives bare
NAMED_IDS = 3
HEADLINE_PARTS = 4
SAME = "Same assumptions."
NOTHING_ELSE = "Nothing else differs."
OWN_LABELS = {  # levers that are no slider: (label, group)
    "contract": ("Capacity contract", "Charging"),
    "weights": ("Weight of {}", "Sites"),
    "assumptions": ("{}", "Demand"),
    "locked": ("Places fixed by hand", "Sites"),
    "excluded": ("Places ruled out by hand", "Sites"),
    "added": ("Places added by hand", "Sites"),
    "moved": ("Places moved by hand", "Sites"),
    "reasons": ("Reasons given by hand", "Sites"),
    "clauses": ("Clauses changed by hand", "Tender"),
}

PAIRED = ("weights", "assumptions")  # levers that hold a number per name
NONE_KNOWN: Mapping[str, Parameter] = {}


@dataclass(frozen=True, slots=True)
class Difference:
    """One lever that differs. A page translates ``label``, ``unit`` and the titles of choices.

    Attributes
    ----------
    name
        The lever; ``weights.<criterion>`` for a weight, ``assumptions.<parameter>`` for a number.
    before, after
        A number, the key of a choice, the ids of a list; None where a weight or an
        assumption is left as it is.
    before_text, after_text
        The same in English, with enough digits to tell them apart, without the unit.
    is_share
        Whether the number is a share, shown in percent.
    """

    name: str
    label: str
    unit: str
    before: Value
    after: Value
    before_text: str
    after_text: str
    direction: Direction
    is_share: bool = False

    @property
    def sentence(self) -> str:
        """Say it in plain English."""
        if isinstance(self.before, tuple) and isinstance(self.after, tuple):
            return f"{self.label}: {_moves(self.before, self.after)}."
        after = _with_unit(self.after_text, self.unit)
        if self.direction == "changed":
            return f"{self.label}: {after} instead of {self.before_text}."
        return f"{self.label}: {self.direction} from {self.before_text} to {after}."


def diff(
    before: Scenario, after: Scenario, numbers: Mapping[str, Parameter] = NONE_KNOWN
) -> list[Difference]:
    """List the levers that differ, in page order: demand, charging, sites, tender.

    With ``numbers``, an assumption that is left as it is shows the usual number, with its unit.
    """
    found: list[Difference] = []
    for name in sorted(defaults(), key=_place):
        old, new = _value(name, before), _value(name, after)
        if old == new:
            continue
        usual = numbers if name == "assumptions" else NONE_KNOWN
        found += _pairs(name, old, new, usual) if name in PAIRED else [_difference(name, old, new)]
    return found


def sentences(
    before: Scenario, after: Scenario, numbers: Mapping[str, Parameter] = NONE_KNOWN
) -> list[str]:
    """Say what differs, one sentence per lever, and that nothing else does."""
    found = [each.sentence for each in diff(before, after, numbers)]
    return [*found, NOTHING_ELSE] if found else [SAME]


def label(scenario: Scenario, base: Scenario, *, name: str = "B", base_name: str = "A") -> str:
    """Name a scenario by what it adds to another: "B = A + pause + V2G share 30 %"."""
    parts = [_headline(each) for each in diff(base, scenario)]
    more = len(parts) - HEADLINE_PARTS
    if more > 0:
        parts = [*parts[:HEADLINE_PARTS], f"{more} more"]
    return f"{name} = " + " + ".join([base_name, *parts])


def summary(scenario: Scenario) -> str:
    """Say a scenario in one line, for the foot of maps and documents."""
    usual = Scenario()
    always = ("year", "uptake", "strategy", "v2g_share")
    shown = [*always, *(d.name for d in diff(usual, scenario) if d.name not in always)]
    return " · ".join(_stated(name, scenario) for name in shown)


def number_text(value: float, digits: int = DIGITS) -> str:
    """Write a number with ``digits`` significant digits: 1,230 and 0.0457; whole ones in full."""
    if value == 0:
        return "0"
    if isinstance(value, int):
        return f"{value:,}"
    decimals = digits - 1 - floor(log10(abs(value)))
    rounded = round(value, decimals)
    text = f"{rounded:,.{max(decimals, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _moves(before: tuple[str, ...], after: tuple[str, ...]) -> str:
    added = tuple(each for each in after if each not in before)
    gone = tuple(each for each in before if each not in after)
    parts = [
        f"{_named(ids)} {verb}" for ids, verb in ((added, "added"), (gone, "taken out")) if ids
    ]
    return ", ".join(parts) or "in another order"


def _named(ids: tuple[str, ...]) -> str:
    if not ids:
        return "none"
    more = len(ids) - NAMED_IDS
    shown = ", ".join(ids[:NAMED_IDS])
    return f"{shown} and {more} more" if more > 0 else shown


def _headline(each: Difference) -> str:
    if each.name == "strategy":
        return each.after_text
    if isinstance(each.after, tuple):
        return f"{each.label.lower()} ({len(each.after)})"
    short = "" if each.is_share else each.unit
    return f"{each.label} {_with_unit(each.after_text, short)}"


def _stated(name: str, scenario: Scenario) -> str:
    lever, _, key = name.partition(".")
    if lever in PAIRED:
        number = dict(getattr(scenario, lever)).get(key)
        return f"{_pair_label(lever, key)} {_usual(number)}"
    value = _value(name, scenario)
    text = _texts(name, value, value)[0]
    unit = knobs()[name].unit if name in knobs() else ""
    joint = ": " if isinstance(value, (str, tuple)) else " "
    return _label(name) + joint + _with_unit(text, unit)


def _value(name: str, scenario: Scenario) -> Any:  # noqa: ANN401
    """Give a lever's value; what was done by hand as one line per place."""
    value = getattr(scenario, name)
    if name == "added":
        return tuple(f"{each.name} ({each.points} points, {each.key})" for each in value)
    if name == "moved":
        return tuple(f"{each.id} to {each.x:.1f} {each.y:.1f}" for each in value)
    if name == "clauses":
        return tuple(f"{each.clause} {each.key}: {each.value}" for each in value)
    return tuple(f"{key}: {reason}" for key, reason in value) if name == "reasons" else value


def _place(name: str) -> tuple[int, int]:
    spec = knobs().get(name) or choices().get(name)
    group = spec.group if spec else OWN_LABELS[name][1]
    first = GROUPS.index(group) if group in GROUPS else len(GROUPS)
    return first, list(defaults()).index(name)


def _label(name: str) -> str:
    spec = knobs().get(name) or choices().get(name)
    return spec.label if spec else OWN_LABELS[name][0]


def _difference(name: str, old: Value, new: Value) -> Difference:
    before_text, after_text = _texts(name, old, new)
    unit = knobs()[name].unit if name in knobs() else ""
    share = _is_share(name)
    direction = _direction(old, new)
    return Difference(name, _label(name), unit, old, new, before_text, after_text, direction, share)


def _pairs(
    lever: str,
    old: tuple[tuple[str, float], ...],
    new: tuple[tuple[str, float], ...],
    numbers: Mapping[str, Parameter],
) -> list[Difference]:
    before: Mapping[str, float] = dict(old)
    after: Mapping[str, float] = dict(new)
    return [
        _pair(lever, key, before.get(key), after.get(key), numbers.get(key))
        for key in sorted({*before, *after})
        if before.get(key) != after.get(key)
    ]


def _pair(
    lever: str, key: str, was: float | None, now: float | None, ours: Parameter | None
) -> Difference:
    usual = ours.value if ours else None
    old, new = (usual if each is None else each for each in (was, now))
    before_text, after_text = _told_apart(old, new)
    if ours and was is None:
        before_text = f"the usual {before_text}"
    if ours and now is None:
        after_text = f"the usual {after_text}"
    unit = ours.unit if ours and ours.unit not in NO_UNITS else ""
    way = _direction(old, new) if old != new else "changed"
    title = _pair_label(lever, key)
    return Difference(f"{lever}.{key}", title, unit, was, now, before_text, after_text, way)


def _pair_label(lever: str, key: str) -> str:
    return OWN_LABELS[lever][0].format(title_of(key) if lever == "assumptions" else key)


def _told_apart(old: float | None, new: float | None) -> tuple[str, str]:
    """Write two numbers with as many digits as tell them apart."""
    for digits in range(DIGITS, MOST_DIGITS):
        texts = _usual(old, digits), _usual(new, digits)
        if texts[0] != texts[1] or old == new:
            break
    return texts


def _usual(value: float | None, digits: int = DIGITS) -> str:
    return "the usual" if value is None else number_text(value, digits)


def _direction(old: Value, new: Value) -> Direction:
    if isinstance(old, (int, float)) and isinstance(new, (int, float)):
        return "up" if new > old else "down"
    return "changed"


def _is_share(name: str) -> bool:
    spec = knobs().get(name)
    return bool(spec and spec.high <= 1 and isinstance(defaults()[name], float))


def _texts(name: str, old: Value, new: Value) -> tuple[str, str]:
    """Write both values alike, with more digits where three do not tell them apart."""
    if name == "year":
        return str(old), str(new)
    if not isinstance(old, (int, float)) or not isinstance(new, (int, float)):
        return _plain(name, old), _plain(name, new)
    for digits in range(DIGITS, MOST_DIGITS):
        if _is_share(name):
            texts = tuple(f"{number_text(100.0 * each, digits)} %" for each in (old, new))
        else:
            texts = tuple(number_text(each, digits) for each in (old, new))
        if texts[0] != texts[1] or old == new:
            break
    return texts[0], texts[1]


def _plain(name: str, value: Value) -> str:
    if isinstance(value, tuple):
        return _named(value)
    if name in choices():
        return choices()[name].options().get(str(value), str(value))
    return str(value)


def _with_unit(text: str, unit: str) -> str:
    if unit == "at least":
        return f"at least {text}"
    return f"{text} {unit}".rstrip()
