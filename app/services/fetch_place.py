"""Use-case: which open data there is for a place, and where a person wants it from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from app.core.errors import InputError
from app.core.project import Project
from app.sources.area import Area
from app.sources.connectors.base import Box
from app.sources.presets import Place, Preset, places, presets


@dataclass(frozen=True, slots=True)
class Where:
    """The place that is fetched for: the names services call it by, its box and its study area."""

    title: str
    box: Box | None
    names: Mapping[str, str]
    area: Area | None

    @classmethod
    def of_place(cls, place: Place) -> "Where":
        """Take a place that comes with the program; its districts will be the study area."""
        area = Area(None, place.crs, place.title, place.country, place.timezone)
        return cls(place.title, place.box, place.names, area)

    @classmethod
    def of_project(cls, project: Project, names: Mapping[str, str]) -> "Where":
        """Take the districts of a project."""
        if "districts" not in project.layers:
            return cls(project.name, None, names, Area.of(project))
        frame = project.layers["districts"].map
        west, south, east, north = (float(each) for each in frame.to_crs(4326).total_bounds)
        return cls(project.name, (west, south, east, north), names, Area.of(project))


@dataclass(frozen=True, slots=True)
class Wish:
    """What is fetched: sources, other addresses for some of them, and those left aside by that."""

    place: Place | None
    sources: tuple[Preset, ...]
    endpoints: Mapping[str, str]
    aside: tuple[Preset, ...] = ()


def find(name: str) -> tuple[Place | None, tuple[Preset, ...]]:
    """Find a place with its sources, or a single source, by id."""
    if name in places():
        place = places()[name]
        return place, tuple(presets()[each] for each in place.presets)
    if name in presets():
        return None, (presets()[name],)
    known = [*places(), *presets()]
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else "`kerbwatt fetch --list` shows them all"
    raise InputError(f"no place and no source {name!r}; {hint}")


def wish(name: str, endpoints: Sequence[str] = (), place: str | None = None) -> Wish:
    """Understand what a person asks for.

    An address alone is that of one service: of a place's sources, those that speak the protocol
    of its first one are fetched from there, and the others are left aside. ``source=address``
    gives one source another address.
    """
    found, sources = find(name)
    if place is not None:
        found = _place(place)
    given: dict[str, str] = {}
    alone = [each for each in endpoints if not _named(each, sources)]
    if len(alone) > 1:
        raise InputError("--endpoint: give one address, or SOURCE=ADDRESS for each source")
    for each in endpoints:
        if each not in alone:
            source, _, address = each.partition("=")
            given[source] = address
    if not alone:
        return Wish(found, sources, given)
    spoken = sources[0].protocol
    fits = tuple(each for each in sources if each.protocol == spoken or each.id in given)
    given = {each.id: alone[0] for each in fits} | given
    return Wish(found, fits, given, tuple(each for each in sources if each not in fits))


def _named(text: str, sources: Sequence[Preset]) -> bool:
    return text.partition("=")[0] in {each.id for each in sources}


def _place(name: str) -> Place:
    found, _ = find(name) if name in places() else (None, ())
    if found is None:
        raise InputError(f"no place {name!r}; choose from {', '.join(places())}")
    return found
