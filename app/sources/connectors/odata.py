"""OData, version 3 and 4: tables of statistics offices."""

import re
from typing import Any

from app.sources.connectors.base import Connector, Fetched, Request, below, following, host
from app.sources.connectors.rows import Rows, flat
from app.sources.web_parts import SourceError

NUMBERED = re.compile(r"_\d+$")
MOST = 10_000  # rows of one answer of the Dutch statistics office


def fetch(request: Request) -> Fetched:
    """Follow the service's own links; where it has none, skip what came."""
    rows = Rows(request)
    asked = {"$format": "json"}
    if request.wanted("filter"):
        asked["$filter"] = request.filled(str(request.wanted("filter")))
    if request.wanted("columns"):
        asked["$select"] = ",".join(map(str, request.wanted("columns")))
    path = f"/{request.wanted('table')}"
    url: str | None = below(request, path, asked)
    while url is not None:
        rows.visit(url)
        page = request.get(url).json()
        if not isinstance(page, dict) or not isinstance(page.get("value"), list):
            raise SourceError(f"{host(request)} answered with something else than a table")
        came = len(page["value"])
        rows.take([_row(each) for each in page["value"]])
        link = page.get("@odata.nextLink") or page.get("odata.nextLink")
        url = following(request, url, link) if came else None
        if url is None and came >= MOST:
            url = below(request, path, {**asked, "$skip": str(len(rows.rows))})
    return rows.as_table()


def _row(each: Any) -> dict[str, Any]:  # noqa: ANN401
    if not isinstance(each, dict):
        raise SourceError("the service sent a row that is none")
    return {_name(key): _text(value) for key, value in flat([each])[0].items()}


def _name(column: str) -> str:
    """Drop the place of a column in its table, which changes from year to year."""
    return NUMBERED.sub("", column)


def _text(value: Any) -> Any:  # noqa: ANN401
    """Codes carry blanks at their end."""
    return value.strip() if isinstance(value, str) else value


CONNECTOR = Connector("odata", "OData", fetch, 30)
