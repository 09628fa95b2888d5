"""Use-case: two scenarios side by side, with what is better and what is worse."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import pandas as pd

from app.core.demand.result import Demand
from app.core.errors import InputError
from app.core.impact import OVER, TIGHT, Impact
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.siting.plan import Plan
from app.core.words import NOTHING_ELSE, SAME, Difference, diff, sentences
from app.services import parameters
from app.services.estimate import estimate
from app.services.simulate import simulate_all

Better = Literal["low", "high", "neither"]
Verdict = Literal["better", "worse", "neutral"]
KWH_PER_MWH = 1000
DURATION = "seconds"  # how long we counted says nothing about the city
SAME_TO = 1e-9  # sums in another order differ by less; a planner cannot mean it


@dataclass(frozen=True, slots=True)
class Indicator:
    """A number of an answer: what it is called, its unit, and which way is better."""

    key: str
    label: str
    unit: str
    better: Better = "neither"


INDICATORS: Mapping[str, Indicator] = MappingProxyType(
    {
        each.key: each
        for each in (
            Indicator("vehicles", "Electric cars, mean estimate", ""),
            Indicator("demand_mwh_year", "Charging demand", "MWh a year"),
            Indicator("points_plan", "Charge points planned", "", "low"),
            Indicator("sessions", "Sessions in the hours shown", ""),
            Indicator("transformers_over", "Transformers over their limit", "", "low"),
            Indicator("transformers_tight", "Transformers that are tight", "", "low"),
            Indicator("peak_kw", "City peak", "kW", "low"),
            Indicator("window_peak_kw", "City peak inside the contract", "kW", "low"),
            Indicator("outside_peak_kw", "City peak outside the contract", "kW", "low"),
            Indicator("base_peak_kw", "City peak without charging", "kW"),
            Indicator("ev_peak_kw", "Peak of charging alone", "kW", "low"),
            Indicator("ev_at_peak_kw", "What charging adds to the city peak", "kW", "low"),
            Indicator("lowest_kw", "Lowest load of the city", "kW"),
            Indicator("hours_over", "Hours over the limit", "h", "low"),
            Indicator("kwh_over", "Energy over the limit", "kWh", "low"),
            Indicator("export_hours_over", "Hours with too much flowing back", "h", "low"),
            Indicator("served_share", "Energy delivered of what could be", "share", "high"),
            Indicator("unserved_kwh", "Energy that drivers miss", "kWh", "low"),
            Indicator("worse_off_share", "Sessions that leave with less", "share", "low"),
            Indicator("below_95_share", "Sessions with less than 95 percent", "share", "low"),
            Indicator("late_kwh_share", "Energy over half an hour later", "share", "low"),
            Indicator("added_min_p50", "Full later, median session", "min", "low"),
            Indicator("added_min_p90", "Full later, one session in ten", "min", "low"),
            Indicator("overrides", "Drivers who charge at once anyway", "sessions"),
            Indicator("discharged_kwh", "Energy fed back", "kWh"),
            Indicator("equivalent_full", "Full battery cycles for the grid", "cycles", "low"),
            Indicator("flex_down_kw", "Could be shed for 15 min, on average", "kW", "high"),
            Indicator("flex_down_18_kw", "Could be shed for 15 min at 18:00", "kW", "high"),
            Indicator("flex_up_kw", "Could be taken for 15 min, on average", "kW", "high"),
            Indicator("flex_up_18_kw", "Could be taken for 15 min at 18:00", "kW", "high"),
            Indicator(
                "parent_kwh_over", "Above the limits of feeders and substations", "kWh", "low"
            ),
            Indicator("rebound_in_kw", "Charging peak inside the contract", "kW", "low"),
            Indicator("rebound_after_kw", "Charging peak after the contract", "kW", "low"),
            Indicator("mwh_year", "Energy from the grid", "MWh a year"),
            Indicator("mean_mw", "Mean charging power", "MW"),
            Indicator("peak_mw", "Highest charging power", "MW", "low"),
            Indicator("coincidence", "Coincidence of the points", "share", "low"),
            Indicator("kw_per_point", "Peak per charge point", "kW", "low"),
            Indicator("kwh_per_point_day", "Energy per point and day", "kWh"),
            Indicator("cost_eur", "Cost of electricity, illustrative prices", "EUR", "low"),
            Indicator("cost_eur_per_kwh", "Cost of a kWh, illustrative prices", "EUR", "low"),
            Indicator("co2_kg", "Emissions, illustrative mix", "kg CO2", "low"),
        )
    }
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two scenarios of one city: what differs going in, and what differs coming out."""

    project: str
    horizon: str
    assumptions: tuple[str, ...]
    differences: tuple[Difference, ...]
    rows: tuple["Row", ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One indicator of two answers; what cannot be said stays None and is neutral."""

    key: str
    label: str
    unit: str
    before: float | None
    after: float | None
    difference: float | None
    percent: float | None
    verdict: Verdict


def compare(before: Mapping[str, float | None], after: Mapping[str, float | None]) -> list[Row]:
    """Set the indicators of two answers side by side, in the order of ``INDICATORS``.

    An indicator that is not in the table comes last, under its key, and is never judged.
    """
    named = [key for key in INDICATORS if key in before or key in after]
    others = [key for key in {**before, **after} if key not in INDICATORS]
    return [_row(key, before.get(key), after.get(key)) for key in (*named, *others)]


def indicators_of(demand: Demand, impact: Impact) -> dict[str, float | None]:
    """Gather what both answers say of the whole city."""
    known = impact.known > 0
    found = {
        "demand_mwh_year": demand.city["kwh_year"].mean / KWH_PER_MWH,
        "points_plan": float(demand.points_plan),
        "transformers_over": float(impact.count(OVER)) if known else None,
        "transformers_tight": float(impact.count(TIGHT)) if known else None,
        **impact.city,
    }
    return {key: value for key, value in found.items() if key != DURATION}


AREA: Mapping[str, str] = MappingProxyType(
    {"peak_kw": "kW", "kwh_over": "kWh", "points_plan": "points"}
)
"""What two answers of a district are held against each other by, with its unit."""


def by_district(demand: Demand, impact: Impact) -> pd.DataFrame:
    """Gather what both answers say of each district, for a map of differences.

    Returns
    -------
    (district,)
        ``name, points_plan``, and over its transformers the sum of ``peak_kw`` and of
        ``kwh_over``; NaN where no transformer is, or no limit is known.
    """
    rows = impact.rows
    over = rows["kwh_over"].where(rows["limit_kw"].notna())
    grouped = rows.assign(kwh_over=over).groupby("district_id")[["peak_kw", "kwh_over"]]
    found = grouped.sum(min_count=1)
    frame = demand.districts.set_index("district_id")[["name", "points_plan"]]
    return pd.DataFrame(frame.join(found))


def in_common(plans: Sequence[Plan]) -> pd.DataFrame:
    """Find the places that several plans share.

    Returns
    -------
    (candidate,)
        ``candidate_id, name, district, plans`` and one column of points per plan, ``points_0`` on;
        those of most plans first.
    """
    parts = []
    for nth, plan in enumerate(plans):
        firm = plan.firm.set_index("candidate_id")
        parts.append(firm[["name", "district"]].assign(**{f"points_{nth}": firm["points"]}))
    facts = pd.concat([each[["name", "district"]] for each in parts])
    found = facts[~facts.index.duplicated()]
    for nth, part in enumerate(parts):
        found = found.join(part[[f"points_{nth}"]])
    points = [f"points_{nth}" for nth in range(len(plans))]
    found[points] = found[points].fillna(0).astype(int)
    count = (found[points] > 0).sum(axis=1).rename("plans")
    first: pd.DataFrame = found.join(count).sort_values(
        ["plans", *points], ascending=False, kind="stable"
    )
    return first.rename_axis("candidate_id").reset_index()


def compare_scenarios(
    project: Project, before: Scenario, after: Scenario, horizon: str = "peak_week"
) -> Comparison:
    """Answer both scenarios on the same city, with the same random numbers, and compare."""
    answers = [answer(project, scenario, horizon) for scenario in (before, after)]
    return Comparison(
        project.slug,
        horizon,
        tuple(assumptions(before, after)),
        tuple(diff(before, after, parameters.settable())),
        tuple(compare(*answers)),
    )


def answer(
    project: Project, scenario: Scenario, horizon: str = "peak_week"
) -> dict[str, float | None]:
    """Answer one scenario: the indicators of its column in every comparison."""
    found = simulate_all(project, scenario, horizon, strategies=(scenario.strategy,))
    return indicators_of(estimate(project, scenario), found[scenario.strategy])


def assumptions(
    before: Scenario,
    after: Scenario,
    *,
    layers: tuple[Mapping[str, str], Mapping[str, str]] | None = None,
) -> list[str]:
    """Say which assumptions differ: levers in page order, then layers (digests by kind)."""
    found = sentences(before, after, parameters.settable())
    if layers is None:
        return found
    old, new = layers
    others = [
        f"The {kind} layer is another one."
        for kind in sorted({*old, *new})
        if old.get(kind) != new.get(kind)
    ]
    if not others:
        return found
    return [*(each for each in found if each not in {SAME, NOTHING_ELSE}), *others, NOTHING_ELSE]


def refuse_other_project(before: str, after: str) -> None:
    """Refuse to set two cities side by side as if they were one."""
    if before and after and before != after:
        raise InputError(f"One scenario is of {before}, the other of {after}: compare one city.")


def _row(key: str, before: float | None, after: float | None) -> Row:
    found = INDICATORS.get(key, Indicator(key, key, ""))
    if before is None or after is None:
        return Row(key, found.label, found.unit, before, after, None, None, "neutral")
    difference = after - before
    percent = 100 * difference / abs(before) if before else None
    small = abs(difference) <= SAME_TO * max(abs(before), abs(after))
    verdict = "neutral" if small else _verdict(found.better, difference)
    return Row(key, found.label, found.unit, before, after, difference, percent, verdict)


def _verdict(better: Better, difference: float) -> Verdict:
    if better == "neither":
        return "neutral"
    return "better" if (difference > 0) is (better == "high") else "worse"
