"""Use-case: hold what the occupancy of Utrecht's charge points says against the demand model."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from app.core.layer import Layer
from app.core.scenario import Scenario
from app.core.validation import Setup
from app.services.learn import LearnAnswer, because, learn_table, verdict
from app.services.learn_files import SiteTable
from app.services.load_layer import load_layer
from app.services.projects import load_project

CITY = "utrecht"
HOURS, PERCENT = 24, 100
BOOSTING = "boosting"


def compute_learning(setup: Setup, folder: Path) -> Mapping[str, tuple[float, str]]:
    """Learn from a month of statuses; say what random folds and what parts left out explain.

    Held ourselves to for posts at the kerb; all locations together are told beside it, since few
    large ones weigh as much as all posts and are used less.
    """
    occupancy, locations = (folder / name for name in setup.files)
    project = load_project(CITY)
    chargers = load_layer(locations, "chargers", project).layer
    assert chargers is not None  # noqa: S101  # the file is known to be in order
    project = project.with_layer(chargers)
    every, stale = occupied(pd.read_parquet(occupancy), chargers)
    scenario = Scenario(year=setup.whole("year"))
    posts = learn_table(project, scenario, small(every, setup["most_points"]))
    whole = learn_table(project, scenario, every)
    judged = {score.key: score for score in posts.judgement.scores}[BOOSTING]
    blocks, random = judged.blocks.explained, judged.random.explained
    told = f"{random:.2f} on random folds, {blocks:.2f} on parts left out"
    said = f"{_said(posts)}. {stale:.0%} of the locations never changed and were left out as stale"
    return {
        "learned_random": (random, said),
        "learned_flattery": (random - blocks, f"{told}. All locations together: {_said(whole)}"),
    }


def _said(found: LearnAnswer) -> str:
    said = f"{verdict(found.judgement)} {because(found.judgement).rstrip('.')}"
    return f"{found.places:,} locations. {said}"


def small(table: SiteTable, most_points: float) -> SiteTable:
    """Return the places with few points: posts at the kerb."""
    few = (table.frame["points"] <= most_points).to_numpy()
    return replace(
        table,
        frame=table.frame[few].reset_index(drop=True),
        features=table.features[few].reset_index(drop=True),
    )


def occupied(statuses: pd.DataFrame, chargers: Layer) -> tuple[SiteTable, float]:
    """Sum statuses up per location: hours in which a point was taken, of hours looked at.

    Returns
    -------
    The table, and the share of locations left out because their status never changed: stale.
    """
    counted = np.rint(statuses["n"] * statuses["occ"] / PERCENT)
    each = statuses.assign(count=counted).groupby("id")
    sums = pd.DataFrame(
        {
            "count": each["count"].sum(),
            "days": each.size() / HOURS,
            "points": each["n"].sum() / each.size(),
            "low": each["occ"].min(),
            "high": each["occ"].max(),
        }
    )
    stale = sums["low"] == sums["high"]
    at = chargers.map.set_index("charger_id").geometry.to_crs(4326)
    kept = sums[~stale & sums.index.isin(at.index)]
    place = at.loc[kept.index]
    frame = pd.DataFrame(
        {
            "site_id": kept.index.astype(str),
            "lon": place.x.to_numpy(),
            "lat": place.y.to_numpy(),
            "days": kept["days"].to_numpy(float),
            "count": kept["count"].to_numpy(float),
            "points": kept["points"].to_numpy(float),
        }
    )
    features = pd.DataFrame(index=frame.index)
    table = SiteTable("occupancy", frame, "occupied_hours", features, ())
    return table, float(stale.mean())
