"""What a connector is: it turns an address into bytes and facts, and believes nothing."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from app.sources.presets import Preset
from app.sources.web import Client, SourceError

Box: TypeAlias = tuple[float, float, float, float]
Report: TypeAlias = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Request:
    """One fetch.

    Attributes
    ----------
    endpoint
        Where to ask: the preset's address, or the one a person gave instead.
    box
        West, south, east, north in degrees; None asks for everything.
    names
        What services call the place, such as ``municipality``.
    folder
        A throw-away folder.
    key
        The credential of the preset; empty where none is needed.
    report
        Called with the rows received and, where the service tells it, the rows in all.
    """

    client: Client
    preset: Preset
    endpoint: str
    box: Box | None
    names: Mapping[str, str]
    folder: Path
    key: str = ""
    report: Report = lambda _got, _all: None

    def wanted(self, name: str, default: Any = None) -> Any:  # noqa: ANN401
        """Return what the preset says of the request."""
        return self.preset.request.get(name, default)

    def filled(self, text: str) -> str:
        """Put the names of the place into a text; a name nobody gave is said plainly."""
        try:
            return text.format_map(self.names)
        except KeyError as error:
            raise SourceError(
                f"{self.preset.title} needs {error.args[0]} of the place: "
                "write it in [names] of the project"
            ) from error


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came: one file for the intake, and what its service said of it.

    Attributes
    ----------
    crs
        The coordinate system the service named, as ``EPSG:28992``; None leaves it to the file.
    rows, told
        Rows received, and rows there should be where the service says it.
    warnings
        Sentences for the person; nothing is lost without one.
    as_of
        The date the data speak of; None where nobody says.
    """

    body: Path
    name: str
    rows: int | None = None
    told: int | None = None
    crs: str | None = None
    as_of: str | None = None
    licence: str | None = None
    etag: str | None = None
    stale_since: str | None = None
    warnings: tuple[str, ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Connector:
    """A way to speak to a kind of service; ``fetch`` is all it does."""

    key: str
    title: str
    fetch: Callable[[Request], Fetched]
    order: int


def counted(told: int | None, got: int) -> tuple[str, ...]:
    """Warn where a service promised another number of rows."""
    if told is None:
        return ("The service does not say how many rows there should be.",)
    if told != got:
        return (f"The service speaks of {told:,} rows; {got:,} came.",)
    return ()


def write_features(features: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Write features one a line; members that name a coordinate system stay behind."""
    with path.open("w", encoding="utf-8") as file:
        for each in features:
            known = {"type": "Feature", "geometry": each.get("geometry")}
            known["properties"] = each.get("properties") or {}
            file.write(json.dumps(known, ensure_ascii=False) + "\n")


def selected(
    request: Request, rows: Iterable[Mapping[str, Any]], *, inside: str | None = None
) -> list[Mapping[str, Any]]:
    """Keep the rows the preset selects; services ignore filters without a word."""
    wanted = {rule.column: request.filled(rule.value) for rule in request.preset.select.values()}
    found = []
    for row in rows:
        cells = row.get(inside) or {} if inside else row
        if all(str(cells.get(column, "")).strip() == value for column, value in wanted.items()):
            found.append(row)
    return found
