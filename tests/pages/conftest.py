"""A visit without a browser, and cities in which something is missing."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app.core.layer import Layer
from app.core.project import Project
from app.paths import FRAME, PAGES
from app.services.jobs import FILES, JOBS
from app.services.projects import load_project
from app.services.store import close_store, store

SAID = ("markdown", "error", "info", "warning")
LIMITS = ("capacity_kw", "headroom_kw", "peak_load_kw", "export_headroom_kw")


@pytest.fixture
def visit() -> Callable[..., AppTest]:
    """Open the application with a link's parameters, and go to one page: (name, **query).

    Without a name it stays on the first page, in its first run.
    """

    def open_page(name: str = "", **query: str) -> AppTest:
        app = AppTest.from_file(FRAME, default_timeout=60)
        app.query_params.update(query)
        return turn_to(app.run(), name) if name else app.run()

    return open_page


@pytest.fixture
def go() -> Callable[[AppTest, str], AppTest]:
    """Go on to another page in the same visit: (app, name)."""
    return turn_to


def turn_to(app: AppTest, name: str) -> AppTest:
    """Choose a page in the menu."""
    return app.switch_page(os.path.relpath(PAGES / f"{name}.py", FRAME.parent)).run()


@pytest.fixture
def headline() -> Callable[[AppTest], str]:
    """Read the sentence under the title, which is the answer of the page."""

    def read(app: AppTest) -> str:
        found = list(walk(app.main))
        after = found[found.index(app.title[0]) + 1 :]
        return next((each.value for each in after if each.type in SAID), "")

    return read


def walk(block: Any) -> Iterator[Any]:  # noqa: ANN401
    """Go through a page from top to bottom."""
    for child in getattr(block, "children", {}).values():
        yield child
        yield from walk(child)


@pytest.fixture(scope="session")
def poor_cities() -> Mapping[str, str]:
    """Keep cities that lack something: what is missing -> slug for the link."""
    whole = load_project("sampletown")
    found = {
        "no grid": whole.without_layer("grid"),
        "no parking": whole.without_layer("parking"),
        "no chargers": whole.without_layer("chargers"),
        "one district": _one_district(whole),
        "unknown capacity": _unknown_capacity(whole),
        "districts alone": replace(whole, layers={"districts": whole.layers["districts"]}),
        "nothing": replace(whole, layers={}),
    }
    slugs = {words: f"sampletown--{words.replace(' ', '-')}" for words in found}
    for words, project in found.items():
        store().projects.save(replace(project, slug=slugs[words]))
    return slugs


def _one_district(project: Project) -> Project:
    layer = project.layers["districts"]
    return project.with_layer(_with(layer, layer.frame.head(1)))


def _unknown_capacity(project: Project) -> Project:
    layer = project.layers["grid"]
    silent = layer.frame.assign(**dict.fromkeys(LIMITS, np.nan), status="unknown")
    return project.with_layer(_with(layer, silent))


def _with(layer: Layer, frame: object) -> Layer:
    return Layer(frame, layer.kind, layer.origin, layer.licence, layer.as_of, layer.source_crs)


@pytest.fixture(scope="session", autouse=True)
def _leave_nothing_running() -> Iterator[None]:
    yield
    FILES.close()
    JOBS.close()
    close_store()
