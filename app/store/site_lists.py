"""The list of sites of each project: what a city decided about the places of its plan."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from app.core.errors import InputError
from app.store.database import Database
from app.store.models import SiteListRow
from app.store.repository import Clock, utc_now

OVERTAKEN = (
    "Somebody else changed the list of sites in between; it is shown as it is now. "
    "Please make your change again."
)


@dataclass(frozen=True, slots=True)
class StoredList:
    """A list as text (CSV), and which change of it this is."""

    content: str
    revision: int
    changed: datetime


class SiteLists:
    """One list per project; a change that did not see the last one is refused."""

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        """Take an open database and a clock."""
        self._database = database
        self._clock = clock

    def keep(self, project: str, content: str, *, seen: int) -> int:
        """Keep a list and return its revision; ``seen`` is the one it was changed from, 0 none.

        Raises
        ------
        InputError
            Somebody else changed the list in between.
        """
        row = SiteListRow(
            project=project, revision=seen + 1, content=content, changed=self._clock()
        )
        try:
            with self._database.change() as session:
                old = session.get(SiteListRow, project, with_for_update=True)
                if (old.revision if old else 0) != seen:
                    raise InputError(OVERTAKEN)
                session.merge(row)
        except IntegrityError as error:  # two made the first list at once
            raise InputError(OVERTAKEN) from error
        return seen + 1

    def get(self, project: str) -> StoredList | None:
        """Return the list of a project, if there is one."""
        with self._database.read() as session:
            row = session.get(SiteListRow, project)
            return None if row is None else StoredList(row.content, row.revision, row.changed)
