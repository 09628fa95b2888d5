"""Use-case: sum a run on own sessions up in one JSON document."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from importlib.metadata import version
from typing import Any

import numpy as np

from app.core.engine.arrays import PAUSE, STEP_H, THROTTLE, UNCONTROLLED, V2G, Floats
from app.core.engine.clock import STEP_MIN
from app.core.engine.contract import Contract
from app.core.engine.direct import held_steps
from app.core.engine.figures import (
    Mask,
    cycle_figures,
    rebound_figures,
    sanity_doubts,
    sanity_figures,
    user_figures,
)
from app.core.engine.parents import Parents
from app.core.engine.result import EngineResult, Options
from app.core.strategies.base import Strategy
from app.services.own_files import OwnCase
from app.services.own_series import Warn
from app.services.parameters import load_parameters

SCHEMA = "kerbwatt.kpis/1"
CLASSES = {"opted_out": UNCONTROLLED, "throttle_only": THROTTLE, "can_pause": PAUSE, "v2g": V2G}
KWH_MWH = 1000
GRAM_KG = 1000
SHORT_KWH = 1e-3  # less than a watt-hour missing is rounding of float32


@dataclass(frozen=True, slots=True, eq=False)
class OwnRun:
    """What was asked, what the engine answered, and how long it took.

    Attributes
    ----------
    uncontrolled
        The same sessions charging at once, to compare with.
    seconds
        By what was done: ``engine, warmup, read``.
    """

    case: OwnCase
    strategy: Strategy
    options: Options
    contract: Contract | None
    result: EngineResult
    uncontrolled: EngineResult
    seconds: Mapping[str, float]

    @property
    def resolved(self) -> dict[str, Any]:
        """The options that this strategy listens to, as they were used."""
        named = {each.name: getattr(self.options, each.name) for each in fields(self.options)}
        named["taper"] = self.options.taper.key
        return {name: value for name, value in named.items() if name in self.strategy.options}


def own_kpis(found: OwnRun) -> dict[str, Any]:
    """Sum up: who charged, how much, at what peak, at what price; null where unknown."""
    case, result, file = found.case, found.result, found.case.file
    times = case.clock.index()
    load, ev = result.load_kw.sum(axis=0), result.ev_kw.sum(axis=0)
    top = int(load.argmax())
    end = (times[-1].tz_convert("UTC") + timedelta(minutes=STEP_MIN)).tz_convert(case.clock.zone)
    users, cycles, rebound, sanity = _figures(found, ev)
    kpis: dict[str, Any] = {
        "schema": SCHEMA,
        "version": version("kerbwatt"),
        "strategy": found.strategy.key,
        "options": found.resolved,
        "seed": found.options.seed,
        "start": times[0].isoformat(),
        "end": end.isoformat(),
        "step_minutes": STEP_MIN,
        "steps": case.clock.steps,
        "sessions": len(file.sessions),
        "transformers_count": len(case.transformers),
        "counts": _counts(found),
        **{f"{name}_seconds": value for name, value in found.seconds.items()},
        **_energies(found),
        "peak_kw": float(load[top]),
        "peak_time": times[top].isoformat(),
        "base_peak_kw": float(case.base_kw.sum(axis=0).max()),
        "peak_ev_kw": float(ev.max()),
        "coincident_peak_kw": float(load[top]),
        **_bill(found, ev),
        "users": users,
        "cycles": cycles,
        "rebound": rebound,
        "sanity": sanity,
        "warnings": [*case.notices, *_doubts(found, ev, sanity)],
        "transformers": _transformers(found),
        "parent_kwh_over": None if case.parents is None else case.parents.kwh_over(result.load_kw),
        "parents": [] if case.parents is None else _parents(case.parents, found),
    }
    return {key: _plain(value) for key, value in kpis.items()}


def _parents(parents: Parents, found: OwnRun) -> list[dict[str, Any]]:
    """Say what feeders and substations carry, and what they carry too much."""
    load, over = parents.load_kw(found.result.load_kw), parents.over_kw(found.result.load_kw)
    times = found.case.clock.index()
    return [
        {
            "parent_id": name,
            "limit_kw": _plain(parents.limit_kw[at]),
            "peak_kw": float(load[at].max()),
            "peak_time": times[int(load[at].argmax())].isoformat(),
            "hours_over": _known(parents, at, float((over[at] > 0).sum()) * STEP_H),
            "kwh_over": _known(parents, at, float(over[at].sum()) * STEP_H),
        }
        for at, name in enumerate(parents.names)
    ]


def _known(parents: Parents, at: int, value: float) -> float | None:
    return None if np.isnan(parents.limit_kw[at]) else value


def _figures(found: OwnRun, ev: Floats) -> tuple[dict[str, Any], ...]:
    case, each, result = found.case, found.case.file.sessions, found.result
    users = user_figures(each, result)
    cycles = cycle_figures(each, result, round_trip=found.options.round_trip, v2g=V2G)
    over = np.asarray((result.load_kw > case.limit_kw[:, None]).any(axis=0))
    usual_kw = float(found.uncontrolled.ev_kw.sum(axis=0).max(initial=0))
    rebound: dict[str, Any] = dict(rebound_figures(ev, over, _held(found), usual_kw))
    step = rebound.pop("after_step")
    rebound["after_time"] = None if step is None else case.clock.index()[int(step)].isoformat()
    points, points_kw = _points(case)
    return users, cycles, rebound, sanity_figures(ev, points, points_kw)


def _held(found: OwnRun) -> Mask | None:
    """Mark the steps in which the contract holds someone back."""
    return None if found.contract is None else held_steps(found.contract, found.case.clock)


def _points(case: OwnCase) -> tuple[int | None, float | None]:
    """Count the charge points and the power they need, where the file names them."""
    chargers = case.file.chargers
    if chargers is None:
        return None, None
    names, place = np.unique(chargers.astype(str), return_inverse=True)
    power = np.zeros(names.size)
    np.maximum.at(power, place, case.file.sessions.power_kw)
    return int(names.size), float(power.sum())


def _doubts(found: OwnRun, ev: Floats, sanity: Mapping[str, Any]) -> list[Warn]:
    """Say what does not look like public charging, and what could not be priced."""
    doubts: list[Warn] = []
    for code, said in sanity_doubts(sanity, load_parameters()):
        doubts.append({"code": code, "message": said, "count": 1})
    prices = found.case.eur_per_mwh
    holes = 0 if prices is None else int(np.isnan(prices[ev != 0]).sum())
    if holes:
        said = "steps with charging have no price: no cost is given"
        doubts.append({"code": "price_hole", "message": said, "count": holes})
    parents = found.case.parents
    over = 0 if parents is None else int(parents.over_kw(found.result.load_kw).any(axis=1).sum())
    if over:
        said = "feeders or substations carry more than their limit"
        doubts.append({"code": "parent_over", "message": said, "count": over})
    return doubts


def _counts(found: OwnRun) -> dict[str, int]:
    kind = found.result.session_class
    counted = {name: int((kind == level).sum()) for name, level in CLASSES.items()}
    return {**found.case.file.counts, **counted}


def _missing(found: OwnRun) -> Floats:
    """Return what the strategy withheld per session; what the stay forbids is not its fault."""
    missing = found.result.possible_kwh.astype(np.float64) - found.result.served_kwh
    return np.where(missing > SHORT_KWH, missing, 0.0)


def _tail_kwh(found: OwnRun) -> float:
    """Return what batteries that fill slowly could not take in their stay."""
    each = found.case.file.sessions
    most = each.power_kw.astype(np.float64) * (each.departure - each.arrival) * STEP_H
    short = np.minimum(each.energy_kwh, most) - found.result.possible_kwh
    return float(short[short > SHORT_KWH].sum())


def _energies(found: OwnRun) -> dict[str, float]:
    result, each = found.result, found.case.file.sessions
    drawn = float(result.ev_kw.sum()) * STEP_H
    delivered = float(result.served_kwh.astype(np.float64).sum())
    return {
        "energy_requested_kwh": float(each.energy_kwh.astype(np.float64).sum()),
        "energy_delivered_kwh": delivered,
        "energy_unserved_kwh": float(_missing(found).sum()),
        "infeasible_kwh": found.case.file.infeasible_kwh + _tail_kwh(found),
        "energy_discharged_kwh": float(result.discharged_kwh.astype(np.float64).sum()),
        "loss_kwh": max(drawn - delivered, 0.0),
    }


def _bill(found: OwnRun, ev: Floats) -> dict[str, float | None]:
    """Price the energy and its carbon; null when a session touches an hour without a price."""
    delivered = float(found.result.served_kwh.astype(np.float64).sum())
    cost = _weighted(ev, found.case.eur_per_mwh, KWH_MWH)
    return {
        "cost_eur": cost,
        "cost_eur_per_kwh": cost / delivered if cost is not None and delivered > 0 else None,
        "co2_kg": _weighted(ev, found.case.g_co2_per_kwh, GRAM_KG),
    }


def _weighted(ev: Floats, weight: Floats | None, per: float) -> float | None:
    if weight is None:
        return None
    charging = ev != 0
    if np.isnan(weight[charging]).any():
        return None
    return float((ev[charging] * weight[charging]).sum() * STEP_H / per)


def _transformers(found: OwnRun) -> list[dict[str, Any]]:
    case, result = found.case, found.result
    rows, times = len(case.transformers), case.clock.index()
    top = result.load_kw.argmax(axis=1)
    over = np.maximum(result.load_kw - case.limit_kw[:, None], 0)
    under = result.load_kw < -case.export_limit_kw[:, None]
    known, known_export = ~np.isnan(case.limit_kw), ~np.isnan(case.export_limit_kw)
    row = case.file.sessions.row
    columns: dict[str, Any] = {
        "transformer_id": case.transformers,
        "peak_kw": result.load_kw.max(axis=1),
        "peak_time": [times[step].isoformat() for step in top],
        "base_peak_kw": case.base_kw.max(axis=1),
        "ev_peak_kw": result.ev_kw.max(axis=1),
        "ev_at_peak_kw": result.load_kw.max(axis=1) - case.base_kw.max(axis=1),
        "limit_kw": case.limit_kw,
        "hours_over": np.where(known, (over > 0).sum(axis=1) * STEP_H, np.nan),
        "kwh_over": np.where(known, over.sum(axis=1) * STEP_H, np.nan),
        "export_hours_over": np.where(known_export, under.sum(axis=1) * STEP_H, np.nan),
        "sessions": np.bincount(row, minlength=rows),
        "unserved_kwh": np.bincount(row, _missing(found), rows),
        "discharged_kwh": np.bincount(row, result.discharged_kwh, rows),
        "theta_kw": None,
        "sweeps_used": None,
        "converged": None,
        **result.per_row,
    }
    return [{key: _cell(values, at) for key, values in columns.items()} for at in range(rows)]


def _cell(values: Any, at: int) -> Any:  # noqa: ANN401  # a column of anything
    return None if values is None else _plain(values[at] if np.ndim(values) else values)


def _plain(value: Any) -> Any:  # noqa: ANN401  # whatever goes into JSON
    """Turn numpy into plain values, and what is not a number into null."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, (list, tuple)) else value
