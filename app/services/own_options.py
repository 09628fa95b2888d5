"""Use-case: read ``name=value`` pairs of the terminal into the options of a run."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from math import isfinite
from types import MappingProxyType

from app.core.engine.result import Options
from app.core.engine.taper import NO_TAPER, Taper
from app.core.errors import Fault, RefusedError, refusal
from app.core.strategies import STRATEGIES, Strategy
from app.services.tapers import load_tapers

AUTO = "auto"
MANY_KW = 1e9
RANGES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "min_current_a": (0, 16),
        "share_can_resume": (0, 1),
        "v2g_share": (0, 1),
        "opt_out": (0, 1),
        "soc_floor": (0, 1),
        "round_trip": (0.5, 1),
        "theta_kw": (-MANY_KW, MANY_KW),
        "sweeps": (1, 100),
        "seed": (0, 2**63 - 1),
        "release_min": (0, 240),
    }
)
MAY_BE_AUTO = ("theta_kw", "release_min")


def find_strategy(key: str) -> Strategy:
    """Find a strategy by its key, or say which there are."""
    if key not in STRATEGIES:
        choices = ", ".join(STRATEGIES)
        raise refusal("unknown_strategy", f"no strategy {key!r}; choose from {choices}")
    return STRATEGIES[key]


def parse_options(pairs: Iterable[str]) -> Options:
    """Read ``name=value`` pairs, refusing all that do not fit at once; the last of a name wins."""
    known = {each.name: each for each in fields(Options)}
    found: dict[str, float | str | Taper] = {}
    wrong: list[Fault] = []
    for pair in pairs:
        name, equals, text = (part.strip() for part in pair.partition("="))
        if not equals:
            said = f"option {pair!r}: write it as name=value"
            wrong.append(Fault("unknown_option", said, column=name))
            continue
        if name not in known:
            said = f"no option {name!r}; choose from {', '.join(known)}"
            wrong.append(Fault("unknown_option", said, column=name))
            continue
        value, problem = _value(name, text, default=known[name].default)
        if problem:
            said = f"option {name}: {problem}"
            wrong.append(Fault("option_out_of_range", said, column=name))
        else:
            found[name] = value
    if wrong:
        raise RefusedError(wrong)
    return Options(**found)  # type: ignore[arg-type]


def _value(name: str, text: str, *, default: object) -> tuple[float | str | Taper, str]:
    """Read one value; the second part says what is wrong with it, empty when nothing is."""
    if name in MAY_BE_AUTO and text.casefold() == AUTO:
        return AUTO, ""
    if name == "taper":
        curves = load_tapers()
        wanted = f"found {text!r}, wanted {', '.join(curves)}"
        return curves.get(text, NO_TAPER), "" if text in curves else wanted
    low, high = RANGES[name]
    whole = isinstance(default, int)
    wanted = f"{low:g} to {high:g}" if high < MANY_KW else "a number"
    if whole:
        wanted = f"a whole number {'from ' + wanted if high < MANY_KW else f'of {low:g} or more'}"
    wanted += " or auto" if name in MAY_BE_AUTO else ""
    try:
        value = float(text)
    except ValueError:
        return 0.0, f"found {text!r}, wanted {wanted}"
    if not isfinite(value) or not low <= value <= high or (whole and value % 1):
        return 0.0, f"found {text!r}, wanted {wanted}"
    return (int(value) if whole else value), ""
