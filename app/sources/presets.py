"""Where open data is: one TOML file per source, checked before anything is asked for."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.core.errors import InputError
from app.core.schema import KINDS
from app.paths import DATA

FOLDER = DATA / "presets"
PLACES = FOLDER / "places"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FromColumn(_Part):
    """Which header of the source is a column of ours, and in which unit."""

    from_: str = Field(alias="from")
    unit: str | None = None


class Select(_Part):
    """Keep the rows whose column has a value; ``{name}`` is filled in from the place."""

    column: str
    value: str


class Join(_Part):
    """Put the cells of a table onto the rows of a map of the same kind: code to code.

    ``onto`` names the one source whose rows are meant; without it any map of the kind will do.
    """

    column: str
    to: str
    onto: str | None = None


class Preset(_Part):
    """One source of open data.

    Attributes
    ----------
    protocol
        Key of the connector that speaks to it.
    kind
        What it becomes: a kind of layer, or ``prices``.
    request
        What the connector needs to know: collection, page size and the like.
    join
        Given for a table that belongs to a map fetched before it.
    cache
        Whether answers may be kept though a key was needed to get them.
    hosts
        Further hosts it may send us to.
    enabled
        False where the address is still to be confirmed: it is shown, never asked.
    """

    id: str = Field(pattern=r"^[a-z]{2}-[a-z0-9-]{2,40}$")
    title: str
    protocol: str
    endpoint: str = Field(pattern=r"^https://")
    kind: str
    licence: str
    publisher: str
    confidence: Literal["A", "B", "C"]
    countries: tuple[str, ...] = ()
    max_age_h: float = Field(24, gt=0)
    enabled: bool = True
    needs_key: bool = False
    rewrite_next: bool = False
    cache: bool = False
    as_of: str | None = None
    note: str = ""
    hosts: tuple[str, ...] = ()
    request: Mapping[str, Any] = Field(default_factory=dict)
    columns: Mapping[str, FromColumn] = Field(default_factory=dict)
    select: Mapping[str, Select] = Field(default_factory=dict)
    join: Join | None = None

    @property
    def host(self) -> str:
        """Name of the host it lives on."""
        return (urlsplit(self.endpoint).hostname or "").lower()


class Place(_Part):
    """A city to fetch for: its box, the names services know it by, and its sources in order."""

    id: str
    title: str
    country: str
    box: tuple[float, float, float, float]
    crs: str
    timezone: str
    names: Mapping[str, str] = Field(default_factory=dict)
    presets: tuple[str, ...] = ()


@cache
def presets() -> Mapping[str, Preset]:
    """Read every source that comes with the program, by id."""
    return _read(FOLDER, Preset)


@cache
def places() -> Mapping[str, Place]:
    """Read every place that comes with the program, by id."""
    return _read(PLACES, Place)


def hosts() -> frozenset[str]:
    """List every host the installed sources may be fetched from."""
    named = {host.lower() for each in presets().values() for host in each.hosts}
    return frozenset({each.host for each in presets().values()} | named)


def _read(folder: Path, model: type[Any]) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            each = model.model_validate(tomllib.loads(path.read_text("utf-8")))
        except (tomllib.TOMLDecodeError, ValidationError) as error:
            raise InputError(f"{path.name}: {error}") from error
        if each.id != path.stem or each.id in found:
            raise InputError(f"{path.name}: the file must be called {each.id}.toml, and be the one")
        if isinstance(each, Preset) and each.kind not in KINDS:
            raise InputError(f"{path.name}: no kind {each.kind!r}; choose from {', '.join(KINDS)}")
        found[each.id] = each
    return found
