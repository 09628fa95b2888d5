"""OData, version 3 and 4: tables of statistics offices."""

import re
from typing import Any

import httpx2

from app.sources.connectors.base import Connector, Fetched, Request, selected
from app.sources.connectors.tables import write_rows
from app.sources.web import Ask, SourceError

NUMBERED = re.compile(r"_\d+$")
MOST = 10_000  # rows of one answer of the Dutch statistics office


def fetch(request: Request) -> Fetched:
    """Follow the service's own links; where it has none, skip what came."""
    rows: list[dict[str, Any]] = []
    asked = {"$format": "json"}
    if request.wanted("filter"):
        asked["$filter"] = request.filled(str(request.wanted("filter")))
    if request.wanted("columns"):
        asked["$select"] = ",".join(map(str, request.wanted("columns")))
    first = httpx2.URL(f"{request.endpoint.rstrip('/')}/{request.wanted('table')}")
    url: httpx2.URL | None = first.copy_merge_params(asked)
    while url is not None:
        reply = request.client.get(Ask(str(url), max_age_s=request.preset.max_age_h * 3600))
        page = reply.json()
        if not isinstance(page, dict) or not isinstance(page.get("value"), list):
            raise SourceError(f"{first.host} answered with something else than a table")
        rows += page["value"]
        request.report(len(rows), None)
        following = page.get("@odata.nextLink") or page.get("odata.nextLink")
        url = None
        if following and page["value"]:
            url = first.join(str(following))
            if url.host != first.host:
                raise SourceError(f"{first.host} sends to {url.host} for its next page: refused")
        elif len(page["value"]) >= MOST:
            url = first.copy_merge_params({**asked, "$skip": str(len(rows))})
    kept = selected(request, [{_name(k): _text(v) for k, v in row.items()} for row in rows])
    body = request.folder / "rows.csv"
    count = write_rows(kept, body)
    return Fetched(body, f"{request.preset.id}.csv", rows=count)


def _name(column: str) -> str:
    """Drop the place of a column in its table, which changes from year to year."""
    return NUMBERED.sub("", column)


def _text(value: Any) -> Any:  # noqa: ANN401
    """Codes carry blanks at their end."""
    return value.strip() if isinstance(value, str) else value


CONNECTOR = Connector("odata", "OData", fetch, 30)
