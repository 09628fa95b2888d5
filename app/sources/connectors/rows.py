"""Rows that come page by page: each taken once, counted, and written as one file."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.sources.connectors.base import Fetched, Request, counted, host, selected, write_features
from app.sources.connectors.tables import write_rows
from app.sources.web_parts import SourceError


@dataclass(slots=True)
class Rows:
    """What has come so far of one source."""

    request: Request
    told: int | None = None
    repeated: int = 0
    rows: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)

    def visit(self, page: str) -> None:
        """Remember a page; a circle of pages ends here."""
        if page in self.seen:
            raise SourceError(f"{host(self.request)} links back to a page it gave before")
        self.seen.add(page)

    def take(self, found: object, name: Callable[[Mapping[str, Any]], object] | None = None) -> int:
        """Take the rows of a page; returns how many of them are new.

        ``name`` tells a row from others; a row without a name is always new.
        """
        if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
            raise SourceError(f"{host(self.request)} answered with something else than rows")
        before = len(self.rows)
        for each in found:
            said = name(each) if name else None
            key = f"#{len(self.rows) + self.repeated}" if said is None else f"={said}"
            self.repeated += key in self.rows
            self.rows.setdefault(key, each)
        most = self.request.client.bounds.features
        if len(self.rows) > most:
            raise SourceError(f"more than {most:,} rows; ask for less")
        self.request.report(len(self.rows), self.told)
        return len(self.rows) - before

    def on_map(self, crs: str | None = "EPSG:4326", **more: Any) -> Fetched:  # noqa: ANN401
        """Write features for the intake.

        Of the request, ``copy`` gives a cell a second name, and ``missing`` lists numbers that
        stand for a figure that is secret or unknown.
        """
        kept = selected(self.request, self.rows.values(), inside="properties")
        copies: Mapping[str, str] = self.request.wanted("copy", {})
        if copies:
            kept = [_copied(each, copies) for each in kept]
        signs = {str(each) for each in self.request.wanted("missing", [])}
        if signs:
            kept = [_without(each, signs) for each in kept]
        body = self.request.folder / "features.geojson"
        write_features(kept, body)
        return self._fetched(body.name, len(kept), crs=crs, **more)

    def as_table(self, **more: Any) -> Fetched:  # noqa: ANN401
        """Write a table for the intake."""
        kept = selected(self.request, self.rows.values())
        name = "rows.csv"
        write_rows(kept, self.request.folder / name)
        return self._fetched(name, len(kept), **more)

    def _fetched(self, name: str, rows: int, **more: Any) -> Fetched:  # noqa: ANN401
        body = self.request.folder / name
        warnings = list(counted(self.told, len(self.rows))) if self.told is not None else []
        if self.repeated:
            warnings.append(f"{self.repeated:,} rows came twice and were taken once.")
        return Fetched(
            body,
            f"{self.request.preset.id}{body.suffix}",
            rows=rows,
            told=self.told,
            warnings=(*warnings, *self.warnings),
            **more,
        )


def _copied(feature: Mapping[str, Any], copies: Mapping[str, str]) -> dict[str, Any]:
    cells = dict(feature.get("properties") or {})
    return {**feature, "properties": cells | {new: cells.get(old) for new, old in copies.items()}}


def _without(feature: Mapping[str, Any], signs: set[str]) -> dict[str, Any]:
    cells = feature.get("properties") or {}
    made = {k: None if str(v).removesuffix(".0") in signs else v for k, v in cells.items()}
    return {**feature, "properties": made}


def point(lon: float, lat: float, cells: Mapping[str, Any]) -> dict[str, Any]:
    """Make a feature of a place and its cells."""
    shape = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "geometry": shape, "properties": dict(cells)}


def named(feature: Mapping[str, Any], column: str = "") -> object:
    """Tell what a feature is called: its id, or a cell of it."""
    cells = feature.get("properties")
    if column and isinstance(cells, Mapping) and cells.get(column) is not None:
        return cells[column]
    return feature.get("id")


def inside(box: tuple[float, float, float, float] | None, lon: float, lat: float) -> bool:
    """Whether a place lies in the box that was asked for."""
    return box is None or (box[0] <= lon <= box[2] and box[1] <= lat <= box[3])


def flat(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Leave cells that hold lists or tables away: a table has no place for them."""
    return [{k: v for k, v in row.items() if not isinstance(v, dict | list)} for row in rows]
