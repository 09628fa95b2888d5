"""Use-case: what outlives a visit on this server, opened when first needed."""

import threading
from dataclasses import dataclass
from pathlib import Path

from app.settings import SETTINGS
from app.store.database import Database, open_database
from app.store.drafts import Drafts
from app.store.layers import LayerFolder
from app.store.projects import Projects
from app.store.repository import Repository
from app.store.site_lists import SiteLists


@dataclass(frozen=True, slots=True, eq=False)
class Store:
    """Scenarios, projects, lists of sites, drafts and layers of one server."""

    database: Database
    scenarios: Repository
    projects: Projects
    site_lists: SiteLists
    drafts: Drafts
    layers: LayerFolder

    def purge(self) -> None:
        """Drop what has been in the bin, or lain as a draft, for too long."""
        self.scenarios.purge()
        self.drafts.purge()


_lock = threading.Lock()
_opened: dict[str, Store] = {}


def open_store(home: Path, url: str | None = None, blobs: Path | None = None) -> Store:
    """Open a store and drop what is out of date."""
    database = open_database(home, url)
    layers = LayerFolder(blobs or home / "layers")
    store = Store(
        database,
        Repository(database),
        Projects(database, layers),
        SiteLists(database),
        Drafts(database),
        layers,
    )
    store.purge()
    return store


def store() -> Store:
    """Give the store of this server, as ``KERBWATT_HOME`` and ``KERBWATT_DATABASE_URL`` say."""
    with _lock:
        if "here" not in _opened:
            blobs = Path(SETTINGS.blobs) if SETTINGS.blobs else None
            _opened["here"] = open_store(SETTINGS.home, SETTINGS.database_url, blobs)
        return _opened["here"]


def close_store() -> None:
    """Let go of the database: the server is leaving."""
    with _lock:
        if "here" in _opened:
            _opened.pop("here").database.close()
