"""The demand page says how far to trust it."""

import re
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from app.core.scenario import Scenario
from app.services import share

Visit = Callable[..., AppTest]


def _said(app: AppTest) -> str:
    kinds = ("markdown", "caption", "error", "info")
    return "\n".join(each.value for kind in kinds for each in getattr(app, kind))


def test_the_chain_the_caution_and_the_yardstick_stand_on_the_page(visit: Visit) -> None:
    app = visit("demand", city="utrecht")
    said = _said(app)
    chain = re.search(r"\*\*([\d.]+) GWh\*\* a year .*\*\*([\d.]+) MW\*\* on average", said)
    assert chain is not None
    assert abs(float(chain[1]) / 8.76 - float(chain[2])) < 0.1
    assert "Caution: the rule for points" in said
    assert "the rule itself holds nationally" in said
    assert "Percentiles do not add up" in said
    assert "homes have no own parking" in said
    assert "serves one car at a time" in said
    cards = {each.label: each.value for each in app.metric}
    assert cards["AFIR yardstick"] == "45.5 MW"
    assert cards["Installed today"] == "41 MW"
    assert ":red-badge" not in said


def test_what_is_outside_a_published_figure_is_red(visit: Visit) -> None:
    said = _said(visit("demand", city="utrecht", q=share.to_query(Scenario(year=2025))))
    red = re.findall(r":red-badge\[(.*?)\]", said)
    assert len(red) == 1
    assert "Electric cars in the plan of 2018: outside" in red[0]


def test_a_city_without_registrations_is_not_offered_their_curve(visit: Visit) -> None:
    app = visit("demand", city="utrecht")
    menu = app.selectbox(key="lever_gap")
    assert menu.options == ["Closes slowly", "Stays", "Policy closes it"]
    assert "plugins_2018" in menu.help
    asked = visit("demand", city="utrecht", q=share.to_query(Scenario(gap="bass")))
    assert not asked.exception
    assert "no curve can be fitted" in _said(asked)
    assert asked.selectbox(key="lever_gap").value == "bass"  # and can be set back


def test_rates_of_tiny_districts_are_not_shown(visit: Visit) -> None:
    app = visit("demand", city="utrecht")
    table = next(
        each.value for each in app.dataframe if "Electric share [%]" in each.value.columns
    ).set_index("District")
    assert table.loc["3528 Leidsche Rijn"].isna()["Electric share [%]"]
    assert not table.loc["3451 Vleuten-De Meern"].isna()["Electric share [%]"]
    app.selectbox(key="district").set_value("3528").run()
    assert "too few homes for a rate" in _said(app)
