"""Use-case: the money of a tender under all six operating models, each number with its origin."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from math import ceil
from types import MappingProxyType

import numpy as np
import pandas as pd

from app.core.parameters import PLANNER, Parameter
from app.core.scenario import Scenario
from app.core.tender.break_even import BreakEven, break_even, risk_npv
from app.core.tender.cash_inputs import CASH_INPUTS, PREFIX
from app.core.tender.cashflow import HOURS, Floats, check, flows, npv, parties, payback
from app.core.tender.deals import DEALS, annuity
from app.core.tender.draft import TenderDraft
from app.core.tender.tornado import Bar, tornado
from app.paths import DATA
from app.services.parameters import load_parameters, load_sources, numbers_of

AC = "AC"
CORNERS = 61  # of a curve
READY_PHASE = 2  # of V2G: from here on points are bought ready
OWN, PLAN, USUAL = "own", "plan", "usual"  # where a number is from
Facts = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class MoneyInput:
    """One number in use, with the range and the source that it has, and where it is from."""

    name: str
    title: str
    value: float
    usual: float
    low: float
    high: float
    unit: str
    source: str
    year: str
    confidence: str
    origin: str
    note: str

    @property
    def parameter(self) -> str:
        """Its name among all parameters."""
        return PREFIX + self.name


@dataclass(frozen=True, slots=True, eq=False)
class ModelMoney:
    """One operating model: cash by party and year, and what follows from it.

    ``npv`` and ``cash`` hold ``authority, operator, company, bank, project``; cash is ``(year,)``.
    """

    key: str
    risk: str
    measured: str
    margin: float
    cash: Mapping[str, Floats]
    npv: Mapping[str, float]
    payback_years: float | None
    even: BreakEven
    bars: tuple[Bar, ...]

    @property
    def risk_npv(self) -> float:
        """NPV of whoever bears the risk [EUR]."""
        return self.npv[self.measured]


@dataclass(frozen=True, slots=True, eq=False)
class Money:
    """All six models of one lot, by key in the order of the menus."""

    inputs: tuple[MoneyInput, ...]
    models: Mapping[str, ModelMoney]

    @property
    def values(self) -> dict[str, float]:
        """Every number in use, by name."""
        return {each.name: each.value for each in self.inputs}


def facts_of(draft: TenderDraft) -> Facts:
    """Read off the list what it knows of the lot: points, posts, bays, power, energy, V2G."""
    sites = draft.sites
    points = pd.to_numeric(sites["n_charge_points"], errors="coerce")
    if points.isna().any() or not points.sum():
        return ()
    total, each = float(points.sum()), load_parameters()["points_per_post"].value
    found = {"points": total, "posts": float(sum(ceil(count / each) for count in points))}
    bays = pd.to_numeric(sites["n_bays"], errors="coerce") if "n_bays" in sites else None
    if bays is not None and bays.notna().all():
        found["bays"] = float(bays.sum())
    power = pd.to_numeric(sites["power_kw_point"], errors="coerce")
    if power.notna().all():
        found["kw_point"] = round(float((power * points).sum()) / total, 2)
    served = draft.lots["kwh_day"]
    if len(served) and served.notna().all():
        found["u"] = round(float(served.sum()) / total, 2)
    if draft.selection.phase >= READY_PHASE:
        found["v2g_share"] = draft.scenario.v2g_share
    return tuple(found.items())


def not_ac(draft: TenderDraft) -> int:
    """Count the points that are not AC: their prices are others than those of the cash flow."""
    other = draft.sites["current_type"] != AC
    return int(draft.sites.loc[other, "n_charge_points"].sum())


def inputs(scenario: Scenario, facts: Facts = ()) -> tuple[MoneyInput, ...]:
    """Return every number: a planner's own, else the plan's, else the usual one."""
    known, used, sources = dict(facts), numbers_of(scenario), load_sources()
    found = []
    for each in CASH_INPUTS:
        usual = load_parameters()[PREFIX + each.name]
        own = used[PREFIX + each.name]
        value, origin, source = usual.value, USUAL, usual.source
        if own.source == PLANNER:
            value, origin, source = own.value, OWN, PLANNER
        elif each.name in known:
            value, origin = known[each.name], PLAN
        about = sources[source]
        found.append(
            MoneyInput(
                each.name,
                each.title,
                value,
                usual.value,
                usual.low,
                usual.high,
                each.unit,
                "The plan of this tender" if origin == PLAN else str(about["title"]),
                str(about["year"]),
                str(about["confidence"]),
                origin,
                usual.note,
            )
        )
    return tuple(found)


def money(given: tuple[MoneyInput, ...], *, fifth: bool = False) -> Money:
    """Work out all six models; ``fifth`` takes 20 % down and up for every bar, not the ranges."""
    values = {each.name: each.value for each in given}
    check(values)
    moved = flows(values)
    bars = tornado(values, {} if fifth else _ranges(given))
    found = {}
    for key, deal in DEALS.items():
        cash = {**parties(key, moved), "project": moved.project}
        worth = {who: float(npv(each, moved.of["r"])[0]) + 0.0 for who, each in cash.items()}
        found[key] = ModelMoney(
            key,
            deal.risk,
            deal.measured,
            deal.margin(values),
            MappingProxyType({who: each[0] + 0.0 for who, each in cash.items()}),
            MappingProxyType(worth),
            payback(cash[deal.measured][0]),
            break_even(key, values),
            bars[key],
        )
    return Money(given, MappingProxyType(found))


@cache
def published() -> pd.DataFrame:
    """Read prices as they were published, each in its own currency and year. Read-only."""
    table = pd.read_csv(DATA / "tables" / "cost_parameters.csv", dtype=str, keep_default_na=False)
    return table[table["source"] != "kerbwatt"].reset_index(drop=True)


def _ranges(given: tuple[MoneyInput, ...]) -> dict[str, tuple[float, float]]:
    """Return the ends of numbers that have a range and lie in it; an own number has none."""
    return {
        each.name: (each.low, each.high)
        for each in given
        if each.origin != OWN and each.low < each.high and each.low <= each.value <= each.high
    }


def premium_paid_by(values: Mapping[str, float]) -> float:
    """Return the yearly income from flexibility that pays the V2G premium of a point [EUR/a]."""
    spread = annuity(np.array(values["r"]), np.array(values["years"]))
    return values["v2g_premium"] * float(spread)


def with_money(draft: TenderDraft, scenario: Scenario) -> TenderDraft:
    """Give an internal draft the planner's own prices; a public one never has them."""
    if not draft.internal:
        return draft
    return replace(draft, scenario=draft.scenario.but(assumptions=scenario.assumptions))


