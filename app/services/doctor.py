"""Use-case: what this machine has, lacks, and would be slow at."""

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from secrets import token_hex
from typing import Literal

from app.core.errors import KerbwattError
from app.settings import SETTINGS, Settings

State = Literal["ok", "slow", "missing", "broken"]
OLDEST_PYTHON = (3, 11)
OLDEST_SQLITE = (3, 35, 0)  # first to say which rows a deletion took
WANTED = ("streamlit", "geopandas", "shapely", "pyproj", "pyogrio", "pandas", "numpy", "numba")
WANTED_ALSO = ("scipy", "scikit-learn", "pydeck", "plotly", "sqlalchemy", "alembic", "pyarrow")
DRIVERS = ("GPKG", "GeoJSON", "ESRI Shapefile", "FlatGeobuf")
GIGABYTE = 1024**3
ENOUGH_MEMORY_GB = 2.0
ENOUGH_DISK_GB = 1.0
CGROUP = Path("/sys/fs/cgroup/memory.max")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. ``needed`` says whether the main job stops without it."""

    key: str
    title: str
    state: State
    found: str
    advice: str = ""
    needed: bool = False

    @property
    def stops_us(self) -> bool:
        """Whether the main job cannot run."""
        return self.needed and self.state in {"missing", "broken"}


def examine(settings: Settings = SETTINGS) -> list[Check]:
    """Look at everything. Takes a few seconds: libraries are really loaded."""
    return [
        *_programs(),
        *_safely("machine", "Machine", lambda: _machine(settings), needed=False),
        *_safely("home", "Home folder", lambda: _home(settings), needed=False),
        *_safely("store", "Store", lambda: _store(settings), needed=False),
        *_safely("fetch", "Open data", lambda: _reach(settings), needed=False),
        *_safely("drivers", "File formats", _drivers, needed=False),
        *_safely("reader", "Reading of files", _reader, needed=False),
        *_safely("projections", "Coordinate systems", _projections, needed=True),
        *_safely("city", "Bundled city", lambda: _city(settings), needed=True),
        *_safely("strategies", "Charging strategies", _strategies, needed=True),
    ]


def healthy(checks: list[Check]) -> bool:
    """Say whether the main job can run."""
    return not any(check.stops_us for check in checks)


def _safely(
    key: str, title: str, look: Callable[[], Iterator[Check]], *, needed: bool
) -> list[Check]:
    """Turn whatever goes wrong while looking into a finding: a doctor must not faint."""
    try:
        return list(look())
    except KerbwattError as error:
        return [Check(key, title, "broken", str(error), needed=needed)]
    except Exception as error:  # noqa: BLE001  # see above
        return [Check(key, title, "broken", f"{type(error).__name__}: {error}", needed=needed)]


def _programs() -> Iterator[Check]:
    now = ".".join(map(str, sys.version_info[:3]))
    fits = sys.version_info[:2] >= OLDEST_PYTHON
    wanted = ".".join(map(str, OLDEST_PYTHON))
    yield Check("python", "Python", "ok" if fits else "broken", now, f"needs {wanted}", needed=True)
    for name in (*WANTED, *WANTED_ALSO):
        yield _library(name, "run `make setup` again", needed=True)
    yield _library("psycopg", 'only for PostgreSQL: install "kerbwatt[postgres]"', needed=False)
    sqlite_fits = sqlite3.sqlite_version_info >= OLDEST_SQLITE
    oldest = ".".join(map(str, OLDEST_SQLITE))
    state: State = "ok" if sqlite_fits else "broken"
    yield Check("sqlite", "SQLite", state, sqlite3.sqlite_version, f"needs {oldest}")


def _library(name: str, advice: str, *, needed: bool) -> Check:
    try:
        return Check(name, name, "ok", version(name), needed=needed)
    except PackageNotFoundError:
        return Check(name, name, "missing", "not installed", advice, needed=needed)


def _machine(settings: Settings) -> Iterator[Check]:
    cores = settings.threads
    yield Check(
        "cores",
        "Cores",
        "ok" if cores > 1 else "slow",
        str(cores),
        "" if cores > 1 else "long runs hold up every page",
    )
    memory_gb = _memory_bytes() / GIGABYTE
    yield Check(
        "memory",
        "Memory",
        "ok" if memory_gb >= ENOUGH_MEMORY_GB else "slow",
        f"{memory_gb:.1f} GB",
        "" if memory_gb >= ENOUGH_MEMORY_GB else f"a full year wants {ENOUGH_MEMORY_GB:g} GB",
    )


def _memory_bytes() -> int:
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = CGROUP.read_text("utf-8").strip() if CGROUP.exists() else "max"
    return min(whole, int(limit)) if limit.isdigit() else whole


def _home(settings: Settings) -> Iterator[Check]:
    advice = "set KERBWATT_HOME to a folder that may be written; nothing is saved without it"
    trouble = _write_trouble(settings.home)
    found = f"{settings.home}: {trouble}" if trouble else str(settings.home)
    yield Check("home", "Home folder", "broken" if trouble else "ok", found, advice * bool(trouble))
    if not trouble:
        free_gb = shutil.disk_usage(settings.home).free / GIGABYTE
        enough = free_gb >= ENOUGH_DISK_GB
        yield Check("disk", "Free disk", "ok" if enough else "slow", f"{free_gb:.1f} GB")
    yield _kernel_cache()


def _kernel_cache() -> Check:
    from app.core.engine import compiled  # noqa: PLC0415  # numba loads for a second

    named = os.environ.get("NUMBA_CACHE_DIR")
    folder = Path(named) if named else Path(compiled.__file__).parent / "__pycache__"
    trouble = _write_trouble(folder)
    return Check(
        "kernels",
        "Compiled kernels",
        "slow" if trouble else "ok",
        f"{folder}: {trouble}" if trouble else str(folder),
        "set NUMBA_CACHE_DIR; otherwise they compile anew at each start" if trouble else "",
    )


def _write_trouble(folder: Path) -> str:
    probe = folder / f".kerbwatt-{token_hex(4)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _store(settings: Settings) -> Iterator[Check]:
    from app.store.database import open_database  # noqa: PLC0415

    database = open_database(settings.home, settings.database_url)
    try:
        yield Check("store", "Store", "ok", database.dialect)
    finally:
        database.close()


def _reach(settings: Settings) -> Iterator[Check]:
    """Say how far fetches reach, without asking anybody."""
    from app.sources.presets import hosts, presets  # noqa: PLC0415

    words = [f"{len(presets())} sources on {len(hosts() | set(settings.allow_hosts))} hosts"]
    if settings.allow_private:
        words.append("addresses of one's own network are allowed")
    if settings.proxy is not None:
        words.append("through a proxy: which addresses are reached is its duty")
    yield Check("fetch", "Open data", "ok", "; ".join(words))


def _drivers() -> Iterator[Check]:
    import pyogrio  # noqa: PLC0415  # half a second of GDAL

    present = pyogrio.list_drivers()
    lacking = [name for name in DRIVERS if name not in present]
    gdal = ".".join(map(str, pyogrio.__gdal_version__))
    found = f"GDAL {gdal}, {len(present)} formats"
    advice = f"cannot read {', '.join(lacking)}" if lacking else ""
    yield Check("drivers", "File formats", "missing" if lacking else "ok", found, advice)


def _reader() -> Iterator[Check]:
    """Say whether the process that reads files can be held to its memory and time."""
    try:
        import resource  # noqa: F401, PLC0415  # not on Windows
    except ImportError:
        advice = "memory is not capped on this system; the time limit still holds"
        yield Check("reader", "Reading of files", "slow", "in a process of its own", advice)
        return
    found = "in a process of its own, memory and time capped"
    yield Check("reader", "Reading of files", "ok", found)


def _projections() -> Iterator[Check]:
    import pyproj  # noqa: PLC0415  # loads its database

    east, _ = pyproj.Transformer.from_crs(4326, 3035, always_xy=True).transform(10.0, 52.0)
    fits = round(east) == 4_321_000  # noqa: PLR2004  # false easting at the central meridian
    state: State = "ok" if fits else "broken"
    yield Check(
        "projections", "Coordinate systems", state, f"PROJ {pyproj.proj_version_str}", needed=True
    )


def _city(settings: Settings) -> Iterator[Check]:
    from app.services.parameters import load_parameters  # noqa: PLC0415
    from app.services.projects import load_project  # noqa: PLC0415

    project = load_project(settings.city)
    words = f"{project.name}, {len(project.layers)} layers, {len(load_parameters())} parameters"
    yield Check("city", "Bundled city", "ok", words, needed=True)


def _strategies() -> Iterator[Check]:
    from app.core.strategies import STRATEGIES  # noqa: PLC0415  # numba loads for a second

    yield Check("strategies", "Charging strategies", "ok", ", ".join(STRATEGIES), needed=True)
