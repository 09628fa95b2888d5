"""The back-test as a use-case: published figures, own rows, files."""

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest

from app.core.demand.backtest import DRAWN, ranges, verdicts
from app.core.errors import InputError
from app.core.project import Project
from app.core.scenario import Scenario
from app.exports import EXPORTS
from app.services import backtest, estimate, forecast_files
from app.services.backtest import Backtest
from app.services.parameters import load_parameters, load_sources
from app.services.projects import load_project


@pytest.fixture(scope="module")
def utrecht() -> Project:
    return load_project("utrecht")


@pytest.fixture(scope="module")
def found(utrecht: Project) -> Backtest:
    return backtest.compare(utrecht, Scenario())


def test_published_figures_stand_with_a_source_and_its_letter() -> None:
    for row in forecast_files.load_forecasts():
        assert row.mark == "C" or row.mark == load_sources()[row.source]["confidence"]
        assert not row.own


def test_the_yardsticks_of_demand_say_the_same() -> None:
    numbers = load_parameters()
    told = {
        "benchmark_plan_ev_2025": ("ev", 2025, "2018"),
        "benchmark_plan_ev_2030": ("ev", 2030, "2018"),
        "benchmark_share_2030": ("ev_share", 2030, "2022"),
        "benchmark_points_2021": ("points", 2021, "2021-12-31"),
        "benchmark_points_2025": ("points", 2025, "2022"),
        "benchmark_points_2030": ("points", 2030, "2022"),
    }
    rows = {(r.quantity, r.for_year, r.made_on): r for r in forecast_files.load_forecasts()}
    for name, where in told.items():
        assert rows[where].value == numbers[name].value, name
        assert rows[where].source == numbers[name].source, name
    per_post = numbers["points_per_post"].value
    posts = rows["posts_added", 2030, "2022"].value
    assert posts is not None
    assert 4600 + posts * per_post == rows["points", 2030, "2022"].value


def test_the_width_is_about_what_our_range_of_2035_has() -> None:
    width, ours = load_parameters()["backtest_width_year"], load_parameters()["ev_share_2035"]
    low, high = (np.log(each / (1 - each)) for each in (ours.low, ours.high))
    assert width.low <= (high - low) / 2 / (2035 - 2022) <= width.high


def test_one_count_can_be_compared_and_lies_below(found: Backtest) -> None:
    assert found.coverage == (0, 1)
    judged = backtest.judged(found)
    assert list(judged[judged["verdict"] == "below"]["fact"]) == [0.0253]
    assert set(judged["reason"]) >= {"locations are not points"}
    first = found.revisions[0].first
    assert (first.quantity, found.revisions[0].ratio) == ("ev_share", pytest.approx(0.20 / 0.44))


def test_the_verdict_hangs_on_no_choice_of_width(found: Backtest) -> None:
    number = load_parameters()["backtest_width_year"]
    for width in (number.low, number.high):
        first = ranges(found.rows, "utrecht", width)[0]
        assert [v.place for v in verdicts(first, found.rows) if v.place] == ["below"]


def test_ours_is_the_demand_model(utrecht: Project, found: Backtest) -> None:
    answer = estimate.estimate(utrecht, Scenario(year=2025))
    points, cars = answer.city["points"], answer.city["cars"]
    assert found.ours.at("points", 2025) == pytest.approx([points.p10, points.p50, points.p90])
    share = answer.city["ev_private"].p50 / cars.p50
    assert found.ours.at("ev_share", 2025)[1] == pytest.approx(share)
    assert np.isnan(found.ours.at("ev_share", 2020)).all(), "nothing before the registrations"


def test_own_rows_are_compared_and_published_ones_stay(utrecht: Project, found: Backtest) -> None:
    own = forecast_files.read_own(forecast_files.template(), file="own.csv", project=utrecht)
    more = backtest.compare(utrecht, Scenario(), own)
    assert more.coverage == (2, 4)
    assert len(more.rows) == len(found.rows) + len(own)
    assert backtest.table(more)["own"].sum() == len(own)
    assert [quantity for quantity, _ in more.ours_verdicts] == ["ev_share"]
    assert found.coverage == (0, 1), "the answer without them is as it was"


def test_a_city_nobody_forecast_is_held_against_its_registrations() -> None:
    town = load_project("sampletown")
    found = backtest.compare(town, Scenario())
    assert not any(row.place == "utrecht" for row in found.rows)
    assert found.ranges == ()
    (counted,) = [row for row in found.rows if row.observed]
    frame = town.layers["districts"].frame
    plugins = frame["cars_bev"].sum() + frame["cars_phev"].sum()
    assert counted.value == pytest.approx(plugins / frame["cars"].sum())
    assert found.ours.at("ev_share", 2022)[1] == pytest.approx(counted.value)
    assert "the map is of 2025-01-01" in counted.note


def test_cars_nobody_counted_are_no_fact() -> None:
    town = load_project("sampletown")
    layer = town.layers["districts"]
    bare = replace(layer, frame=layer.frame.drop(columns=["cars_bev", "cars_phev"]))
    found = backtest.compare(town.with_layer(bare), Scenario())
    assert not any(row.observed for row in found.rows)
    assert backtest.judged(found).empty


def test_the_document_is_plain_and_says_every_row(utrecht: Project, found: Backtest) -> None:
    text = json.dumps(backtest.document(utrecht, Scenario(), found), allow_nan=False)
    document = json.loads(text)
    assert document["schema"] == "kerbwatt.backtest/1"
    assert len(document["rows"]) == len(found.rows)
    assert {each["quantity"] for each in document["ranges"]} == set(DRAWN)


def test_every_table_format_takes_it(utrecht: Project, found: Backtest) -> None:
    made = backtest.result(utrecht, Scenario(), found, "2026-01-01")
    for key in ("csv", "xlsx"):
        assert len(EXPORTS[key].write(made)) > 1000


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"made_on,for_year\n2018,2030\n", "column quantity: is missing"),
        (b"made_on,for_year,quantity,low,value,high,source\n", "no row"),
        (b"made_on,for_year,quantity,low,value,high,source\n2018,2030,ev,,5,0,00,me\n", "row 1"),
        (b"a" * 1_000_001, "at most"),
        (b"\x00\xff\xfe" * 9, "missing"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_in_words(
    utrecht: Project, content: bytes, words: str
) -> None:
    with pytest.raises(InputError, match=words) as refused:
        forecast_files.read_own(content, file="own.csv", project=utrecht)
    assert "own.csv" in str(refused.value)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiters_of_office_programs_are_read(utrecht: Project, delimiter: str) -> None:
    rows = list(csv.reader(io.StringIO(forecast_files.template().decode())))
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    content = "\ufeff" + text.getvalue()
    found = forecast_files.read_own(content.encode(), file="own.csv", project=utrecht)
    assert len(found) == len(rows) - 1


def test_rows_written_are_read_again(utrecht: Project) -> None:
    content = forecast_files.template()
    texts = forecast_files.read_texts(content, file="own.csv", project=utrecht)
    again = forecast_files.read_own(forecast_files.to_csv(texts), file="x", project=utrecht)
    assert again == forecast_files.read_own(content, file="own.csv", project=utrecht)
