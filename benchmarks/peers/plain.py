"""Two baselines in plain Python: one object per vehicle, one loop per step."""

from workload import STEP_H, STEPS, Stay, Workload

EMPTY_KWH = 1e-9


class Vehicle:
    """A car at its charger, with what it still needs."""

    def __init__(self, stay: Stay) -> None:
        """Plug in."""
        self.stay = stay
        self.left_kwh = stay.energy_kwh

    def charge(self, power_kw: float) -> float:
        """Take power for one step; return what was drawn [kW]."""
        drawn_kw = min(power_kw, self.stay.power_kw, self.left_kwh / STEP_H)
        self.left_kwh -= drawn_kw * STEP_H
        return drawn_kw

    def even_kw(self, step: int) -> float:
        """Spread what is left evenly to the departure."""
        return self.left_kwh / ((self.stay.departure - step) * STEP_H)


def simulate(workload: Workload, strategy: str) -> list[float]:
    """Run ``greedy`` (full power) or ``balanced`` (spread to departure); return the load [kW]."""
    coming = sorted(workload.stays, key=lambda stay: stay.arrival)
    here: list[Vehicle] = []
    load_kw, nth = [], 0
    for step in range(STEPS):
        while nth < len(coming) and coming[nth].arrival == step:
            here.append(Vehicle(coming[nth]))
            nth += 1
        here = [each for each in here if each.stay.departure > step]
        total_kw = 0.0
        for each in here:
            if each.left_kwh > EMPTY_KWH:
                wanted = each.stay.power_kw if strategy == "greedy" else each.even_kw(step)
                total_kw += each.charge(wanted)
        load_kw.append(total_kw)
    return load_kw
