"""From draws to the bands that pages and files show."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from app.core.demand import adoption, bass, benchmarks, energy, sessions, uncertainty
from app.core.demand.cloud import Block, Cloud
from app.core.demand.groups import GROUPS, LOGISTICS
from app.core.demand.result import QUANTITIES, STATISTICS, Demand
from app.core.demand.uncertainty import Values
from app.core.engine.arrays import Floats
from app.core.parameters import Parameter


def sum_up(cloud: Cloud, numbers: Mapping[str, Parameter], *, seed: int, place: str) -> Demand:
    """Sum up every draw: districts, groups and the city add up at the mean."""
    per_kwh = np.broadcast_to(sessions.sessions_day(np.ones(1), cloud.values), cloud.draws)
    rows: list[dict[str, Floats]] = []
    daily: list[Floats] = []
    totals = dict.fromkeys(QUANTITIES, np.zeros(cloud.draws))
    groups = np.zeros((len(GROUPS), cloud.draws))
    for part, block in cloud.blocks():
        drawn = cloud.quantities(part, block)
        rows.append(_rows(drawn) | _means(cloud, part, block))
        daily.append(block.mean_by_group(per_kwh))
        groups += block.kwh_by_group()
        totals = {name: totals[name] + drawn[name].sum(axis=0) for name in QUANTITIES}
    table = _table(cloud, rows)
    sessions_day = np.concatenate(daily)
    return Demand(
        year=cloud.year,
        draws=cloud.draws,
        seed=seed,
        districts=table,
        groups=_groups(groups, groups * per_kwh),
        sessions_day=sessions_day,
        kwh_session=_kwh_session(groups.mean(axis=1), sessions_day.sum(axis=0), cloud.values),
        city={name: uncertainty.band(totals[name]) for name in QUANTITIES},
        points_plan=int(table["points_plan"].sum()),
        afir_kw=float(table["afir_kw"].sum()),
        benchmarks=benchmarks.strip(totals, numbers, year=cloud.year, place=place),
        notices=(*cloud.facts.notices, *_notices(cloud)),
    )


def _rows(drawn: Mapping[str, Floats]) -> dict[str, Floats]:
    """Sum up each quantity of some districts, in columns."""
    return {
        f"{name}_{each}": column
        for name in QUANTITIES
        for each, column in zip(STATISTICS, uncertainty.statistics(drawn[name]), strict=True)
    }


def _means(cloud: Cloud, part: slice, block: Block) -> dict[str, Floats]:
    """Middle shares of some districts, and the fleet yardstick's power at the mean [kW].

    Company cars count as fully electric there, as in their energy.
    """
    values, cars = cloud.values, block.residents
    facts = cloud.facts.part(part)
    bev = energy.bev_share(facts, values, cloud.year)
    each_kw = bev * values["afir_kw_bev"] + (1 - bev) * values["afir_kw_phev"]
    afir_kw = cars.ev_private * each_kw + cars.ev_company * values["afir_kw_bev"]
    start = adoption.shrunk_share(facts.plugins, facts.cars, values["shrink_cars"], cloud.start)
    return {
        "ev_share": np.median(cars.share, axis=1),
        "ev_share_start": np.median(start, axis=1),
        "no_own_parking": 1 - np.median(energy.homes_with_parking(facts, values), axis=1),
        "afir_kw": afir_kw.mean(axis=1),
    }


def _table(cloud: Cloud, rows: list[dict[str, Floats]]) -> pd.DataFrame:
    """Put the blocks together, with the whole points to plan for."""
    facts = cloud.facts
    bands = {name: np.concatenate([each[name] for each in rows]) for name in rows[0]}
    plan = np.ceil(bands["points_p50"]).astype(int)
    columns = {
        "district_id": facts.ids,
        "name": facts.names,
        "ev_share": bands.pop("ev_share"),
        "ev_share_start": bands.pop("ev_share_start"),
        "rates_hidden": facts.households < cloud.values["rate_households"][0],
        "status": facts.status,
        "points_plan": plan,
        "points_coverage": ((plan == 0) & (facts.households > 0)).astype(int),
        "no_own_parking": (without := bands.pop("no_own_parking")),
        "homes_no_own_parking": without * facts.households,
        "depot_kwh_day": facts.depot_kwh_day,
        "kw_nominal": bands["points_mean"] * cloud.values["nominal_point_kw"][0],
        "afir_kw": bands.pop("afir_kw"),
    }
    return pd.DataFrame(columns | bands)


def _groups(kwh: Floats, daily: Floats) -> pd.DataFrame:
    """Sum up each group over the city; logistics asks nothing of public points."""
    columns: dict[str, object] = {"group": [*(group.key for group in GROUPS), LOGISTICS.key]}
    for name, drawn in (("kwh_year", kwh), ("sessions_day", daily)):
        found = uncertainty.statistics(np.append(drawn, np.zeros((1, drawn.shape[1])), axis=0))
        columns |= {f"{name}_{each}": row for each, row in zip(STATISTICS, found, strict=True)}
    return pd.DataFrame(columns)


def _kwh_session(kwh_year: Floats, daily: Floats, values: Values) -> Floats:
    """Mean energy of a session per group: mean energy over mean sessions, so that both agree."""
    usual = np.full(daily.size, values["kwh_session"].mean())
    found: Floats = np.divide(kwh_year, daily * sessions.DAYS, out=usual, where=daily > 0)
    return found


def _notices(cloud: Cloud) -> list[str]:
    """Say what was assumed where nobody can see it."""
    growth = float(cloud.values["fleet_growth"].mean())
    found = [f"The number of private cars changes by {growth:.1%} a year."]
    if np.isnan(cloud.facts.company).any():
        rate = float(np.median(cloud.values["company_per_private"]))
        found.append(
            f"Company cars kept at home are not counted: {rate:.2f} per private car (status "
            f"default)."
        )
    if cloud.gap == "bass":
        found.append(_told_curve(cloud))
    if depots := float(cloud.facts.depot_kwh_day.sum()):
        found.append(
            f"Depots charge {depots:,.0f} kWh a day at their own points: the grid carries it, "
            f"public points do not."
        )
    return found


def _told_curve(cloud: Cloud) -> str:
    """Say what was fitted, and that it spreads the cars but does not count them."""
    facts = cloud.facts
    curve = bass.fit(facts.yearly, float(cloud.values["bass_cap"][0]))
    alone = curve.after(
        np.array([adoption.base_share(facts.plugins, facts.cars)]),
        cloud.year - float(cloud.values["registrations_year"][0]),
    )
    return (
        f"Registrations of {facts.yearly[0][0]} to {facts.yearly[-1][0]} fit a curve with "
        f"p = {curve.p:.4f} and q = {curve.q:.2f}, which alone would reach {float(alone[0]):.0%} "
        f"in {cloud.year}. It says how districts differ; the city's total is the chosen path."
    )
