"""Which clauses are in, and why each other one is not."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import InputError
from app.core.tender.contradictions import parse_contradictions
from app.core.tender.edits import Edit, parse_edits
from app.core.tender.library import MODELS
from app.core.tender.selection import Selection, select
from app.services.requirements import exclusions, library

BEFORE, AFTER = date(2026, 6, 1), date(2027, 1, 1)
SITES = pd.DataFrame(
    {
        "parking_type": ["ON_STREET", "ON_STREET", "PARKING_GARAGE"],
        "current_type": ["AC", "AC", "DC"],
        "power_kw_point": [11.0, 11.0, 50.0],
    }
)


def _select(
    model: str = "concession", phase: int = 2, day: date = BEFORE, **more: object
) -> Selection:
    sites = more.pop("sites", SITES)
    return select(library(), model, phase, sites=sites, pack_date=day, **more)  # type: ignore[arg-type]


def _ids(chosen: Selection) -> list[str]:
    return [choice.requirement.id for choice in chosen.included]


def _reason(chosen: Selection, name: str) -> str:
    return next(each.reason for each in chosen.choices if each.requirement.id == name)


@pytest.mark.parametrize("model", MODELS)
def test_every_clause_is_either_in_or_has_a_reason_and_the_order_is_the_librarys(
    model: str,
) -> None:
    for phase in range(4):
        chosen = _select(model, phase, exclusions=exclusions())
        assert [each.requirement.id for each in chosen.choices] == [each.id for each in library()]
        assert all(each.reason for each in chosen.choices)
        assert len(chosen.included) + len(chosen.excluded) == 118
        assert not chosen.contradictions


@pytest.mark.parametrize("model", MODELS)
def test_a_higher_phase_asks_for_all_a_lower_one_did_but_the_bonus(model: str) -> None:
    for phase in range(3):
        lower, higher = set(_ids(_select(model, phase))), set(_ids(_select(model, phase + 1)))
        assert lower - higher <= {"V2G-01"}


def test_the_bonus_goes_when_the_same_is_required() -> None:
    assert "V2G-01" in _ids(_select(phase=1))
    assert _reason(_select(phase=2), "V2G-01") == "superseded_by_phase"
    assert _reason(_select(phase=0), "V2G-01") == "later_phase"


def test_the_law_brings_iso_15118_20_into_every_pack_from_2027() -> None:
    assert _reason(_select(phase=0, day=date(2026, 12, 31)), "TEC-04") == "later_phase"
    assert _reason(_select(phase=0, day=AFTER), "TEC-04") == "law_in_force"
    early = next(c for c in _select(phase=2).choices if c.requirement.id == "TEC-04")
    assert (early.reason, early.note) == ("applies_from", "applies from 2027-01-01")


def test_a_law_after_the_last_post_is_placed_is_left_out() -> None:
    # placement period 3 years: 2023-06-01 ends on 2026-06-01, before 2027
    assert _reason(_select(day=date(2023, 6, 1)), "TEC-04") == "not_yet_law"


def test_a_clause_is_counted_for_the_places_it_speaks_of() -> None:
    found = {each.requirement.id: each for each in _select().choices}
    assert found["LOC-02"].sites_matching == 2  # on-street
    assert found["TEC-11"].sites_matching == 1  # covered
    assert found["TEC-02"].sites_matching == 1  # DC
    assert found["PAY-01"].sites_matching == 1  # 50 kW and more
    assert found["ACC-02"].sites_matching == 1  # off-street
    assert found["LOC-01"].sites_matching == 3


def test_a_clause_for_no_place_drops_and_says_so() -> None:
    chosen = _select(sites=SITES.iloc[:2])
    assert _reason(chosen, "TEC-02") == "no_matching_site"
    assert _reason(chosen, "TEC-11") == "no_matching_site"


def test_what_is_not_known_never_drops_a_duty() -> None:
    unknown = pd.DataFrame(
        {"parking_type": ["unknown"], "current_type": [None], "power_kw_point": [None]}
    )
    chosen = _select(sites=unknown)
    assert not [each for each in chosen.excluded if each.reason == "no_matching_site"]


def test_a_joint_company_gets_the_rows_of_a_hybrid() -> None:
    assert _ids(_select("ppp")) == _ids(_select("hybrid"))


def test_unknown_model_and_phase_are_refused() -> None:
    with pytest.raises(InputError, match="choose from direct"):
        _select("loan")
    with pytest.raises(InputError, match="not one of 0 to 3"):
        _select(phase=4)


def test_marks_travel_in_words_and_only_a_person_takes_the_legal_one_away() -> None:
    plain = {each.requirement.id: each for each in _select().choices}
    assert plain["TEC-01"].legal_mark == "check with legal"
    assert plain["TEC-03"].legal_mark == "secondary source"
    assert plain["LOC-01"].legal_mark == ""
    signed = _select(edits={"TEC-01": Edit(checked_by="A. Jurist", checked_on="2027-01-10")})
    found = next(each for each in signed.choices if each.requirement.id == "TEC-01")
    assert found.legal_mark == "checked by A. Jurist on 2027-01-10"
    assert found.requirement.confidence == "C"


def test_edits_drop_reword_and_settle_and_are_recorded() -> None:
    edits = parse_edits(
        "[clause.SMC-05]\nsurcharge_eur_kwh = 0.08\n[clause.KPI-09]\ndrop = true\n"
        '[clause.TEC-01]\ntext = "Our words."\n',
        library(),
    )
    chosen = _select(edits=edits)
    found = {each.requirement.id: each for each in chosen.choices}
    assert found["KPI-09"].reason == "dropped"
    assert not found["KPI-09"].selected
    assert found["TEC-01"].requirement.text == "Our words."
    assert found["SMC-05"].edited
    assert [item for item in _select().open_items if item.startswith("SMC-05")]


def _open(text: str) -> list[str]:
    chosen = _select(edits=parse_edits(f"[clause.SMC-05]\n{text}", library()))
    return [item for item in chosen.open_items if item.startswith("SMC-05")]


def test_setting_a_value_is_not_confirming_it() -> None:
    assert _open("surcharge_eur_kwh = 0.08") == [
        "SMC-05 surcharge_eur_kwh: set to 0.08 EUR/kWh, not confirmed"
    ]
    assert not _open("surcharge_eur_kwh = 0.08\nconfirm = ['surcharge_eur_kwh']")
    assert not _open("checked_by = 'Ann'\nchecked_on = 2027-01-10")
    assert _open("confirm = ['override']"), "another parameter's confirmation is none of this one"
    assert _open("text = 'Ours.'\nconfirm = ['surcharge_eur_kwh']") == [
        "SMC-05: reworded, not signed off"
    ]


def test_the_power_of_points_decides_which_clauses_speak() -> None:
    fast = SITES.assign(current_type="DC", power_kw_point=150.0)
    assert _reason(_select(sites=fast), "PAY-02") == "no_matching_site"
    assert _reason(_select(sites=fast, power_class="both"), "PAY-02") in {
        "selected",
        "law_in_force",
    }
    assert _reason(_select(power_class="normal"), "PAY-01") == "other_power_class"
    assert _reason(_select(power_class="fast"), "TEC-01") == "other_power_class"
    assert "LOC-02" in _ids(_select(power_class="fast")), "streets are not a matter of power"


def test_the_nearest_name_is_suggested() -> None:
    with pytest.raises(InputError, match=r"did you mean 'SMC-05'"):
        parse_edits("[clause.SMC-5]\ndrop = true", library())
    with pytest.raises(InputError, match=r"did you mean 'surcharge_eur_kwh'"):
        parse_edits("[clause.SMC-05]\nsurcharge = 1", library())
    with pytest.raises(InputError, match="not TOML"):
        parse_edits("[clause", library())


def test_clauses_that_cannot_both_hold_are_named() -> None:
    # 5 + 15 = 20 years of CON-01 against a term of 15
    edits = {
        "CON-01": Edit(parameters={"place_years": "5", "operate_years": "15"}),
        "PAY-06": Edit(parameters={"cap_mode": "fixed"}),
    }
    found = _select(edits=edits, exclusions=exclusions())
    assert found.contradictions == (
        "PAY-06 asks for a fixed cap, PAY-07 for one that moves with energy cost",
        "CON-01 needs 20 years, CON-02 ends after 15",
    )
    assert set(found.contradictions) <= set(found.open_items)
    out = {**edits, "PAY-07": Edit(drop=True)}
    assert len(_select(edits=out, exclusions=exclusions()).contradictions) == 1


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("x,PAY-99,1,>,2,s", "no clause 'PAY-99'"),
        ("x,PAY-06,PAY-06.cap,=,fixed,s", "PAY-06.cap is not of its clauses"),
        ("x,PAY-06,CON-01.place_years,>,2,s", "CON-01.place_years is not of its clauses"),
        ("x,PAY-06,1,like,2,s", "relation 'like'"),
    ],
)
def test_a_broken_contradiction_is_refused(row: str, fault: str) -> None:
    with pytest.raises(InputError, match=fault):
        parse_contradictions(f"id,clauses,left,relation,right,sentence\n{row}", library())


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.sampled_from(MODELS), st.integers(0, 3), st.dates(date(2024, 1, 1), date(2032, 1, 1)))
def test_selection_depends_on_its_arguments_alone(model: str, phase: int, day: date) -> None:
    one, two = _select(model, phase, day), _select(model, phase, day)
    assert one == two
    assert [each.requirement.id for each in one.included] == [
        each.id for each in library() if each.id in set(_ids(two))
    ]


def test_the_table_holds_every_clause_with_its_reason_in_words() -> None:
    table = _select().table
    assert len(table) == 118
    assert set(table["selected"]) == {"yes", "no"}
    assert (table["reason_in_words"] != "").all()
    legal = table[(table["confidence"] == "C") & (table["selected"] == "yes")]
    assert (legal["mark"] == "check with legal").all()
