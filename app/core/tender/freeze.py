"""What stands against a final edition: each thing that a person must still settle."""

from collections.abc import Iterable

from app.core.duties.base import Check
from app.core.tender.selection import Selection


def freeze(
    selection: Selection, open_items: Iterable[str], checks: Iterable[Check] = ()
) -> list[str]:
    """List what stands against a final edition; an empty list and nothing else lets it through.

    Parameters
    ----------
    open_items
        What is open in list and plan; those of the selection are added where they are missing.
    checks
        Checks of the pack: a gap stops it. What could not be checked stays visible as unknown.
    """
    found = [*open_items, *selection.open_items]
    found += [
        f"{choice.requirement.id}: to be checked with legal, not signed off"
        for choice in selection.included
        if choice.legal_mark == "check with legal"
    ]
    found += [_of_check(check) for check in checks if check.result == "gap"]
    return list(dict.fromkeys(found))


def _of_check(check: Check) -> str:
    if check.found is None or check.required is None:
        return f"{check.id}, {check.scope}: {check.inputs or 'gap'}"
    found, required = f"{check.found:.4g}", f"{check.required:.4g}"
    return f"{check.id}, {check.scope}: {found} {check.unit}, asked {required}"
