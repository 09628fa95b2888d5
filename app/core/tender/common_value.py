"""What several cities that ask for the same thing ask for together."""

from collections import Counter
from collections.abc import Mapping, Sequence

from app.core.tender.library import LEVELS

RULES = ("strictest", "majority")
LOWER, HIGHER = "lower", "higher"
PARAMETER = "parameter "  # before the name of a parameter, where it stands among other fields
ANY, ALL = {"legal_check"}, {"selected"}
Stricter = Mapping[tuple[str, str], str]  # (clause, parameter) to "lower" or "higher"


def common_value(
    clause: str, field: str, values: Sequence[str], rule: str, stricter: Stricter
) -> tuple[str, str]:
    """Return the value that holds for all, and by which rule it was found.

    A clause is common where all ask for it, and must be seen by a lawyer where one of them needs
    that. The strictest level is the most binding one; the strictest number is known by the clause.
    Words have no strictest: the majority's are taken, of a tie the first in the alphabet.
    """
    told = set(values)
    if len(told) == 1:
        return values[0], "same"
    if field in ANY | ALL:
        wanted = "yes" if field in ANY else "no"
        return (wanted if wanted in told else min(told)), "any" if field in ANY else "all"
    ranked = _ranked(clause, field, told, stricter)
    if rule == "strictest" and ranked:
        return ranked[0], "strictest"
    counts = Counter(values)
    most = max(counts.values())
    leading = [value for value in ranked or sorted(told) if counts[value] == most]
    return leading[0], "majority" if len(leading) == 1 else "tie"


def _ranked(clause: str, field: str, values: set[str], stricter: Stricter) -> list[str]:
    """Sort values from the strictest; nothing where nobody knows which is."""
    if field == "level" and values <= set(LEVELS):
        return sorted(values, key=LEVELS.index)
    way = stricter.get((clause, field.removeprefix(PARAMETER)))
    if way is None or not field.startswith(PARAMETER):
        return []
    try:
        return sorted(values, key=float, reverse=way == HIGHER)
    except ValueError:
        return []
