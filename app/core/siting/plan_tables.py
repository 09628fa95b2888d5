"""The tables of a plan: chosen places, those that stay, those refused, lots."""

import geopandas as gpd
import numpy as np
import pandas as pd

from app.core.criteria import CRITERIA
from app.core.engine.arrays import Floats, Ints, Longs
from app.core.rules import RULES
from app.core.rules.base import FAIL
from app.core.siting.allocate import Allocation, losses
from app.core.siting.candidates import as_points
from app.core.siting.explain import Facts, Said, reasons, refusals, take_stock
from app.core.siting.greedy import Draft
from app.core.siting.instance import Instance
from app.core.siting.lots import Lots
from app.core.siting.plan import CONDITIONAL, SUGGESTED
from app.core.siting.prepare import Prepared
from app.core.siting.problem import sums
from app.core.siting.question import Question
from app.core.siting.score import Score
from app.core.siting.solve import Solution

CARRIED = ("origin", "layout", "spaces", "existing_points", "owner", "open_24h", "precision")
WALK_SHARE = 0.9


def chosen_table(
    prepared: Prepared,
    question: Question,
    instance: Instance,
    solution: Solution,
    lots: Lots,
) -> gpd.GeoDataFrame:
    """List the firm places, most value per euro first."""
    chosen = np.flatnonzero(solution.points)
    grid = question.problem.grid
    transformer = instance.transformer[chosen]
    used = sums(instance.transformer, solution.points * instance.slots, instance.fit.size)[
        transformer
    ]
    before = np.append(grid.headroom_kw, np.nan)[transformer]
    after = before - used * np.append(grid.kappa_kw, 0.0)[transformer]
    found = solution.allocation
    frame = _table(prepared, question, instance, found, solution.points, (before, after))
    frame["lot"] = lots.lot
    frame["status"] = SUGGESTED
    return frame.sort_values("rank", ignore_index=True)


def conditional_table(
    prepared: Prepared,
    question: Question,
    instance: Instance,
    draft: Draft,
    found: Allocation,
) -> gpd.GeoDataFrame:
    """List the places that wait for an answer of the grid operator."""
    count = int(np.count_nonzero(draft.points))
    nothing = np.full(count, np.nan)
    frame = _table(prepared, question, instance, found, draft.points, (nothing, nothing))
    frame["lot"] = 0
    frame["status"] = CONDITIONAL
    return frame.sort_values("rank", ignore_index=True)


def _table(  # noqa: PLR0913, PLR0917
    prepared: Prepared,
    question: Question,
    instance: Instance,
    found: Allocation,
    points: Ints,
    room: tuple[Floats, Floats],
) -> gpd.GeoDataFrame:
    chosen = np.flatnonzero(points)
    places = prepared.places.iloc[chosen]
    cost = (instance.fixed_eur + instance.point_eur * points)[chosen]
    marginal = losses(instance, found, chosen)
    rank = np.lexsort((places["candidate_id"], -marginal / np.maximum(cost, 1e-9)))
    transformer = places["transformer"].to_numpy(int)
    names = np.array([*prepared.assets, "unknown"], object)[transformer]
    district = prepared.districts.iloc[places["district"].to_numpy(int)]
    facts = Facts(
        sites=chosen,
        served_kwh=found.served_kwh[chosen],
        rows_served=np.bincount(found.site, minlength=points.size)[chosen].astype(np.int32),
        homes=prepared.today.homes[chosen],
        marginal=marginal,
        room_before=room[0],
        room_after=room[1],
        transformer=[str(each) for each in names],
        locked=question.problem.sites.locked[chosen],
    )
    score = question.score
    columns: dict[str, object] = {
        "candidate_id": places["candidate_id"].to_numpy(),
        "name": places["name"].to_numpy(),
        "rank": np.argsort(rank) + 1,
        "points": points[chosen],
        "kw": points[chosen] * question.kinds.power_kw[chosen],
        "type": question.kinds.key[chosen],
        "cost_eur": cost,
        "served_kwh_day": facts.served_kwh,
        "score": score.total[chosen],
        **_parts(score, chosen),
        "known_weight_share": score.known[chosen],
        "marginal_kwh_day": marginal,
        "transformer_id": names,
        "room_before_kw": room[0],
        "room_after_kw": room[1],
        "district_id": district["district_id"].to_numpy(),
        "district": district["name"].to_numpy(),
        **({"dso": places["dso"].to_numpy()} if (prepared.places["dso"] != "").any() else {}),
        "lot": 1,
        "phase": 1,
        "status": SUGGESTED,
        "reasons": reasons(facts, score),
        **{name: places[name].to_numpy() for name in CARRIED},
        "walk_m_p90": _walks(found, points.size)[chosen],
        "x": places["x"].to_numpy(float),
        "y": places["y"].to_numpy(float),
    }
    return as_points(pd.DataFrame(columns), prepared.crs)


