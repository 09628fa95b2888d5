"""What a person changed in the clauses: dropped, reworded, set, confirmed, signed off."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, cast

from app.core.errors import InputError
from app.core.tender.library import Library, Requirement
from app.core.tender.settings import is_day

LINE, PAGE = 200, 4_000  # characters of a name or reason, and of the text of a clause
OWN_KEYS = ("drop", "drop_reason", "text", "confirm", "checked_by", "checked_on")
KINDS: Mapping[str, tuple[type | tuple[type, ...], str]] = MappingProxyType(
    {
        "drop": (bool, "true or false"),
        "drop_reason": (str, f"a line of 1 to {LINE} characters"),
        "text": (str, f"a text of 1 to {PAGE} characters"),
        "confirm": (list, "a list of parameter names"),
        "checked_by": (str, f"a line of 1 to {LINE} characters"),
        "checked_on": ((str, date), "a date like 2027-01-15"),
    }
)


@dataclass(frozen=True, slots=True)
class Edit:
    """Changes to one clause.

    A value that was set stays open until its name is in ``confirmed`` or the clause is signed
    off: by a name and on a day. The letter stays whatever happens.
    """

    drop: bool = False
    text: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    checked_by: str = ""
    checked_on: str = ""
    drop_reason: str = ""
    confirmed: tuple[str, ...] = ()

    @property
    def changes_words(self) -> bool:
        """Whether the clause reads differently now."""
        return self.text is not None or bool(self.parameters)

    @property
    def signed(self) -> bool:
        """Whether somebody put a name and a day to it."""
        return bool(self.checked_by and self.checked_on)


Edits = Mapping[str, Edit]


def parse_edits(document: str, library: Library) -> Edits:
    """Read ``clauses.toml``: ``[clause.SMC-05]`` with ``drop``, parameters, ``checked_by``.

    Raises InputError naming the nearest clause or parameter where one is not known.
    """
    try:
        whole = tomllib.loads(document)
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits is no TOML fault
        raise InputError(f"the clause file is not TOML: {error}") from error
    tables = whole.get("clause", {})
    if set(whole) - {"clause"} or not isinstance(tables, dict):
        raise InputError("the clause file has tables such as [clause.SMC-05] and nothing else")
    return read_edits(tables, library)


def read_edits(tables: Mapping[str, Any], library: Library) -> Edits:
    """Read changes from plain data, by clause; every fault is told at once."""
    by_id = {clause.id: clause for clause in library}
    faults: list[str] = []
    for name, table in tables.items():
        if name not in by_id:
            faults.append(f"no clause {name!r}{_near(name, by_id)}")
        elif not isinstance(table, dict):
            faults.append(f"{name} is not a table such as [clause.{name}]")
        else:
            faults += _faults(by_id[name], table)
    if faults:
        raise InputError("\n".join(faults))
    return {name: _edit(by_id[name], table) for name, table in tables.items()}


def write_edits(tables: Mapping[str, Mapping[str, Any]]) -> str:
    """Write changes as ``clauses.toml``: what is read from it again is the same."""
    lines = []
    for name, table in tables.items():
        lines += [f"[clause.{name}]", *(f"{key} = {_toml(value)}" for key, value in table.items())]
        lines.append("")
    return "\n".join(lines)


def apply(clause: Requirement, edit: Edit) -> Requirement:
    """Return the clause as a person wants it; only a confirmed value is no proposal any more."""
    settings = []
    for each in clause.parameters:
        value = edit.parameters.get(each.name)
        now = each if value is None else each.set_to(value)
        settled = edit.signed or each.name in edit.confirmed
        settings.append(replace(now, proposed=False) if settled and now.value else now)
    return replace(clause, parameters=tuple(settings), text=edit.text or clause.text)


def _faults(clause: Requirement, table: Mapping[str, Any]) -> Iterable[str]:
    names = [each.name for each in clause.parameters]
    by_name = {each.name: each for each in clause.parameters}
    for key, value in table.items():
        if key in OWN_KEYS:
            yield from _own_faults(clause.id, key, value, names)
        elif key not in by_name:
            yield f"{clause.id} has no parameter {key!r}{_near(key, (*names, *OWN_KEYS))}"
        else:
            try:
                by_name[key].read(value)
            except InputError as error:
                yield f"{clause.id}, {key}: {error}"
    if bool(table.get("checked_by")) != bool(table.get("checked_on")):
        yield f"{clause.id}: a sign-off needs both checked_by and checked_on"


def _own_faults(name: str, key: str, value: Any, names: list[str]) -> Iterable[str]:  # noqa: ANN401
    kinds, wanted = KINDS[key]
    if not isinstance(value, kinds) or not _fits(key, value):
        yield f"{name}, {key}: {str(value)[:40]!r} is not {wanted}"
    elif key == "confirm":
        for each in cast("list[object]", value):
            if each not in names:
                yield f"{name} has no parameter {each!r}{_near(str(each), names)}"


def _fits(key: str, value: Any) -> bool:  # noqa: ANN401
    if key == "checked_on":
        return is_day(str(value))
    if key == "text":
        return bool(value.strip()) and len(value) <= PAGE
    if isinstance(value, str):
        return bool(value.strip()) and len(value) <= LINE and value.isprintable()
    return True


def _edit(clause: Requirement, table: Mapping[str, Any]) -> Edit:
    text = table.get("text")
    return Edit(
        drop=table.get("drop") is True,
        text=None if text is None else str(text),
        parameters={
            each.name: each.read(table[each.name])
            for each in clause.parameters
            if each.name in table
        },
        checked_by=str(table.get("checked_by", "")),
        checked_on=str(table.get("checked_on", "")),
        drop_reason=str(table.get("drop_reason", "")),
        confirmed=tuple(str(each) for each in table.get("confirm", ())),
    )


def _toml(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_toml(each) for each in value)}]"
    if isinstance(value, (int, float)):
        return str(value)
    plain = str(value).replace("\\", "\\\\").replace('"', '\\"')
    escaped = (c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in plain)
    return f'"{"".join(escaped)}"'


def _near(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
