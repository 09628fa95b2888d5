"""DATEX II as XML: read site by site, so that a large register never stands in memory whole."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from app.sources.datex import STATUS, Station, local, stations, stations_raw
from app.sources.problems import refuse
from app.sources.raw import Raw
from app.sources.task import Task

SITE = "energyInfrastructureSite"
MOST_PARTS = 200_000  # elements of one site; a large one has some thousands
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


def read_datex_xml(content: bytes, task: Task) -> Raw:
    """Read a table publication that came as XML; nothing it refers to is followed."""
    try:
        return stations_raw(_stations(content, task), task)
    except DefusedXmlException as error:
        raise refuse("XML-DOCTYPE") from error
    except ParseError as error:
        line = error.position[0]
        raise refuse("FILE-DAMAGED", format="XML", where=f"line {line} cannot be read") from error
    except (LookupError, UnicodeError) as error:
        raise refuse("FILE-DAMAGED", format="XML", where="its encoding is not known") from error


def _stations(content: bytes, task: Task) -> Iterator[Station]:
    stack: list[Any] = []
    site: Any = None
    parts = 0
    for event, element in iterparse(BytesIO(content), events=("start", "end"), forbid_dtd=True):
        if event == "start":
            stack.append(element)
            if len(stack) > task.limits.depth:
                raise refuse("XML-DEEP")
            _look(element)
            parts = 0 if site is None else parts + 1
            if parts > MOST_PARTS:
                raise refuse(
                    "FILE-ROWS", n="over 200,000", what="parts of a site", limit=MOST_PARTS
                )
            site = element if site is None and local(element.tag) == SITE else site
            continue
        stack.pop()
        if element is site:
            yield from stations(plain(element))
            site = None
        if site is None:
            element.clear()
            if stack:
                stack[-1].remove(element)


def _look(element: Any) -> None:  # noqa: ANN401
    """Refuse a publication of states, which holds no places."""
    said = local(element.get(TYPE, "")).lower()
    if said == STATUS.lower() or local(element.tag).lower() == STATUS.lower():
        raise refuse("DATEX-STATUS")


def plain(element: Any) -> Any:  # noqa: ANN401
    """Turn an element into the object JSON would have: lists by name, text as text."""
    found: dict[str, Any] = {}
    for child in element:
        found.setdefault(local(child.tag), []).append(plain(child))
    if not found:
        return (element.text or "").strip()
    if element.get("id"):
        found.setdefault("idG", [element.get("id")])
    return found
