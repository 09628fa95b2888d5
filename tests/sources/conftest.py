"""What the tests of the intake share: a study area, and a short way through the door."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely

from app.sources.answers import Answers
from app.sources.area import Area
from app.sources.intake import Intake, take_in
from app.sources.limits import Limits

UTRECHT = Area(
    shapely.box(126_000, 447_000, 144_000, 463_000),
    "EPSG:28992",
    "Utrecht",
    "NL",
    "Europe/Amsterdam",
)
Take = Callable[..., Intake]


@pytest.fixture(scope="session")
def utrecht() -> Area:
    """A box around Utrecht, in the Dutch system."""
    return UTRECHT


@pytest.fixture(scope="session")
def take() -> Take:
    """Take bytes, a path or a GeoJSON document in; answers by keyword."""

    def through(
        source: Any,  # noqa: ANN401
        kind: str = "grid",
        name: str = "",
        area: Area | None = UTRECHT,
        limits: Limits = Limits(),  # noqa: B008  # frozen
        **answers: Any,  # noqa: ANN401
    ) -> Intake:
        if isinstance(source, dict):
            source, name = json.dumps(source).encode(), name or "map.geojson"
        if isinstance(source, str):
            source, name = source.encode(), name or "table.csv"
        if isinstance(source, bytes):
            source = io.BytesIO(source)
        said = Answers(**answers)
        return take_in(source, kind=kind, area=area, answers=said, limits=limits, name=name)

    return through


@pytest.fixture(scope="session")
def badinput(testdata: Callable[[str], Path]) -> Callable[[str], Path]:
    """Find a hostile file by the beginning of its name, or skip."""
    folder = testdata("../badinputs")

    def find(start: str) -> Path:
        return next(path for path in sorted(folder.iterdir()) if path.name.startswith(start))

    return find


@pytest.fixture(scope="session")
def collection() -> Callable[..., dict[str, Any]]:
    """Write a GeoJSON collection of (properties, geometry) pairs."""

    def make(*features: tuple[dict[str, Any], Any], **members: Any) -> dict[str, Any]:  # noqa: ANN401
        made = [
            {"type": "Feature", "properties": properties, "geometry": geometry}
            for properties, geometry in features
        ]
        return {"type": "FeatureCollection", "features": made, **members}

    return make
