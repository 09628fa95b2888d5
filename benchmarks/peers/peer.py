"""Run one peer on the week, in the peer's own environment; only the simulate call is timed."""

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import plain
from workload import STEP_H, Workload, load

VOLT = 230.0
PERIOD_MIN = 15
WHOLE_AMPERE = 1.0
NO_LIMIT_KW = 1e6


def plain_run(workload: Workload, name: str) -> tuple[float, list[float]]:
    """Time a baseline in plain Python."""
    begun = time.perf_counter()
    load_kw = plain.simulate(workload, name)
    return time.perf_counter() - begun, load_kw


def acn_run(workload: Workload, name: str) -> tuple[float, list[float]]:
    """Time ACN-Sim: an ideal battery per car, one current limit per transformer."""
    from acnportal import acnsim, algorithms  # noqa: PLC0415  # lives in the peers' environment

    sort = {
        "edf": algorithms.earliest_deadline_first,
        "llf": algorithms.least_laxity_first,
    }
    if name == "uncontrolled":
        scheduler = algorithms.UncontrolledCharging()
    elif name == "round_robin":
        first = algorithms.first_come_first_served
        scheduler = algorithms.RoundRobin(first, continuous_inc=WHOLE_AMPERE)
    else:
        scheduler = algorithms.SortedSchedulingAlgo(sort[name])
    network = acnsim.ChargingNetwork()
    rated = {stay.charger: stay.power_kw for stay in workload.stays}
    for charger, power_kw in rated.items():
        evse = acnsim.EVSE(str(charger), max_rate=power_kw * 1000 / VOLT)
        network.register_evse(evse, VOLT, 0)
    for row, limit_kw in enumerate(workload.limit_kw):
        on_row = sorted({str(stay.charger) for stay in workload.stays if stay.transformer == row})
        usable_kw = NO_LIMIT_KW if name == "uncontrolled" else limit_kw  # spares it the warnings
        network.add_constraint(acnsim.Current(on_row), usable_kw * 1000 / VOLT, f"T{row}")
    events = []
    for stay in workload.stays:
        battery = acnsim.Battery(stay.energy_kwh, 0, stay.power_kw)
        car = acnsim.EV(
            stay.arrival,
            stay.departure,
            stay.energy_kwh,
            str(stay.charger),
            stay.session,
            battery,
        )
        events.append(acnsim.PluginEvent(stay.arrival, car))
    simulator = acnsim.Simulator(
        network,
        scheduler,
        acnsim.EventQueue(events),
        datetime(2030, 1, 7, tzinfo=UTC),
        period=PERIOD_MIN,
        verbose=False,
    )
    begun = time.perf_counter()
    simulator.run()
    seconds = time.perf_counter() - begun
    return seconds, (simulator.charging_rates.sum(axis=0) * VOLT / 1000).tolist()


def main() -> None:
    """Read the week named first, run the peer named second, print what came out."""
    family, _, name = sys.argv[2].partition(":")
    workload = load(Path(sys.argv[1]))
    run = {"plain": plain_run, "acnportal": acn_run}[family]
    seconds, load_kw = run(workload, name)
    kwh = sum(load_kw) * STEP_H
    print(json.dumps({"seconds": seconds, "kwh": kwh, "peak_kw": max(load_kw)}))


if __name__ == "__main__":
    main()