@dataclass(frozen=True, slots=True, eq=False)
class EvenCurve:
    """NPV of whoever bears the risk by energy sold: ``u`` and, by model, ``(u,)`` [EUR]."""

    u: Floats
    npv: Mapping[str, Floats]
    even: Mapping[str, float | None]


def even_curve(found: Money) -> EvenCurve:
    """Follow every model from nothing sold to well beyond the last break-even."""
    values = found.values
    even = {key: each.even.kwh_point_day for key, each in found.models.items()}
    known = [each for each in even.values() if each is not None]
    top = min(1.25 * max([values["u"], *known]) or 1.0, HOURS * values["kw_point"])
    grid = np.linspace(0, top, CORNERS)
    return EvenCurve(grid, {key: risk_npv(key, {**values, "u": grid}) for key in DEALS}, even)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A figure of ours beside a published one, and what that says."""

    what: str
    ours: float | None
    published: str
    unit: str
    verdict: str
    source: str
    year: str
    confidence: str


def anchors(found: Money) -> tuple[Anchor, ...]:
    """Hold payback, term and tariff against what was published; none of it is proof."""
    known = load_parameters()
    low, high = known["cash_payback_low"], known["cash_payback_high"]
    failed, cap = known["cash_term_failed"], known["cash_tariff_cap"]
    payback_years = found.models["direct"].payback_years
    term, tariff = found.values["years"], found.values["tariff"]
    span, viable = f"{low.value:g}–{high.value:g}", known["cash_term_found"].value
    terms = f"{failed.value:g} failed, {viable:g} + 5 found bids"
    capped = "within the cap" if tariff <= cap.value else "above the cap"
    seen, u = known["cash_seen_u"], found.values["u"]
    return (
        _anchor("Energy per point and day", u, f"{seen.value:g}", seen, _used(u)),
        _anchor("Payback of own and operate", payback_years, span, low, _payback(payback_years)),
        _anchor("Term of the contract", term, terms, failed, _term(term)),
        _anchor("Tariff for drivers", tariff, f"cap {cap.value:g}, floating", cap, capped),
    )


def _anchor(
    what: str, ours: float | None, published: str, number: Parameter, verdict: str
) -> Anchor:
    about = load_sources()[number.source]
    told = (str(about[name]) for name in ("title", "year", "confidence"))
    return Anchor(what, ours, published, number.unit, verdict, *told)


def _used(u: float) -> str:
    usual = load_parameters()["cash_u"]
    if u > usual.high:
        return "above the likely range: every amount here leans on it"
    return "below the likely range" if u < usual.low else "within the likely range"


def _payback(years: float | None) -> str:
    low, high = (load_parameters()[f"cash_payback_{end}"].value for end in ("low", "high"))
    if years is None:
        return "not paid back within the term: longer than published, or never"
    if years < low:
        return "shorter than published: check tariff, price of energy and use"
    return "within what was published" if years <= high else "longer than published"


def _term(years: float) -> str:
    failed, found = (load_parameters()[f"cash_term_{end}"].value for end in ("failed", "found"))
    if years <= failed:
        return "as short as a term that found no viable bid"
    return "as long as a term that found bids" if years >= found else "between the two"
