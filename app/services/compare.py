"""Use-case: two scenarios side by side, with what is better and what is worse."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from app.core.demand.result import Demand
from app.core.errors import InputError
from app.core.impact import OVER, TIGHT, Impact
from app.core.scenario import Scenario
from app.core.words import NOTHING_ELSE, SAME, sentences

Better = Literal["low", "high", "neither"]
Verdict = Literal["better", "worse", "neutral"]
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
            Indicator("ev", "Electric cars", ""),
            Indicator("mwh_year", "Charging demand", "MWh a year"),
            Indicator("sessions_day", "Sessions", "a day"),
            Indicator("points_plan", "Charge points needed", "", "low"),
            Indicator("peak_kw", "City peak", "kW", "low"),
            Indicator("base_peak_kw", "City peak without charging", "kW"),
            Indicator("ev_peak_kw", "Peak of charging alone", "kW", "low"),
            Indicator("peak_ev_kw", "Peak of charging alone", "kW", "low"),
            Indicator("coincident_peak_kw", "Charging at the city peak", "kW", "low"),
            Indicator("transformers_over", "Transformers over their limit", "", "low"),
            Indicator("transformers_tight", "Transformers that are tight", "", "low"),
            Indicator("hours_over", "Hours over the limit", "h", "low"),
            Indicator("kwh_over", "Energy over the limit", "kWh", "low"),
            Indicator("served_kwh", "Energy charged", "kWh", "high"),
            Indicator("unserved_kwh", "Energy that drivers miss", "kWh", "low"),
            Indicator("unserved_share", "Share of energy that drivers miss", "", "low"),
            Indicator("worse_off", "Sessions that end later or with less", "", "low"),
            Indicator("discharged_kwh", "Energy fed back", "kWh"),
            Indicator("cost_eur", "Cost of electricity", "EUR", "low"),
            Indicator("co2_kg", "Emissions of electricity", "kg CO2", "low"),
        )
    }
)


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
    return {
        "ev": demand.city["ev"].mean,
        "mwh_year": demand.city["kwh_year"].mean / 1000,
        "sessions_day": demand.city["sessions_day"].mean,
        "points_plan": float(demand.points_plan),
        "transformers_over": float(impact.count(OVER)) if known else None,
        "transformers_tight": float(impact.count(TIGHT)) if known else None,
        **impact.city,
    }


def assumptions(
    before: Scenario,
    after: Scenario,
    *,
    layers: tuple[Mapping[str, str], Mapping[str, str]] | None = None,
) -> list[str]:
    """Say which assumptions differ: levers in page order, then layers (digests by kind)."""
    found = sentences(before, after)
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
