"""What a person changed in the clauses: dropped, reworded, set, signed off."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches
from math import isfinite
from types import MappingProxyType
from typing import Any

from app.core.errors import InputError
from app.core.tender.library import Library, Requirement

OWN_KEYS = ("drop", "text", "checked_by", "checked_on")
KINDS: Mapping[str, tuple[tuple[type, ...], str]] = MappingProxyType(
    {
        "drop": ((bool,), "true or false"),
        "text": ((str,), "text"),
        "checked_by": ((str,), "text"),
        "checked_on": ((str, date), "a date"),
    }
)
VALUE = ((str, int, float, date), "text, a number or a date")


@dataclass(frozen=True, slots=True)
class Edit:
    """Changes to one clause. A sign-off names who checked it and when; the letter stays."""

    drop: bool = False
    text: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    checked_by: str = ""
    checked_on: str = ""

    @property
    def changes_words(self) -> bool:
        """Whether the clause reads differently now."""
        return self.text is not None or bool(self.parameters)


Edits = Mapping[str, Edit]


def parse_edits(document: str, library: Library) -> Edits:
    """Read ``clauses.toml``: ``[clause.SMC-05]`` with ``drop``, parameters, ``checked_by``.

    Raises InputError naming the nearest clause or parameter where one is not known.
    """
    try:
        whole = tomllib.loads(document)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"the clause file is not TOML: {error}") from error
    tables = whole.get("clause", {})
    if set(whole) - {"clause"} or not isinstance(tables, dict):
        raise InputError("the clause file has tables such as [clause.SMC-05] and nothing else")
    by_id = {clause.id: clause for clause in library}
    faults: list[str] = []
    edits: dict[str, Edit] = {}
    for name, table in tables.items():
        if name not in by_id or not isinstance(table, dict):
            faults.append(f"no clause {name!r}{_near(name, by_id)}")
            continue
        faults += _unknown(by_id[name], table)
        edits[name] = _edit(table)
    if faults:
        raise InputError("\n".join(faults))
    return edits


def apply(clause: Requirement, edit: Edit) -> Requirement:
    """Return the clause as a person wants it; what they set is no proposal any more."""
    settings = tuple(
        replace(each, value=edit.parameters[each.name], note="", proposed=False)
        if each.name in edit.parameters
        else each
        for each in clause.parameters
    )
    return replace(clause, parameters=settings, text=edit.text or clause.text)


def _unknown(clause: Requirement, table: Mapping[str, Any]) -> list[str]:
    names = [each.name for each in clause.parameters]
    return [
        f"{clause.id} has no parameter {key!r}{_near(key, names)}"
        for key in table
        if key not in OWN_KEYS and key not in names
    ] + [
        f"{clause.id}, {key}: {value!r} is not {wanted}"
        for key, value in table.items()
        for kinds, wanted in [KINDS.get(key, VALUE)]
        if not isinstance(value, kinds) or (isinstance(value, float) and not isfinite(value))
    ]


def _edit(table: Mapping[str, Any]) -> Edit:
    text = table.get("text")
    return Edit(
        drop=table.get("drop") is True,
        text=None if text is None else str(text),
        parameters={key: str(value) for key, value in table.items() if key not in OWN_KEYS},
        checked_by=str(table.get("checked_by", "")),
        checked_on=str(table.get("checked_on", "")),
    )


def _near(name: str, known: Any) -> str:  # noqa: ANN401
    near = get_close_matches(name, list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
