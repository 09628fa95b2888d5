"""The answer: where, how many, why, why not elsewhere, and how far from the best possible."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

SUGGESTED, CONDITIONAL = "suggested", "conditional"


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Recommended places of one scenario. Treat the tables as read-only.

    Attributes
    ----------
    sites
        One row per place with new points, best first. ``status`` is "suggested", or "conditional"
        where the room on the grid is unknown: those wait for the grid operator's answer, come
        after the firm ones and count in no total but the ``conditional_*`` ones. Columns:
        ``candidate_id, name, rank, points`` (new ones), ``kw, type, cost_eur, served_kwh_day,
        score, part_<criterion>, known_weight_share, marginal_kwh_day, transformer_id,
        room_before_kw, room_after_kw, district_id, district, dso`` (where a map says it), ``lot,
        phase, status, reasons`` (joined by "; "), ``origin, layout, spaces, existing_points,
        owner, open_24h, walk_m_p90, precision`` and the geometry. Where it was drawn how firm
        places stand, ``stability, stability_weights, stability_figures``: shares of the draws in
        which a place ranks among the first. In a plan in years, ``year``.
    existing
        Places that keep their points and get none.
    rejected
        ``candidate_id, name, binding`` (ids joined by ";"), ``text``, ``score`` and the geometry.
    value, bound, gap
        Energy served weighted by the pull of the score [kWh/day], what no plan can beat, and
        (bound - value) / bound.
    served_kwh_day, demand_kwh_day
        Energy served by firm new and existing points, and all that is wanted [kWh/day].
    totals
        ``sites, points, cost_eur, kw_design, unreachable_kwh_day, existing_served_kwh_day,
        conditional_sites, conditional_points, conditional_cost_eur``.
    constraints
        ``budget, transformers, floors``: limits, what is used, and whether it binds.
    verifier
        ``ok``, ``value`` and ``checks`` [{id, ok, detail}]; the same in ``conditional`` of the
        places that wait, if there are any.
    proof
        How an exact solver ended: "proven", "improved", "no_improvement", "timeout", "failed",
        "refused" where the question is too large, "not_asked".
    lot_words
        What lots could not have: in one piece each, within grid operators, or so many.
    walk
        How walks were measured: straight line times a detour, or a street network and its date.
    fairness
        Coverage of busy cells and of homes without own parking, before and after.
    """

    sites: gpd.GeoDataFrame
    existing: gpd.GeoDataFrame
    rejected: gpd.GeoDataFrame
    value: float
    served_kwh_day: float
    demand_kwh_day: float
    bound: float
    bound_method: str
    gap: float
    totals: Mapping[str, float]
    constraints: Mapping[str, Any]
    verifier: Mapping[str, Any]
    fairness: Mapping[str, float]
    lots: pd.DataFrame
    notices: tuple[str, ...]
    seconds: Mapping[str, float]
    proof: str = "not_asked"
    walk: str = ""
    lot_words: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Name the plan by what it chooses."""
        named = ["candidate_id", "points", "lot", "status"]
        told = [name for name in ("stability", "year") if name in self.sites]
        rows = self.sites[[*named, *told]].itertuples(index=False)
        text = "|".join(f"{row}" for row in rows) + f"|{self.value!r}|{self.bound!r}"
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def firm(self) -> gpd.GeoDataFrame:
        """Places with known room on the grid: what a tender may offer."""
        return self.sites[self.sites["status"] == SUGGESTED]

    @property
    def conditional(self) -> gpd.GeoDataFrame:
        """Places that wait for an answer of the grid operator."""
        return self.sites[self.sites["status"] == CONDITIONAL]
