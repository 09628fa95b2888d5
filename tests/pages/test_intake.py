"""A file on the Data page: dropped, understood, set right, accepted or not, and taken back."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app.services.projects import load_project
from app.services.quota import Quota
from app.services.store import store
from app.ui import intake_desk, uploads

VISIT = Callable[..., AppTest]
HERE = load_project("sampletown").layers["grid"].map.to_crs(4326).geometry.iloc[0]
AT = f"{HERE.x:.5f};{HERE.y:.5f}"
GOOD = f"asset_id;headroom_kw;lon;lat\nt1;250;{AT}\n".encode()
ODD = f"nr;A;B;lon;lat\nt1;2,25;yes;{AT}\nt2;1,5;no;{AT}\n".encode()
SLUG = "sampletown"
KEY = "data_upload_grid_{slug}_{turn}"


def drop(app: AppTest, name: str, content: bytes, turn: int = 0, slug: str = SLUG) -> AppTest:
    """Put a file into the uploader."""
    app.file_uploader(key=KEY.format(slug=slug, turn=turn)).upload(name, content)
    return app.run()


def said(app: AppTest) -> str:
    """All text of the page."""
    kinds = (app.success, app.error, app.info, app.warning, app.markdown, app.caption)
    return "\n".join(each.value for kind in kinds for each in kind)


@pytest.fixture
def data(visit: VISIT) -> AppTest:
    """The data page of Sampletown."""
    return visit("data", city=SLUG)


def test_a_good_file_is_understood_and_kept_only_when_accepted(data: AppTest) -> None:
    app = drop(data, "grid.csv", GOOD)
    assert not app.exception
    assert "1 transformer or area of the grid · nothing to look at" in app.success[0].value
    assert "WGS 84" in said(app)
    before = len(store().projects.list())
    app.text_input(key=next(t.key for t in app.text_input if "licence" in t.key)).input("CC0")
    app = app.button(key="accept_layer").click().run()
    assert not app.exception
    assert "accepted" in said(app)
    assert len(store().projects.list()) <= before + 1
    slug = app.query_params["city"]
    kept = store().projects.get(slug).layers["grid"]
    assert (len(kept.frame), kept.licence, kept.origin) == (1, "CC0", "grid.csv")
    app = app.button(key="data_undo").click().run()
    assert "city" not in app.query_params or app.query_params["city"] != slug


def test_the_second_layer_stays_when_the_visitor_goes_on(data: AppTest) -> None:
    """A menu tells the server words: two versions of one city must not share theirs."""
    app = drop(data, "grid.csv", GOOD).button(key="accept_layer").click().run()
    first = app.query_params["city"]
    drop(app, "grid.csv", GOOD.replace(b"250", b"300"), slug=first)
    second = app.button(key="accept_layer").click().run().query_params["city"]
    assert second != first
    menu = app.selectbox(key="city_menu")
    assert len(set(menu.options)) == len(menu.options)
    app.segmented_control(key="data_kind").select("parking")
    app = app.run().run()
    assert app.query_params["city"] == second


def test_a_refused_file_says_why_and_cannot_be_accepted(data: AppTest) -> None:
    app = drop(data, "grid.geojson", b"<!doctype html><p>Please sign in</p>")
    assert not app.exception
    assert "Refused for one reason" in app.error[0].value
    assert "web page" in said(app)
    assert "accept_layer" not in [button.key for button in app.button]
    app = app.button(key="put_away").click().run()
    assert not app.error


def test_what_was_said_of_columns_is_used_for_the_corrected_file_and_for_the_next(
    data: AppTest,
) -> None:
    app = drop(data, "odd.csv", ODD)
    assert app.error
    assert "accept_layer" not in [button.key for button in app.button]
    app.selectbox(key="map_target").select("headroom_kw")
    app.selectbox(key="map_header").select("A")
    app = app.run()
    app.selectbox(key="map_unit_headroom_kw").select("MW")
    app = app.run().button(key="map_set").click().run()
    assert not app.exception
    assert not app.error
    assert "What was said of files with these columns is used: headroom kw = A" in said(app)
    again = drop(app, "corrected.csv", ODD.replace(b"1,5", b"1,75"))
    assert not again.error  # the mapping was made once
    done = again.button(key="accept_layer").click().run()
    slug = done.query_params["city"]
    frame = store().projects.get(slug).layers["grid"].frame
    assert sorted(frame["headroom_kw"]) == [1750, 2250]
    assert store().projects.records(slug)["grid"]["file"] == "corrected.csv"


def test_another_visitor_of_the_project_has_the_mapping_too(data: AppTest, visit: VISIT) -> None:
    app = drop(data, "odd.csv", ODD)
    app.selectbox(key="map_target").select("headroom_kw")
    app.selectbox(key="map_header").select("A")
    app = app.run().button(key="map_set").click().run()
    app = app.button(key="accept_layer").click().run()
    slug = app.query_params["city"]
    other = drop(visit("data", city=slug), "june.csv", ODD.replace(b"t2", b"t3"), slug=slug)
    assert not other.exception
    assert other.success
    assert "Forget it, guess again" in [button.label for button in other.button]
    fresh = drop(visit("data", city=SLUG), "june.csv", ODD.replace(b"t2", b"t3"))
    assert fresh.error  # the city it was made for alone
    forgot = other.button(key="mapping_forget").click().run()
    assert forgot.error


def test_questions_are_asked_together_and_answered_once(
    data: AppTest, testdata: Callable[[str], Path]
) -> None:
    content = testdata("../badinputs/44_shp_no_prj.zip").read_bytes()
    app = drop(data, "map.zip", content)
    assert not app.exception
    box = next(each for each in app.selectbox if str(each.key).startswith("ask_crs"))
    assert "EPSG:28992" in box.options


def test_a_mended_shape_that_changed_much_has_to_be_looked_at(visit: VISIT) -> None:
    app = visit("data", city=SLUG)
    app.segmented_control(key="data_kind").set_value("districts")
    app = app.run()
    west, south, east, north = load_project(SLUG).layers["districts"].map.to_crs(4326).total_bounds
    ring = [[west, south], [east, north], [east, south], [west, north], [west, south]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "geometry": shape,
               "properties": {"district_id": "a", "name": "Bow", "households": 10}}  # fmt: skip
    content = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    app.file_uploader(key=f"data_upload_districts_{SLUG}_0").upload("bow.geojson", content)
    app = app.run()
    assert not app.exception
    assert "GEO-REPAIRED" in app.dataframe[1].value["Code"].tolist()
    assert app.button(key="accept_layer").disabled
    app = app.checkbox[0].check().run()
    assert not app.button(key="accept_layer").disabled


def test_a_file_too_many_is_refused_in_words(
    data: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "QUOTA", Quota(1))
    app = drop(data, "a.csv", GOOD)
    assert app.success
    app = drop(app, "b.csv", GOOD.replace(b"t1", b"t2"))
    assert "limit of this server" in said(app)


def test_a_large_file_is_read_while_the_page_tells_how_far(
    data: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake_desk, "LARGE", 10)
    app = drop(data, "grid.csv", GOOD)
    for _ in range(50):
        if app.success:
            break
        job = app.session_state["jobs"]["intake_first"]
        job.wait(20)
        app = app.run()
    assert not app.exception
    assert app.success
    assert app.session_state["jobs"]["intake_first"].progress == 1.0


def test_rows_with_a_problem_can_be_shown_on_the_map(data: AppTest) -> None:
    text = f"asset_id;headroom_kw;lon;lat\nt1;250;{AT}\nt2;-20;{AT}\n"
    app = drop(data, "grid.csv", text.encode())
    app = app.selectbox(key="show_problem").select("VAL-NEGATIVE").run()
    assert not app.exception
    assert "1 of them ringed in red" in said(app)


def test_a_long_list_of_rows_is_shortened_in_the_sentence_and_whole_in_the_list(
    data: AppTest,
) -> None:
    rows = [f"t{n};{'' if n % 2 else 250};{AT}" for n in range(60)]
    app = drop(data, "grid.csv", "\n".join(["asset_id;headroom_kw;lon;lat", *rows]).encode())
    assert not app.exception
    (line,) = [each.value for each in app.markdown if "have no usable" in each.value]
    assert "24 …" in line
    assert "26" not in line
    table = next(each.value for each in app.dataframe if "Code" in each.value)
    assert "60" in table.loc[table["Code"] == "VAL-UNUSABLE", "What was found"].iloc[0]
