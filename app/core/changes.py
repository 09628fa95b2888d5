"""A scenario as plain text: what differs from the default, and nothing else."""

import json
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any, NoReturn

from app.core.by_hand import read_added, read_moved, read_reason
from app.core.errors import InputError
from app.core.scenario import Scenario, choices, defaults, knobs
from app.core.tender.clause_changes import read_clause_change

LONGEST_TEXT = 200
MOST_IDS = 20_000
PAIRS = {"weights": "a criterion with its weight", "assumptions": "an assumption with its number"}
BY_HAND: Mapping[str, Callable[[Any], Any]] = {
    "added": read_added,
    "moved": read_moved,
    "reasons": read_reason,
    "clauses": read_clause_change,
}
LISTS = (*PAIRS, "locked", "excluded", *BY_HAND)


def canonical(document: object) -> str:
    """Write plain data so that equal data give equal bytes: sorted, compact, no NaN."""
    return json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def parse_plain(text: str) -> Any:  # noqa: ANN401
    """Read JSON of a stranger, as data only: no NaN, no key twice, no depth that breaks us."""
    try:
        found = json.loads(text, parse_constant=_refuse, object_pairs_hook=_unique)
        json.dumps(found, ensure_ascii=False).encode()  # half a character cannot be stored
    except InputError:
        raise
    except (ValueError, RecursionError) as error:
        raise InputError(f"This is not readable as JSON: {error}") from error
    return found


def to_changes(scenario: Scenario) -> dict[str, Any]:
    """Say what differs from the default; shares are always written as decimals."""
    usual = defaults()
    found = scenario.changes()
    return {k: float(v) if isinstance(usual[k], float) else v for k, v in found.items()}


def from_changes(changes: object) -> Scenario:
    """Make the scenario that plain data of a file, a link or the store describe."""
    if not isinstance(changes, Mapping):
        raise InputError("A scenario is a list of names with values; this is something else.")
    known = defaults()
    unknown = sorted(str(name) for name in changes if name not in known)
    if unknown:
        names = ", ".join(repr(name[:LONGEST_TEXT]) for name in unknown)
        raise InputError(
            f"This scenario turns {names}, which this version of Kerbwatt does not know. "
            "Open it with a newer version."
        )
    return Scenario(**{name: _value(name, value) for name, value in changes.items()})


def _value(name: str, value: Any) -> Any:  # noqa: ANN401
    if name in knobs():
        return _number(name, value)
    if name in LISTS:
        listed = _pairs(name, value) if name in PAIRS else _listed(name, value)
        return tuple(BY_HAND[name](each) for each in listed) if name in BY_HAND else tuple(listed)
    label = choices()[name].label if name in choices() else name
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or not value.isprintable():
        raise InputError(f"{label}: this is not one of the choices")
    return value


def _number(name: str, value: Any) -> Any:  # noqa: ANN401
    spec = knobs()[name]
    span = f"{spec.low:g} to {spec.high:g} {spec.unit}".strip()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InputError(f"{spec.label}: {str(value)[:40]!r} is not a number from {span}")
    if not spec.low <= value <= spec.high:  # also catches what float() could not hold
        raise InputError(f"{spec.label}: {str(value)[:40]} is outside {span}")
    if isinstance(defaults()[name], float):
        return float(value)
    return int(value) if float(value).is_integer() else value


def _listed(name: str, value: Any) -> list[Any]:  # noqa: ANN401
    if not isinstance(value, (list, tuple)) or len(value) > MOST_IDS:
        raise InputError(f"{name} is not a list of at most {MOST_IDS} entries")
    return list(value)


def _pairs(name: str, value: Any) -> list[tuple[str, float]]:  # noqa: ANN401
    wrong = InputError(f"{name} holds something that is not {PAIRS[name]}")
    pairs = []
    for pair in _listed(name, value):
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:  # noqa: PLR2004
            raise wrong
        key, number = pair
        numeric = isinstance(number, (int, float)) and not isinstance(number, bool)
        if not isinstance(key, str) or not numeric or not isfinite(number):
            raise wrong
        pairs.append((key, float(number)))
    return pairs


def _refuse(word: str) -> NoReturn:
    raise InputError(f"This is not readable as JSON: {word} is not a number")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InputError("This is not readable as JSON: a name stands in it twice")
    return found