def _parts(score: Score, chosen: Longs) -> dict[str, Floats]:
    """Return what each criterion adds to the score; those that usually count, or do now."""
    return {
        f"part_{key}": score.parts[chosen, at]
        for at, key in enumerate(score.keys)
        if score.share[at] > 0 or CRITERIA[key].default_weight > 0
    }


def _walks(found: Allocation, sites: int) -> Floats:
    """Find the walk within which each site serves 90 % of its energy [m]."""
    order = np.lexsort((found.metres, found.site))
    site, metres, kwh = found.site[order], found.metres[order], found.kwh[order]
    before = np.concatenate([[0.0], np.cumsum(kwh)])
    first = np.searchsorted(site, np.arange(sites + 1))
    total = before[first[1:]] - before[first[:-1]]
    target = before[first[:-1]] + WALK_SHARE * total - 1e-9
    at = np.minimum(np.searchsorted(before[1:], target), max(len(metres) - 1, 0))
    return np.where(total > 0, metres[at], np.nan) if len(metres) else np.full(sites, np.nan)


def existing_table(prepared: Prepared, instance: Instance, solution: Solution) -> gpd.GeoDataFrame:
    """List the places that keep their points and get none."""
    kept = np.flatnonzero((instance.existing > 0) & (solution.points == 0))
    places = prepared.places.iloc[kept]
    frame = places[["candidate_id", "name", "existing_points", "kw", "x", "y"]].copy()
    frame["served_kwh_day"] = solution.allocation.served_kwh[kept]
    district = prepared.districts.iloc[places["district"].to_numpy(int)]
    frame["district_id"] = district["district_id"].to_numpy()
    return as_points(frame.reset_index(drop=True), prepared.crs)


def rejected_table(  # noqa: PLR0913, PLR0917
    prepared: Prepared,
    question: Question,
    instance: Instance,
    draft: Draft,
    found: Allocation,
    conditional: Longs,
) -> gpd.GeoDataFrame:
    """List the candidates that got nothing, with every reason; best score first."""
    out = (draft.points == 0) & (instance.existing == 0)
    out[conditional] = False
    which = np.flatnonzero(out)
    state = take_stock(question.problem, instance, draft, found)
    said = Said.nothing(which.size)
    for key, finding in question.findings.items():
        if RULES[key].hard:
            for at in np.flatnonzero(finding.marks[which] == FAIL).tolist():
                said.add(at, key, finding.reasons[which[at]])
    refusals(question.problem, instance, state, which, excluded=question.excluded, said=said)
    places = prepared.places.iloc[which]
    frame = pd.DataFrame(
        {
            "candidate_id": places["candidate_id"].to_numpy(),
            "name": places["name"].to_numpy(),
            "binding": said.ids,
            "text": said.text,
            "score": question.score.total[which],
            "x": places["x"].to_numpy(float),
            "y": places["y"].to_numpy(float),
        }
    )
    order = np.argsort(-frame["score"].to_numpy(), kind="stable")  # equal scores: smaller name
    return as_points(frame.iloc[order].reset_index(drop=True), prepared.crs)


def lots_table(sites: gpd.GeoDataFrame) -> pd.DataFrame:
    """Sum up each lot; with its grid operators where maps say them."""
    grouped = sites.groupby("lot")
    told = {"dso": grouped["dso"].agg(_named)} if "dso" in sites else {}
    return pd.DataFrame(
        {
            "sites": grouped.size(),
            "points": grouped["points"].sum(),
            "kw": grouped["kw"].sum(),
            "served_kwh_day": grouped["served_kwh_day"].sum(),
            "cost_eur": grouped["cost_eur"].sum(),
            **told,
        }
    ).reset_index()


def _named(names: "pd.Series[str]") -> str:
    return "; ".join(sorted({str(each) for each in names} - {""}))
