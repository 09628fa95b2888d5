"""Numbers are written in the visitor's way, and a stranger's words do nothing."""

import re
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.demand.result import Band
from app.ui import charts, text

SPECIAL = set("*_`[]#<>$~|\\:{}\n\r")


@pytest.fixture(params=["en-GB", "nl-NL"])
def locale(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A visitor whose browser asks for this language."""
    tag: str = request.param
    monkeypatch.setattr(text, "st", SimpleNamespace(context=SimpleNamespace(locale=tag)))
    return tag[:2]


def test_numbers_have_three_digits_in_the_visitors_way(locale: str) -> None:
    written = [text.number(value) for value in (0, 1.25, 12.345, 7842, 0.04567, -3.14159)]
    assert (
        written
        == {
            "en": ["0", "1.25", "12.3", "7,840", "0.0457", "-3.14"],
            "nl": ["0", "1,25", "12,3", "7.840", "0,0457", "-3,14"],
        }[locale]
    )


def test_power_and_energy_change_their_unit_where_numbers_grow_long(locale: str) -> None:
    power = [text.power(kw) for kw in (9_990, 10_000, 155_400)]
    assert (
        power
        == {
            "en": ["9,990 kW", "10 MW", "155 MW"],
            "nl": ["9.990 kW", "10 MW", "155 MW"],
        }[locale]
    )
    energy = [text.energy(kwh) for kwh in (999.6, 10_000, 71_300_000)]
    assert (
        energy
        == {
            "en": ["1,000 kWh", "10 MWh", "71.3 GWh"],
            "nl": ["1.000 kWh", "10 MWh", "71,3 GWh"],
        }[locale]
    )


@pytest.mark.parametrize(
    ("share", "said"),
    [(1.0, "100%"), (0.99997, ">99.9%"), (0.9831, "98.3%"), (0.0, "0%"), (float("nan"), "–")],
)
def test_what_is_withheld_never_rounds_to_nothing(share: float, said: str) -> None:
    assert text.delivered(share) == said


def test_long_waits_are_said_in_hours() -> None:
    said = [text.duration(minutes) for minutes in (0, 45, 119, 120, 585, None)]
    assert said == ["0 min", "45 min", "119 min", "2 h", "9 h 45 min", "–"]


def test_charts_separate_numbers_as_words_do(locale: str) -> None:
    figure = charts.bars(["Pauses"], [16_687.0], keys=["pause"], unit="points")
    assert figure.layout.separators == {"en": ".,", "nl": ",."}[locale]
    assert figure.data[0].text == ({"en": "16,687", "nl": "16.687"}[locale],)


def test_a_long_name_leaves_room_for_its_bar() -> None:
    name = "Traffic light (capacity contract) (leaves cars short, 98.3%)"
    lines = charts.broken(name).split("<br>")
    assert max(map(len, lines)) <= charts.LETTERS
    assert " ".join(lines) == name, "nothing is lost"


def test_shares_counts_and_money(locale: str) -> None:
    written = [text.percent(0.175), text.percent(0.1755, 1), text.whole(32_429), text.euro(6.25e6)]
    assert (
        written
        == {
            "en": ["18%", "17.6%", "32,429", "€ 6.25 M"],
            "nl": ["18%", "17,6%", "32.429", "€ 6,25 M"],
        }[locale]
    )


@pytest.mark.parametrize(
    "write", [text.number, text.whole, text.percent, text.power, text.energy, text.euro]
)
def test_what_is_unknown_is_a_dash_and_not_zero(write: object) -> None:
    assert callable(write)
    assert write(None) == write(float("nan")) == text.NO_NUMBER


def test_a_range_stands_behind_its_middle() -> None:
    assert text.span(Band(p10=5_012, p50=7_798, p90=12_160, mean=8_000)) == "7,800 (5,010–12,200)"


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.floats(-1e12, 1e12, allow_nan=False))
def test_a_written_number_is_within_half_a_percent(value: float) -> None:
    back = float(text.number(value).replace(",", "").replace("\N{MINUS SIGN}", "-"))
    assert back == pytest.approx(value, rel=0.005, abs=1e-6)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.text(max_size=60))
def test_names_from_files_cannot_speak_markdown(words: str) -> None:
    assert not SPECIAL & set(text.plain(words))


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.text(max_size=60))
def test_a_sentence_shown_to_the_letter_speaks_no_markdown(words: str) -> None:
    shown = text.verbatim(words)
    assert "\n" not in shown
    bare = re.sub(r"\\[!-/:-@\[-`{-~]", "", shown)
    assert not SPECIAL & set(bare)
    assert not re.search(r":\S", re.sub(r":\d", "", shown.replace("\\", "")).rstrip(":"))


def test_a_sentence_keeps_its_columns_and_arrows() -> None:
    said = text.verbatim("headroom_kw: 0.0 → 686.3 ha (`crs`), EPSG:28992")
    assert said.replace("\\", "") == "headroom_kw: 0.0 → 686.3 ha (`crs`), EPSG:28992"
    assert text.verbatim(":material/x: <b>").replace("\\", "") == ": material/x: <b>"


def test_a_friendly_name_stays_as_it_is() -> None:
    name = "'s-Hertogenbosch (Noord) / Wijk 3, A&B"
    assert text.plain(name) == name
    assert text.plain("[click](http://x) **now** <b>") == "click (http //x)   now    b"


def test_a_language_we_lack_reads_english() -> None:
    assert text.translation("xx").gettext("Growth") == "Growth"


def test_names_that_repeat_are_told_apart_and_others_stay() -> None:
    names = text.told_apart({"t1": "Station", "t2": "Station", "t3": "Sta<b>tion", "t4": "Mill"})
    assert names == {
        "t1": "Station (t1)",
        "t2": "Station (t2)",
        "t3": "Sta b tion",
        "t4": "Mill",
    }
