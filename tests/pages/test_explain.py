"""The chain of a district on the Demand page: own numbers, what they do, and the way back."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from app.core.scenario import Scenario
from app.services import share

Visit = Callable[..., AppTest]
Go = Callable[[AppTest, str], AppTest]
Read = Callable[[AppTest], str]
CITY = "sampletown"


def scenario(app: AppTest) -> Scenario:
    found: Scenario = app.session_state["scenario"]
    return found


def words(app: AppTest) -> str:
    return "\n".join(each.value for each in app.markdown)


def opened(visit: Visit, stage: str, **query: str) -> AppTest:
    """Open the page and unfold a stage."""
    app = visit("demand", city=CITY, **query)
    app.session_state[f"stage_{stage}"] = True
    return app.run()


def test_folded_the_chain_shows_its_six_results_and_no_boxes(visit: Visit) -> None:
    app = visit("demand", city=CITY)
    said = words(app)
    for label in ("Private cars", "Electric cars of residents", "Points planned"):
        assert label in said
    assert "logit" not in said
    assert not [each for each in app.number_input if str(each.key).startswith("assume_")]
    assert "read here what it changes" in said


def test_an_own_number_changes_chain_and_city_and_undo_brings_both_back(
    visit: Visit, headline: Read
) -> None:
    app = opened(visit, "sessions")
    before, said = headline(app), words(app)
    box = app.number_input(key="assume_kwh_session")
    assert box.value == 15.7
    box.set_value(10.0).run()
    assert scenario(app).assumptions == (("kwh_session", 10.0),)
    assert headline(app) != before
    after = words(app)
    assert "instead of" in after
    assert "was " in after
    assert app.number_input(key="assume_kwh_session").label.endswith("•")
    app.button(key="undo_change").click().run()
    assert scenario(app) == Scenario()
    assert (headline(app), words(app)) == (before, said)
    assert app.number_input(key="assume_kwh_session").value == 15.7
    app.button(key="redo_change").click().run()
    assert app.number_input(key="assume_kwh_session").value == 10.0


def test_the_usual_number_typed_by_hand_is_no_own_number(visit: Visit) -> None:
    app = opened(visit, "sessions")
    app.number_input(key="assume_kwh_session").set_value(10.0).run()
    app.number_input(key="assume_hours_session").set_value(5.0).run()
    app.number_input(key="assume_kwh_session").set_value(15.7).run()
    assert scenario(app).assumptions == (("hours_session", 5.0),)
    app.button(key="usual_hours_session").click().run()
    assert scenario(app) == Scenario()
    assert not app.exception


def test_reset_all_takes_every_usual_number_again_in_one_step(visit: Visit) -> None:
    own = Scenario(assumptions=(("hours_session", 5.0), ("kwh_km", 0.25)))
    app = opened(visit, "energy", q=str(share.to_query(own)))
    assert app.number_input(key="assume_kwh_km").value == 0.25
    app.button(key="drop_assumptions").click().run()
    assert scenario(app) == Scenario()
    app.button(key="undo_change").click().run()
    assert scenario(app) == own


def test_a_district_of_few_homes_is_told_to_be_one(visit: Visit) -> None:
    app = visit("demand")
    few = "So few homes"
    assert not [each for each in app.caption if few in each.value]
    app.selectbox(key="district").set_value("3565").run()
    assert [each for each in app.caption if few in each.value]


def test_the_chain_follows_the_district_that_is_chosen(visit: Visit) -> None:
    app = visit("demand", city=CITY)
    app.selectbox(key="district").set_value("ST07").run()
    assert any("Quay" in each.value for each in app.header)


def test_the_list_of_all_numbers_marks_and_changes_one(visit: Visit, go: Go) -> None:
    app = visit("assumptions", city=CITY)
    assert app.button(key="drop_assumptions").disabled
    app.selectbox(key="own_number").set_value("pub_no_own").run()
    app.number_input(key="assume_pub_no_own").set_value(0.5).run()
    assert scenario(app).assumptions == (("pub_no_own", 0.5),)
    table = next(each.value for each in app.dataframe if "Changed" in each.value)
    assert table.loc[table["Changed"] == "•", "Key"].tolist() == ["pub_no_own"]
    assert table.iloc[0]["In use"] == 0.5
    assert "instead of" in words(go(app, "demand"))


def test_comparing_says_which_number_differs_and_by_how_much(visit: Visit) -> None:
    own = Scenario(strategy="uncontrolled", assumptions=(("kwh_km", 0.25),))
    app = visit("compare", city=CITY, q=str(share.to_query(own)))
    assert "Use of electric cars per km: down from 0.25 to the usual 0.2 kWh/km." in words(app)
    assert "kwh_km" not in words(app) + "".join(each.value for each in app.caption)


@pytest.mark.parametrize("uptake", ["low", "high"])
def test_a_path_that_the_lever_pins_is_shown_as_it_is_used(visit: Visit, uptake: str) -> None:
    app = opened(visit, "share", q=str(share.to_query(Scenario(uptake=uptake))))
    assert app.number_input(key="assume_ev_share_2030").value == {"low": 0.15, "high": 0.44}[uptake]
    assert scenario(app).assumptions == ()
