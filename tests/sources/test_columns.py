"""Headers of many publishers and languages find their column, or are asked about."""

import csv
from collections.abc import Sequence
from typing import Any

import pytest

from app.core.schema import KINDS
from app.paths import DATA
from app.sources.answers import Answer, Answers
from app.sources.columns import match
from app.sources.headers import fold, parse_header
from app.sources.plausible import synonyms
from app.sources.problems import Findings
from app.sources.units import factor, units


def matched(kind: str, headers: Sequence[str], **answers: Answer) -> dict[str, str]:
    said = Answers(columns=answers)
    found = match(KINDS[kind], headers, said, Findings(), set())
    return {name: hit.header for name, hit in found.items()}


def test_words_are_folded_and_mean_one_thing_within_a_kind() -> None:
    with (DATA / "synonyms.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    pairs = [(row["kind"], row["synonym"]) for row in rows]
    assert len(set(pairs)) == len(pairs)
    assert all(fold(row["synonym"]) == row["synonym"] for row in rows)
    for row in rows:
        kind, _, choice = row["kind"].partition(":")
        if kind in KINDS:
            column = KINDS[kind].column(choice or row["column"])
            assert column is not None, row
            assert not choice or row["column"] in column.choices, row


@pytest.mark.parametrize(
    ("header", "unit", "word"),
    [
        ("Firm Capacity (MVA)", "MVA", "firm_capacity"),
        ("headroom_kw", "kW", "headroom"),
        ("Ruimte [MW]", "MW", "ruimte"),
        ("Belastung in kVA", "kVA", "belastung"),
        ("income_keur", "kEUR", "income"),
        ("Kapacit\u00e9 (kW)", "kW", "kapacite"),
        ("kw", "kW", ""),
        ("type_a", None, "type_a"),
        ("Aantal (2022)", None, "aantal_2022"),
    ],
)
def test_a_header_says_its_unit(header: str, unit: str | None, word: str) -> None:
    found = parse_header(header)
    assert found.unit == unit
    assert word in found.bare


def test_german_letters_fold_both_ways() -> None:
    assert parse_header("Schl\u00fcssel").full == {"schlussel", "schluessel"}


def test_a_british_table_of_substations_is_recognised() -> None:
    headers = ["Site Name", "Firm Capacity (MVA)", "Demand (MVA)", "Demand RAG", "Geo(Long,Lat)"]
    found = matched("grid", headers)
    assert found["capacity_kw"] == "Firm Capacity (MVA)"
    assert found["peak_load_kw"] == "Demand (MVA)"
    assert found["name"] == "Site Name"


@pytest.mark.parametrize(
    ("kind", "headers", "wanted"),
    [
        ("districts", ["Naam", "Aantal huishoudens"], {"name", "households"}),
        ("districts", ["Bezirk", "Haushalte", "Pkw"], {"name", "households", "cars"}),
        ("districts", ["M\u00e9nages", "Voitures"], {"households", "cars"}),
        ("grid", ["Bos Kapasite (MVA)", "Trafo Ad\u0131"], {"headroom_kw", "name"}),
        ("grid", ["vapaa kapasiteetti kW"], {"headroom_kw"}),
        ("parking", ["Capaciteit", "Soort"], {"spaces", "kind"}),
        ("chargers", ["Anzahl Ladepunkte", "Betreiber"], {"points", "operator"}),
        ("chargers", ["maxPowerKw", "operatorName"], {"power_kw", "operator"}),
        ("sessions", ["plugin_time", "plugout_time", "energy_session"],
         {"arrival", "departure", "energy_kwh"}),
        ("prices", ["utc", "eur_mwh"], {"time", "eur_per_mwh"}),
    ],
)  # fmt: skip
def test_headers_of_many_languages_are_recognised(
    kind: str, headers: list[str], wanted: set[str]
) -> None:
    assert set(matched(kind, headers)) == wanted


def test_our_own_names_win_over_known_words() -> None:
    assert matched("grid", ["capacity", "capacity_kw"])["capacity_kw"] == "capacity_kw"


def test_two_equal_candidates_for_an_optional_column_are_left_alone_with_a_word() -> None:
    findings = Findings()
    headers = ["new households east", "new households west"]
    assert match(KINDS["districts"], headers, Answers(), findings, set()) == {}
    assert [problem.code for problem in findings.problems] == ["COL-AMBIGUOUS"]
    assert findings.questions[0].choices == tuple(headers)


def test_an_answer_beats_every_word_and_no_header_serves_twice() -> None:
    found = matched("grid", ["headroom_kw", "x"], headroom_kw=Answer("x", "MW"))
    assert found == {"headroom_kw": "x"}
    assert matched("grid", ["headroom_kw"], headroom_kw=Answer("")) == {}


def test_an_answer_that_cannot_be_is_an_error() -> None:
    for answer in (Answer("nowhere"), Answer("x", "litre")):
        findings = Findings()
        said = Answers(columns={"headroom_kw": answer})
        match(KINDS["grid"], ["x"], said, findings, set())
        assert [problem.code for problem in findings.problems] == ["COL-MISSING"]


def test_units_are_turned_by_hand() -> None:
    """1 MVA at a power factor of 0.95 is 950 kW; 100 A on three phases of 230 V is 69 kW."""
    assert factor("kW", "MVA") == pytest.approx(950)
    assert factor("kW", "A") == pytest.approx(0.69)
    assert factor("kWh", "Wh") == 0.001
    assert factor("EUR/MWh", "ct/kWh") == 10
    assert factor("kW", "kWh") is None
    assert factor("", "MW") is None
    assert set(units("kW")) == {"kW", "MW", "W", "kVA", "MVA", "A"}


def test_a_unit_is_never_converted_without_being_said(take: Any) -> None:  # noqa: ANN401
    table = "asset_id,headroom_kw,lon,lat\na,0.25,5.1,52.1\nb,0.4,5.1,52.11\n"
    found = take(table)
    assert found.layer.frame["headroom_kw"].tolist() == [0.25, 0.4]
    assert "are these MW?" in found.of("warning")[0].message
    said = take(table, columns={"headroom_kw": Answer("headroom_kw", "MW")})
    assert said.layer.frame["headroom_kw"].tolist() == [250, 400]
    assert "VAL-UNIT" not in {problem.code for problem in said.problems}


def test_a_column_called_only_kw_is_asked_about(take: Any) -> None:  # noqa: ANN401
    table = 'asset_id,kw,lon,lat\na,"1,5",5.1,52.1\nb,"20,25",5.1,52.11\n'
    found = take(table)
    assert [problem.code for problem in found.of("error")] == ["COL-MISSING"]
    assert found.questions[0].answer == "columns.headroom_kw"
    assert "kw" in found.questions[0].choices
    said = take(table, columns={"headroom_kw": Answer("kw")})
    assert said.layer.frame["headroom_kw"].tolist() == [1.5, 20.25]


def test_extra_columns_keep_their_name(take: Any) -> None:  # noqa: ANN401
    table = "asset_id,headroom_kw,lon,lat,Opmerking,status\na,9,5.1,52.1,let op,in use\n"
    found = take(table)
    row = found.layer.frame.iloc[0]
    assert row["Opmerking"] == "let op"
    assert row["status (file)"] == "in use"
    assert row["status"] == "measured"
    assert found.mapping.unmapped == ("Opmerking", "status")


def test_every_language_has_words_for_every_map() -> None:
    for kind in ("districts", "grid", "parking", "chargers"):
        assert len(synonyms(kind)) >= 5
