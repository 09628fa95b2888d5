"""Use-case: take a file in as a layer, or say why not; and read the layers of a folder."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from app.core.errors import InputError
from app.core.schema import KINDS, PROJECT_KINDS
from app.services.scan import scan
from app.settings import SETTINGS, Settings
from app.sources.answers import Answers
from app.sources.area import Area
from app.sources.intake import Intake, receive, take_in
from app.sources.limits import MEGABYTE, Limits
from app.sources.problems import Refused
from app.sources.sniff import SUFFIXES
from app.sources.task import Report, quiet

if TYPE_CHECKING:  # a refusal must not pay for geopandas
    from app.core.layer import Layer
    from app.core.project import Project


def limits(settings: Settings = SETTINGS) -> Limits:
    """Take the limits the operator of this server has set."""
    return Limits(
        upload_bytes=settings.limit_upload_mb * MEGABYTE,
        unpacked_bytes=settings.limit_unpacked_mb * MEGABYTE,
        ratio=settings.limit_ratio,
        entries=settings.limit_entries,
        depth=settings.limit_depth,
        map_rows=settings.limit_rows,
        table_rows=settings.limit_table_rows,
        columns=settings.limit_columns,
        vertices_feature=settings.limit_vertices_feature,
        vertices_layer=settings.limit_vertices_layer,
        cell_characters=settings.limit_cell_characters,
        layers=settings.limit_layers,
        child_bytes=settings.limit_child_mb * 1024 * 1024,
        child_processor_s=settings.limit_child_cpu_s,
        child_wall_s=settings.limit_child_s,
    )


def load_layer(  # noqa: PLR0913, PLR0917  # each is a different thing a person says
    source: Path | BinaryIO,
    kind: str,
    where: "Project | Area | Callable[[], Project | Area | None] | None" = None,
    answers: Answers | None = None,
    name: str = "",
    join: "Join | None" = None,
    *,
    report: Report = quiet,
) -> Intake:
    """Take one file in. Nothing is stored, and no layer replaced: that is for a person to accept.

    Parameters
    ----------
    where
        The project or area the map belongs to, or a function that opens it when it is needed.
    name
        What the person calls the file.
    join
        A second map of stations or postcodes, for rows that name a code but no place.
    report
        Told before each step how far the work is, and what comes next.
    """

    def area() -> Area | None:
        found = _area(where() if callable(where) else where)
        return found if join is None else _joined(found, join)

    command = SETTINGS.scan_command
    return take_in(
        source,
        kind=kind,
        area=area,
        answers=answers or Answers(),
        limits=limits(),
        name=name,
        scan=partial(scan, command=command) if command else None,
        report=report,
    )


@dataclass(frozen=True, slots=True)
class Join:
    """A second map that lends its places, and what the person calls it."""

    source: Path | BinaryIO
    name: str


def _joined(area: Area | None, join: Join) -> Area:
    from app.sources.join_file import lend, read_places  # noqa: PLC0415  # loads geopandas

    try:
        content = receive(join.source, limits())
        scan(content, SETTINGS.scan_command)
        places, metric = read_places(BytesIO(content), area, limits(), join.name)
    except Refused as refusal:
        said = " ".join(problem.message for problem in refusal.problems[:3])
        raise InputError(f"{join.name}, the map to join to: {said}") from refusal
    return lend(area, places, metric)


def load_folder_layers(  # noqa: PLR0913  # the facts of a project, one by one
    folder: Path, facts: Mapping[str, Any], *, name: str, crs: str, country: str, timezone: str
) -> "dict[str, Layer]":
    """Read every layer file of a project folder through the intake, districts first.

    A layer is the file that ``[layers.<kind>] file`` names, or ``<kind>.*`` in a readable format;
    ``join`` names a second map in the folder, for rows that name a code but no place.
    Raises InputError with one sentence per problem that refuses a layer.
    """
    area = Area(None, crs, name, country, timezone)
    found: dict[str, Layer] = {}
    faults: list[str] = []
    for kind in PROJECT_KINDS:
        said = facts.get("layers", {}).get(kind, {})
        answers = _answers(kind, said, facts)
        path = layer_file(folder, kind, said.get("file"))
        if path is None:
            continue
        intake = load_layer(path, kind, area, answers, path.name, _join(folder, kind, said))
        if intake.layer is None:
            faults += [f"{path.name}: {p.message} {p.hint}".strip() for p in intake.of("error")]
            continue
        found[kind] = intake.layer
        area = area.knowing(intake.layer)
    if faults:
        raise InputError("\n".join(faults))
    return found


def _join(folder: Path, kind: str, said: Mapping[str, Any]) -> Join | None:
    """Find the second map that ``[layers.<kind>] join`` names; None where it names none."""
    if "join" not in said:
        return None
    if not KINDS[kind].geometry:
        raise InputError(f"{folder}: layers.{kind}.join is for maps; {kind} has no places")
    path = folder / Path(str(said["join"])).name
    if not path.is_file():
        raise InputError(f"{folder}: layers.{kind}.join names {path.name}, which is not there")
    return Join(path, path.name)


def layer_file(folder: Path, kind: str, named: object = None) -> Path | None:
    """Find the file of one layer in a project folder; None where there is none."""
    if named is not None:
        path = folder / Path(str(named)).name
        if not path.is_file():
            raise InputError(f"{folder}: layers.{kind} names {named}, which is not in the folder")
        return path
    endings = [suffix for all_of in SUFFIXES.values() for suffix in all_of]
    paths = [folder / f"{kind}{ending}" for ending in endings]
    there = [path for path in paths if path.is_file()]
    if len(there) > 1:
        names = " and ".join(path.name for path in there)
        raise InputError(f"{folder}: {names} could both be {kind}; name one in layers.{kind}.file")
    return there[0] if there else None


def read_answers(path: Path, kind: str) -> Answers:
    """Read the answers for one kind from a ``project.toml``."""
    try:
        facts = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not a readable project file ({error})") from error
    layers = facts.get("layers", {})
    if not isinstance(layers, dict):
        raise InputError(f"{path}: layers must be tables, such as [layers.districts]")
    return _answers(kind, layers.get(kind, {}), facts)


def _answers(kind: str, said: object, facts: Mapping[str, Any]) -> Answers:
    """Read ``[layers.<kind>]``; where it is silent on origin and the like, the project speaks."""
    if not isinstance(said, Mapping):
        raise InputError(f"layers.{kind} must be a table")
    shared = {key: facts[key] for key in ("origin", "licence", "as_of") if key in facts}
    try:
        return Answers.read({**shared, **said})
    except InputError as error:
        raise InputError(f"layers.{kind}: {error}") from error


def _area(where: "Project | Area | None") -> Area | None:
    if where is None or isinstance(where, Area):
        return where
    return Area.of(where)


def said_for(project: str | None, kind: str) -> Answers:
    """Read what a project folder already answers for a kind; nothing for a bundled city."""
    path = Path(project) / "project.toml" if project is not None else None
    return read_answers(path, kind) if path is not None and path.is_file() else Answers()


def mapped(path: Path, kind: str) -> Answers:
    """Read a mapping saved on the Data page; raises InputError with the file's name."""
    from app.sources.mapping_file import LARGEST, read_mapping  # noqa: PLC0415  # seldom needed

    try:
        with path.open("rb") as file:
            return read_mapping(file.read(LARGEST + 1), kind)
    except (InputError, OSError) as error:
        words = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(f"{path}: {words}") from error
