"""The parts of the tender page that take packs: what they say, and what they refuse."""

import geopandas as gpd
import pytest
from streamlit.testing.v1 import AppTest

from app.core.scenario import Scenario
from app.core.tender.revision import changes
from app.services.pack_changes import open_pack
from app.services.projects import load_project
from app.services.tender import pack, tender
from app.ui import tender_pool, tender_revision

POOL = """
from app.ui import tender_pool
tender_pool.show(None, None, None)
"""
REVISION = """
from app.core.scenario import Scenario
from app.services.projects import load_project
from app.ui import tender_revision
tender_revision.show(load_project("sampletown"), Scenario(), None)
"""
ZIP = "application/zip"


def _pack(city: str, count: int = 2) -> bytes:
    project = load_project(city)
    bays = project.layers["parking"].map.geometry.iloc[:count].representative_point()
    rows = {"candidate_id": list("abcd")[:count], "points": 2, "kw": 11.0}
    places = gpd.GeoDataFrame(rows, geometry=bays.to_numpy(), crs=project.crs)
    return pack(tender(project, places, Scenario(), day="2027-01-15"))


@pytest.fixture(scope="module")
def packs() -> list[bytes]:
    return [_pack("sampletown"), _pack("utrecht")]


def _said(app: AppTest) -> str:
    assert not app.exception
    return " ".join(each.value for each in (*app.markdown, *app.error, *app.info))


def _drop(script: str, key: str, files: list[tuple[str, bytes]]) -> AppTest:
    app = AppTest.from_string(script, default_timeout=60).run()
    given = [(name, data, ZIP) for name, data in files]
    app.file_uploader(key=key).set_value(given if key == tender_pool.FILES else given[0])
    return app.run()


def test_without_packs_both_parts_say_what_they_are_for() -> None:
    for script, words in ((POOL, "two or more cities"), (REVISION, "the pack you published")):
        app = AppTest.from_string(script, default_timeout=60).run()
        assert words in _said(app)
        assert not app.error


def test_two_packs_are_put_together_in_a_sentence(packs: list[bytes]) -> None:
    app = _drop(POOL, tender_pool.FILES, [("a.zip", packs[0]), ("b.zip", packs[1])])
    assert "2 cities ask for" in _said(app)
    assert "8 charge points at 4 places" in _said(app)
    assert not app.error


def test_a_pack_that_was_touched_is_refused_in_a_sentence(packs: list[bytes]) -> None:
    cut = packs[0][:-400]
    app = _drop(POOL, tender_pool.FILES, [("a.zip", cut), ("b.zip", packs[1])])
    assert "not a zip file" in _said(app)
    assert "cities ask for" not in _said(app)
    app = _drop(REVISION, tender_revision.FILE, [("a.zip", cut)])
    assert "not a zip file" in _said(app)
    app = _drop(POOL, tender_pool.FILES, [("a.zip", packs[0]), ("a2.zip", packs[0])])
    assert "both of sampletown" in _said(app)


def test_the_sentence_of_a_new_issue_counts_what_is_told(packs: list[bytes]) -> None:
    old, new = open_pack(packs[0], "old.zip"), open_pack(_pack("sampletown", 3), "new.zip")
    said = tender_revision.sentence(changes(old, new))
    assert said.startswith("Since revision 1: 1 places came, 0 left, 0 changed, and ")
    assert tender_revision.sentence(changes(old, old)) == "Nothing changed since revision 1."
