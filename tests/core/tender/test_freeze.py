"""A final edition needs everything settled, and says all that is not."""

from datetime import date

import pandas as pd

from app.core.duties.base import Check
from app.core.tender.edits import Edit
from app.core.tender.freeze import freeze
from app.core.tender.selection import Selection, select
from app.services.requirements import exclusions, library

SITES = pd.DataFrame(
    {"parking_type": ["ON_STREET"], "current_type": ["AC"], "power_kw_point": [11.0]}
)
SIGNED = Edit(checked_by="A. Jurist", checked_on="2027-01-10")


def _chosen(edits: dict[str, Edit]) -> Selection:
    return select(
        library(),
        "concession",
        2,
        sites=SITES,
        pack_date=date(2027, 1, 15),
        edits=edits,
        exclusions=exclusions(),
    )


def _all_signed(**more: Edit) -> dict[str, Edit]:
    return {each.id: SIGNED for each in library()} | {
        k.replace("_", "-"): v for k, v in more.items()
    }


def _check(result: str) -> Check:
    gap = 12.5 if result == "gap" else 0.0
    return Check("v2g_export", "SITE-1", result, 20, 7.5, gap, "kW", "", "", "", "C")  # type: ignore[arg-type]


def test_everything_signed_off_lets_it_through() -> None:
    assert freeze(_chosen(_all_signed()), ()) == []


def test_the_list_names_values_laws_list_and_gaps_each_once() -> None:
    found = freeze(_chosen({}), ("n_bays is unknown", "n_bays is unknown"), [_check("gap")])
    assert "n_bays is unknown" in found
    assert "PAY-06 price_weight_pct: proposed 40 %" in found
    assert "TEC-01: to be checked with legal, not signed off" in found
    assert "v2g_export, SITE-1: 7.5 kW, asked 20" in found
    assert len(found) == len(set(found))


def test_what_passes_or_could_not_be_checked_is_no_gap() -> None:
    checks = [_check("pass"), _check("not_applicable"), _check("unknown")]
    assert freeze(_chosen(_all_signed()), (), checks) == []


def test_a_contradiction_stops_it_even_when_all_is_signed_off() -> None:
    fixed = Edit(parameters={"cap_mode": "fixed"}, checked_by="A", checked_on="2027-01-10")
    assert len(freeze(_chosen(_all_signed(PAY_06=fixed)), ())) == 1


def test_dropping_a_binding_clause_takes_a_reason_and_a_sign_off() -> None:
    bare = freeze(_chosen(_all_signed(KPI_09=Edit(drop=True))), ())
    assert bare == [
        "KPI-09: binding, dropped without a reason",
        "KPI-09: binding, dropped without a sign-off",
    ]
    told = Edit(drop=True, drop_reason="in KPI-01", checked_by="A", checked_on="2027-01-10")
    assert freeze(_chosen(_all_signed(KPI_09=told)), ()) == []
    assert freeze(_chosen(_all_signed(LOC_04=Edit(drop=True))), ()) == [], "a wish may go unsaid"
