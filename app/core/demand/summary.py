"""From draws to the bands that pages and files show."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from app.core.demand import benchmarks, energy, sessions, uncertainty
from app.core.demand.cloud import Cloud
from app.core.demand.groups import GROUPS
from app.core.demand.result import QUANTITIES, STATISTICS, Demand
from app.core.demand.uncertainty import Values
from app.core.engine.arrays import Floats
from app.core.parameters import Parameter


def sum_up(cloud: Cloud, numbers: Mapping[str, Parameter], *, seed: int, place: str) -> Demand:
    """Sum up every draw: districts, groups and the city add up at the mean."""
    values = cloud.values
    per_kwh = np.broadcast_to(sessions.sessions_day(np.ones(1), values), cloud.draws)
    table, totals = _districts(cloud)
    group_kwh = cloud.energy.by_group(cloud.factor)
    daily = cloud.energy.mean(cloud.factor, per_kwh)
    return Demand(
        year=cloud.year,
        draws=cloud.draws,
        seed=seed,
        districts=table,
        groups=_groups(group_kwh, group_kwh * per_kwh),
        sessions_day=daily,
        kwh_session=_kwh_session(group_kwh.mean(axis=1), daily.sum(axis=0), values),
        city={name: uncertainty.band(totals[name]) for name in QUANTITIES},
        points_plan=int(table["points_plan"].sum()),
        afir_kw=float(table["afir_kw"].sum()),
        benchmarks=benchmarks.strip(totals, numbers, year=cloud.year, place=place),
        notices=(*cloud.facts.notices, *_notices(cloud)),
    )


def _districts(cloud: Cloud) -> tuple[pd.DataFrame, dict[str, Floats]]:
    """Sum up each district, and the draws of the city, block by block."""
    facts, blocks, totals = cloud.facts, [], dict.fromkeys(QUANTITIES, np.zeros(cloud.draws))
    for part in cloud.parts:
        drawn = cloud.quantities(part)
        blocks.append(
            {
                f"{name}_{each}": column
                for name in QUANTITIES
                for each, column in zip(
                    STATISTICS, uncertainty.statistics(drawn[name]), strict=True
                )
            }
        )
        totals = {name: totals[name] + drawn[name].sum(axis=0) for name in QUANTITIES}
    bands = {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
    plan = np.ceil(bands["points_p50"]).astype(int)
    table = pd.DataFrame(
        {
            "district_id": facts.ids,
            "name": facts.names,
            "ev_share": np.median(cloud.share, axis=1),
            "status": facts.status,
            "points_plan": plan,
            "points_coverage": ((plan == 0) & (facts.households > 0)).astype(int),
            "kw_nominal": bands["points_mean"] * cloud.values["nominal_point_kw"][0],
            "afir_kw": _afir_kw(cloud),
            **bands,
        }
    )
    return table, totals


def _groups(kwh: Floats, daily: Floats) -> pd.DataFrame:
    """Sum up each group over the city."""
    columns: dict[str, object] = {"group": [group.key for group in GROUPS]}
    for name, drawn in (("kwh_year", kwh), ("sessions_day", daily)):
        found = uncertainty.statistics(drawn)
        columns |= {f"{name}_{each}": row for each, row in zip(STATISTICS, found, strict=True)}
    return pd.DataFrame(columns)


def _kwh_session(kwh_year: Floats, daily: Floats, values: Values) -> Floats:
    """Mean energy of a session per group: mean energy over mean sessions, so that both agree."""
    usual = np.full(daily.size, values["kwh_session"].mean())
    found: Floats = np.divide(kwh_year, daily * sessions.DAYS, out=usual, where=daily > 0)
    return found


def _afir_kw(cloud: Cloud) -> Floats:
    """Public power the fleet yardstick asks for, at the mean ``(district,)`` [kW].

    Company cars count as fully electric, as in their energy.
    """
    values = cloud.values
    bev = energy.bev_share(cloud.facts, values, cloud.year)
    of_bev, of_phev = values["afir_kw_bev"], values["afir_kw_phev"]
    private = cloud.ev_private * (bev * of_bev + (1 - bev) * of_phev)
    found: Floats = (private + cloud.ev_company * of_bev).mean(axis=1)
    return found


def _notices(cloud: Cloud) -> list[str]:
    """Say what was assumed where nobody can see it."""
    growth = float(cloud.values["fleet_growth"].mean())
    found = [f"The number of private cars changes by {growth:.1%} a year."]
    if np.isnan(cloud.facts.company).any():
        rate = float(np.median(cloud.values["company_per_private"]))
        found.append(f"Company cars kept at home are not counted: {rate:.2f} per private car.")
    return found
