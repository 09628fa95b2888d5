"""Where each visitor stopped, so that a lost connection loses nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from app.core.changes import from_changes, to_changes
from app.core.scenario import Scenario
from app.store.database import Database
from app.store.models import DraftRow
from app.store.repository import Clock, utc_now

DRAFT_DAYS = 7


@dataclass(frozen=True, slots=True)
class Draft:
    """What a visitor was asking, of which project, and when."""

    visitor: str
    project: str
    scenario: Scenario
    changed: datetime


class Drafts:
    """One draft per visitor and project; older than a week they go."""

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        """Take an open database and a clock."""
        self._database = database
        self._clock = clock

    def keep(self, visitor: str, project: str, scenario: Scenario) -> None:
        """Write down where this visitor is; the last one counts."""
        row = DraftRow(
            visitor=visitor,
            project=project,
            content=to_changes(scenario),
            changed=self._clock(),
        )
        with self._database.change() as session:
            session.merge(row)

    def last(self, visitor: str, project: str | None = None) -> Draft | None:
        """Return the newest draft of a visitor, of one project or of any."""
        query = select(DraftRow).where(
            DraftRow.visitor == visitor, DraftRow.changed >= self._oldest()
        )
        if project is not None:
            query = query.where(DraftRow.project == project)
        with self._database.read() as session:
            row = session.scalars(query.order_by(DraftRow.changed.desc()).limit(1)).first()
            if row is None:
                return None
            return Draft(row.visitor, row.project, from_changes(row.content), row.changed)

    def forget(self, visitor: str) -> None:
        """Drop what this visitor left."""
        with self._database.change() as session:
            session.execute(delete(DraftRow).where(DraftRow.visitor == visitor))

    def purge(self) -> int:
        """Drop drafts older than a week; say how many went."""
        with self._database.change() as session:
            gone = session.execute(
                delete(DraftRow)
                .where(DraftRow.changed < self._oldest())
                .returning(DraftRow.visitor)
            )
            return len(gone.all())

    def _oldest(self) -> datetime:
        return self._clock() - timedelta(days=DRAFT_DAYS)
