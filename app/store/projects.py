"""Keep projects: the facts in the database, the layers as files by digest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import select

from app.core.errors import InputError
from app.core.layer import Layer
from app.core.project import Project
from app.store.database import Database
from app.store.layers import LayerFolder, facts, with_facts
from app.store.models import ProjectRow
from app.store.repository import Clock, utc_now

RECORD = "record"
Record: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StoredProject:
    """What a menu says of a project, without reading its maps."""

    slug: str
    name: str
    country: str
    kinds: tuple[str, ...]
    changed: datetime


class Projects:
    """Projects that visitors made from their own files."""

    def __init__(self, database: Database, layers: LayerFolder, clock: Clock = utc_now) -> None:
        """Take an open database, the folder of layers and a clock."""
        self._database = database
        self._layers = layers
        self._clock = clock

    def save(self, project: Project, records: Mapping[str, Record] | None = None) -> None:
        """Keep a project and its layers; one of the same slug is replaced.

        ``records`` say per kind how a file became the layer.
        """
        found = {kind: self._put(layer) for kind, layer in sorted(project.layers.items())}
        for kind, record in (records or {}).items():
            if kind in found:
                found[kind][RECORD] = dict(record)
        now = self._clock()
        with self._database.change() as session:
            old = session.get(ProjectRow, project.slug)
            session.merge(
                ProjectRow(
                    slug=project.slug,
                    name=project.name,
                    country=project.country,
                    crs=project.crs,
                    timezone=project.timezone,
                    schematic=project.schematic,
                    illustrative=project.illustrative,
                    layers=found,
                    created=old.created if old else now,
                    changed=now,
                )
            )

    def get(self, slug: str) -> Project:
        """Read a project with all its layers, each checked against its digest."""
        with self._database.read() as session:
            row = session.get(ProjectRow, slug)
        if row is None:
            raise InputError(f"No project {slug[:40]!r} is stored here.")
        return Project(
            slug=row.slug,
            name=row.name,
            country=row.country,
            crs=row.crs,
            timezone=row.timezone,
            layers={kind: self._get(known) for kind, known in row.layers.items()},
            schematic=row.schematic,
            illustrative=row.illustrative,
        )

    def records(self, slug: str) -> dict[str, Record]:
        """Read per kind how a file became the layer; nothing for a project that is not here."""
        with self._database.read() as session:
            row = session.get(ProjectRow, slug)
        layers = row.layers if row is not None else {}
        return {kind: known[RECORD] for kind, known in layers.items() if RECORD in known}

    def bytes(self, project: Project) -> int:
        """Count what the layers of a project take on the disk, putting down those that are new."""
        return sum(self._layers.size(self._layers.put(each)) for each in project.layers.values())

    def list(self) -> list[StoredProject]:
        """List what is stored, by name."""
        with self._database.read() as session:
            rows = session.scalars(select(ProjectRow).order_by(ProjectRow.name, ProjectRow.slug))
            return [
                StoredProject(r.slug, r.name, r.country, tuple(sorted(r.layers)), r.changed)
                for r in rows
            ]

    def delete(self, slug: str) -> None:
        """Forget a project. Its layers stay until ``forget_layers``: others may use them."""
        with self._database.change() as session:
            row = session.get(ProjectRow, slug)
            if row is None:
                raise InputError(f"No project {slug[:40]!r} is stored here.")
            session.delete(row)

    def forget_layers(self) -> int:
        """Remove layer files that no project names; say how many went."""
        with self._database.read() as session:
            every = session.scalars(select(ProjectRow.layers)).all()
        used = frozenset(known["digest"] for layers in every for known in layers.values())
        return self._layers.forget(used)

    def _put(self, layer: Layer) -> dict[str, Any]:
        return {"digest": self._layers.put(layer), **facts(layer)}

    def _get(self, known: dict[str, Any]) -> Layer:
        return with_facts(self._layers.get(known["digest"]).frame, known)
