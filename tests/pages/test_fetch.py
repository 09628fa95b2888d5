"""Fetching on the Data page: what came is shown, accepted by hand, and a source may be down."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from streamlit.testing.v1 import AppTest

from app.services.fetch import fetch
from app.services.jobs import JOBS
from app.sources.web_parts import Means

Visit = Callable[..., AppTest]
HOSTS = {"api.pdok.nl", "opendata.ndw.nu"}


@pytest.fixture
def up(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: Any) -> Iterator[set[str]]:  # noqa: ANN401
    """Answer for the hosts in the set; all others are down, and nobody waits."""
    hosts = set(HOSTS)
    means = Means(
        resolve=lambda *_: ["93.184.216.34"],
        transport=httpx2.MockTransport(lambda request: _answer(request, hosts)),
        sleep=lambda _: None,
    )
    defaults = fetch.__kwdefaults__
    settings = defaults["settings"].model_copy(update={"cache": tmp_path_factory.mktemp("web")})
    monkeypatch.setitem(defaults, "means", means)
    monkeypatch.setitem(defaults, "settings", settings)
    yield hosts
    JOBS.close()


def _answer(request: httpx2.Request, hosts: set[str]) -> httpx2.Response:
    host = request.headers["host"]
    if host not in hosts:
        return httpx2.Response(503)
    if host == "opendata.ndw.nu":
        at = {"latitude": "52.09", "longitude": "5.06"}
        plug = {"power_type": "AC_3_PHASE", "max_voltage": 230, "max_amperage": 16}
        points = [{"uid": "1", "status": "AVAILABLE", "connectors": [plug]}]
        return httpx2.Response(200, json=[{"id": "a", "coordinates": at, "evses": points}])
    ring = [[5.05, 52.08], [5.1, 52.08], [5.1, 52.1], [5.05, 52.1], [5.05, 52.08]]
    cells = {"wijkcode": "WK034401", "wijknaam": "West", "gemeentecode": "GM0344"}
    cells |= {"aantal_huishoudens": 4000, "aantal_inwoners": 9000}
    shape = {"type": "Polygon", "coordinates": [ring]}
    each = {"type": "Feature", "id": 1, "geometry": shape, "properties": cells}
    return httpx2.Response(200, json={"features": [each], "numberMatched": 1})


def _fetched(app: AppTest) -> AppTest:
    app.button(key="fetch_start").click().run(timeout=110)
    for job in list(JOBS._open):  # noqa: SLF001
        assert job.wait(60)
    return app.run(timeout=110)


def _said(app: AppTest) -> str:
    return " ".join(
        each.value for kind in ("markdown", "warning", "info") for each in app.get(kind)
    )


def test_what_came_is_shown_and_only_accepted_by_hand(visit: Visit, up: set[str]) -> None:
    app = visit("data", city="utrecht")
    assert up
    app = _fetched(app)
    assert not app.exception
    said = _said(app)
    assert "2 of 5 sources gave what they were asked for. Your project is unchanged." in said
    assert "opendata.rdw.nl answered with status 503 (tried 4 times)" in said
    assert "Parking: your copy of" in said
    assert "Districts: " not in said  # they came
    assert "utrecht--" not in str(app.query_params)  # nothing was stored
    app.button(key="fetch_accept").click().run(timeout=110)
    assert not app.exception
    assert "utrecht--" in str(app.query_params)


def test_nothing_is_lost_where_everything_is_down(visit: Visit, up: set[str]) -> None:
    up.clear()
    app = _fetched(visit("data", city="utrecht"))
    assert not app.exception
    said = _said(app)
    assert "0 of 5 sources" in said
    for layer in ("Districts", "Charge points", "Parking"):
        assert f"{layer}: your copy of" in said
    assert "fetch_accept" not in {button.key for button in app.button}


def test_sources_that_cannot_be_asked_are_listed_but_not_offered(visit: Visit) -> None:
    app = visit("data", city="utrecht")
    offered = app.multiselect(key="fetch_sources").options
    assert not any("Open Charge Map" in each for each in offered)  # wants a key
    assert not any("Vehicles by brand" in each for each in offered)  # off
    table = next(each.value for each in app.dataframe if "Can be asked" in each.value)
    states = table.set_index("Source")
    strange, off = "Charge points (Open Charge Map)", "Vehicles by brand and fuel (RDW)"
    assert states.loc[strange, "Can be asked"] == "with a key"
    assert "KERBWATT_KEY_EU_CHARGERS_OCM" in states.loc[strange, "Note"]
    assert states.loc[off, "Can be asked"] == "not yet"
    assert table["Becomes"].iloc[0] == "Districts"
