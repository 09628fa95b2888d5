"""Run spopt on a question of coverage, in its own environment; CBC solves."""

import json
import resource
import sys
import time

import numpy as np


def used_s() -> float:
    """Add up processor time, that of the solver's own process included."""
    return time.process_time() + resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime


def main() -> None:
    """Read the question, place sites, and print seconds and the weight that is covered."""
    import pulp  # noqa: PLC0415  # lives in the peers' environment
    from spopt.locate import MCLP  # noqa: PLC0415

    with np.load(sys.argv[1]) as asked:
        demand, site, weight = asked["demand_xy"], asked["site_xy"], asked["weight"]
        reach_m, count = float(asked["reach_m"]), int(asked["count"])
    begun = used_s()
    metres = np.hypot(*(demand[:, None] - site[None]).transpose(2, 0, 1))
    model = MCLP.from_cost_matrix(metres, weight, reach_m, count)
    built_s = used_s() - begun
    model = model.solve(pulp.PULP_CBC_CMD(msg=False), results=False)
    seconds = used_s() - begun
    chosen = [at for at, each in enumerate(model.fac_vars) if each.varValue > 0.5]
    covered = float(weight[(metres[:, chosen] <= reach_m).any(axis=1)].sum())
    print(
        json.dumps(
            {
                "built_s": built_s,
                "seconds": seconds,
                "value": covered,
                "sites": len(chosen),
                "status": pulp.LpStatus[model.problem.status],
            }
        )
    )


if __name__ == "__main__":
    main()
