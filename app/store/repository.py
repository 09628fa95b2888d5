"""Keep scenarios: save, rename, duplicate, delete to a bin, restore, list, find."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from types import MappingProxyType
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core.changes import from_changes, to_changes
from app.core.errors import InputError
from app.core.scenario import Scenario
from app.store.database import Database
from app.store.identity import is_id, new_id
from app.store.models import LONGEST_NAME, LONGEST_NOTE, ScenarioRow

PROGRAM_VERSION = version("kerbwatt")
BIN_DAYS = 30
MOST_LISTED = 500
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Say what time it is: the only clock of the store, replaced in tests."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StoredScenario:
    """A scenario with a name. ``scenario`` is made from ``content`` when asked for.

    Attributes
    ----------
    content
        What differs from the default; may hold a lever that only a newer program knows.
    layers
        Digest of each layer it was made on, by kind.
    parent_id
        The scenario it was copied from.
    deleted
        When it went to the bin; None while it is listed.
    """

    id: str
    project: str
    name: str
    parent_id: str | None
    created_by: str
    note: str
    content: Mapping[str, Any]
    layers: Mapping[str, str]
    program_version: str
    created: datetime
    changed: datetime
    deleted: datetime | None

    @property
    def scenario(self) -> Scenario:
        """The scenario itself; raises InputError where this program cannot read it."""
        return from_changes(self.content)


class Repository:
    """Stored scenarios of all projects. Every verb is one transaction.

    A project marked confidential is guarded by the caller: the repository knows no visitors.
    """

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        """Take an open database and a clock."""
        self._database = database
        self._clock = clock

    def save(  # noqa: PLR0913  # a record with its facts, all by name
        self,
        scenario: Scenario,
        *,
        project: str,
        name: str,
        parent_id: str | None = None,
        created_by: str = "",
        note: str = "",
        layers: Mapping[str, str] | None = None,
    ) -> StoredScenario:
        """Keep a new scenario; a name that is taken is refused with a proposal."""
        now = self._clock()
        row = ScenarioRow(
            id=new_id(now),
            project=project,
            name=clean_name(name),
            name_key=_key(name),
            parent_id=parent_id,
            created_by=created_by.replace("\0", "")[:LONGEST_NAME],
            note=_note(note),
            content=to_changes(scenario),
            layers=dict(layers or {}),
            program_version=PROGRAM_VERSION,
            created=now,
            changed=now,
        )
        with self._database.change() as session:
            _add(session, row)
            return _record(row)

    def update(
        self, key: str, scenario: Scenario, *, layers: Mapping[str, str] | None = None
    ) -> StoredScenario:
        """Keep the scenario under the name it has: what was there before is gone."""
        with self._database.change() as session:
            row = _find(session, key)
            row.content = to_changes(scenario)
            row.layers = dict(row.layers if layers is None else layers)
            row.program_version = PROGRAM_VERSION
            row.changed = self._clock()
            return _record(row)

    def annotate(self, key: str, note: str) -> StoredScenario:
        """Change what people wrote about it."""
        with self._database.change() as session:
            row = _find(session, key)
            row.note, row.changed = _note(note), self._clock()
            return _record(row)

    def rename(self, key: str, name: str) -> StoredScenario:
        """Give another name; a name that is taken is refused with a proposal."""
        with self._database.change() as session:
            row = _find(session, key)
            name = clean_name(name)
            if _key(name) != row.name_key:
                _refuse_taken(session, row.project, name)
            row.name, row.name_key, row.changed = name, _key(name), self._clock()
            _flush(session, row)
            return _record(row)

    def duplicate(self, key: str, name: str | None = None) -> StoredScenario:
        """Copy it: under ``name``, else under the next free "name (2)"."""
        with self._database.change() as session:
            old, now = _find(session, key), self._clock()
            chosen = clean_name(name) if name else _free(session, old.project, old.name)
            row = ScenarioRow(
                id=new_id(now),
                project=old.project,
                name=chosen,
                name_key=_key(chosen),
                parent_id=old.id,
                created_by=old.created_by,
                note=old.note,
                content=dict(old.content),
                layers=dict(old.layers),
                program_version=old.program_version,
                created=now,
                changed=now,
            )
            _add(session, row)
            return _record(row)

    def delete(self, key: str) -> StoredScenario:
        """Put it into the bin, where it stays for 30 days."""
        with self._database.change() as session:
            row = _find(session, key)
            row.deleted = self._clock()
            return _record(row)

    def restore(self, key: str) -> StoredScenario:
        """Take it out of the bin; if its name is taken by now, under the next free one."""
        with self._database.change() as session:
            row = _find(session, key, binned=True)
            row.name = _free(session, row.project, row.name)
            row.name_key = _key(row.name)
            row.deleted, row.changed = None, self._clock()
            _flush(session, row)
            return _record(row)

    def get(self, key: str) -> StoredScenario:
        """Return one that is not in the bin; raises InputError where there is none."""
        with self._database.read() as session:
            return _record(_find(session, key))

    def list(
        self, project: str | None = None, *, search: str = "", binned: bool = False
    ) -> list[StoredScenario]:
        """List what is kept (or what is in the bin), newest first, by part of the name."""
        query = select(ScenarioRow).order_by(ScenarioRow.changed.desc(), ScenarioRow.id.desc())
        if binned:
            query = query.where(ScenarioRow.deleted.is_not(None))
        else:
            query = query.where(ScenarioRow.deleted.is_(None))
        if project is not None:
            query = query.where(ScenarioRow.project == project)
        if search.strip():
            query = query.where(ScenarioRow.name_key.contains(_key(search), autoescape=True))
        with self._database.read() as session:
            return [_record(row) for row in session.scalars(query.limit(MOST_LISTED))]

    def free_name(self, project: str, name: str) -> str:
        """Return ``name``, or the next free "name (2)" where it is taken."""
        with self._database.read() as session:
            return _free(session, project, clean_name(name))

    def purge(self) -> int:
        """Empty the bin of what has been there for 30 days; say how many went."""
        before = self._clock() - timedelta(days=BIN_DAYS)
        with self._database.change() as session:
            gone = session.execute(
                delete(ScenarioRow).where(ScenarioRow.deleted < before).returning(ScenarioRow.id)
            )
            return len(gone.all())


def clean_name(name: str) -> str:
    """Write a name as people see it: one line, no space around it, not empty, not endless."""
    clean = " ".join(unicodedata.normalize("NFC", name).split())
    if not clean:
        raise InputError("A scenario needs a name.")
    if len(clean) > LONGEST_NAME:
        raise InputError(f"A name has at most {LONGEST_NAME} characters; this has {len(clean)}.")
    if not clean.isprintable():
        raise InputError("A name holds a character that cannot be shown.")
    return clean


def _note(note: str) -> str:
    if len(note) > LONGEST_NOTE:
        raise InputError(f"A note has at most {LONGEST_NOTE} characters; this has {len(note)}.")
    return note.replace("\0", "")


def _key(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _find(session: Session, key: str, *, binned: bool = False) -> ScenarioRow:
    row = session.get(ScenarioRow, key) if is_id(key) else None
    if row is None or (row.deleted is not None) is not binned:
        where = "in the bin" if binned else "stored"
        raise InputError(f"No scenario {key[:40]!r} is {where} here; the link may be out of date.")
    return row


def _named(project: str, name: str) -> Select[str]:
    return select(ScenarioRow.id).where(
        ScenarioRow.project == project,
        ScenarioRow.name_key == _key(name),
        ScenarioRow.deleted.is_(None),
    )


def _free(session: Session, project: str, name: str) -> str:
    number, free = 1, name
    while session.scalar(_named(project, free)) is not None:
        number += 1
        ending = f" ({number})"
        free = name[: LONGEST_NAME - len(ending)] + ending
    return free


def _refuse_taken(session: Session, project: str, name: str) -> None:
    free = _free(session, project, name)
    if free != name:
        raise InputError(f"A scenario named {name!r} is there already; {free!r} is free.")


def _add(session: Session, row: ScenarioRow) -> None:
    _refuse_taken(session, row.project, row.name)
    session.add(row)
    _flush(session, row)


def _flush(session: Session, row: ScenarioRow) -> None:
    name = row.name
    try:
        session.flush()
    except IntegrityError as error:  # somebody else took it between our look and our write
        raise InputError(f"A scenario named {name!r} was saved a moment ago.") from error


def _record(row: ScenarioRow) -> StoredScenario:
    return StoredScenario(
        id=row.id,
        project=row.project,
        name=row.name,
        parent_id=row.parent_id,
        created_by=row.created_by,
        note=row.note,
        content=MappingProxyType(dict(row.content)),
        layers=MappingProxyType(dict(row.layers)),
        program_version=row.program_version,
        created=row.created,
        changed=row.changed,
        deleted=row.deleted,
    )
