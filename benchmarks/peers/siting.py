"""Kerbwatt and spopt on the same question of coverage: time, and whether the optimum is the same.

``.venv/bin/python benchmarks/peers/siting.py`` writes the table into docs/benchmarks.md. The
question is spopt's own: place so many sites that most demand lies within reach, without limits of
grid, parking or money, for those it does not know.
"""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from compare import HERE, PEER_PYTHON, write

from app.core.siting.instance import Instance, build_instance
from app.core.siting.local import improve
from app.core.siting.milp import solve
from app.core.siting.problem import COVERAGE, Demands, Grid, Problem, Sites, Terms
from app.core.siting.proof import adopt, programme
from app.core.siting.reach import build_reach, find_pairs
from app.core.siting.solve import Solution, choose, no_deadline, prove
from app.core.siting.warm import warm_up

MARK = "siting peers"
SIZES = ((500, 100, 10), (1_000, 200, 20), (1_000, 500, 60), (2_000, 500, 40))
RADIUS_M, DETOUR, M2 = 400.0, 1.3, 10_000.0
ROUNDS, STEPS, PROOF_S, RUNS = 300, 200, 120.0, 3
SAME = 1e-6


@dataclass(frozen=True)
class Row:
    """One question: what spopt found, what our search found, and what our proof found."""

    size: tuple[int, int, int]
    theirs_s: float
    theirs: float
    search_s: float
    search: float
    bound: float
    proof_s: float
    proof: float
    status: str

    def __str__(self) -> str:
        """Write a row of the table."""
        demands, sites, count = self.size
        same = abs(self.proof - self.theirs) <= SAME * self.theirs
        ratio = self.theirs_s / self.search_s
        told = f"no: {self.proof:.3f}, theirs {self.theirs:.3f}"
        return (
            f"| {demands:,} x {sites:,}, {count} sites | {self.theirs_s:.2f} s "
            f"| {self.search_s:.3f} s | {ratio:,.1f} | {self.search / self.theirs:.2%} "
            f"| {1 - self.search / self.bound:.2%} | {self.proof_s:.3f} s ({self.status}) "
            f"| {self.theirs_s / self.proof_s:.1f} "
            f"| {'yes' if same else told} |"
        )


def draw(demands: int, sites: int, count: int) -> Problem:
    """Draw a town with nothing but demand and places."""
    rng = np.random.default_rng(demands + sites)
    side_m = (demands * M2) ** 0.5
    nobody, one = np.zeros(sites, bool), np.ones(sites, np.int32)
    return Problem(
        Demands(
            tuple(f"d{at:05d}" for at in range(demands)),
            rng.uniform(0, side_m, (demands, 2)),
            np.round(rng.gamma(2, 3, demands), 3) + 0.001,
            np.zeros(demands, np.int32),
        ),
        Sites(
            id=tuple(f"c{at:05d}" for at in range(sites)),
            xy=rng.uniform(0, side_m, (sites, 2)),
            max_points=one,
            existing=np.zeros(sites, np.int32),
            fixed_eur=np.zeros(sites),
            point_eur=np.zeros(sites),
            kwh_point=np.ones(sites),
            pull=np.ones(sites),
            district=np.zeros(sites, np.int32),
            transformer=np.zeros(sites, np.int32),
            locked=nobody,
            barred=nobody.copy(),
        ),
        Grid(("t",), np.array([np.inf]), np.array([1.0]), np.array([2**40])),
        Terms(RADIUS_M, DETOUR, max_points=count, objective=COVERAGE),
        ("town",),
    )


def ready(problem: Problem) -> Instance:
    """Pair demand and sites up."""
    xy = problem.demands.xy, problem.sites.xy
    pairs = find_pairs(*xy, radius_m=RADIUS_M, detour=DETOUR)
    return build_instance(problem, build_reach(problem.demands, pairs, len(problem.sites.id)))


def search(problem: Problem) -> Solution:
    """Pair, choose, swap and bound."""
    instance = ready(problem)
    draft, found = improve(
        instance, *choose(instance), xy=problem.sites.xy, seed=0, rounds=ROUNDS,
        expired=no_deadline,
    )  # fmt: skip
    return prove(instance, draft, found, iterations=STEPS, expired=no_deadline)


def proof(problem: Problem) -> tuple[Solution, str]:
    """Pair, choose and let HiGHS prove."""
    instance = ready(problem)
    first = prove(instance, *choose(instance), iterations=1, expired=no_deadline)
    programmed = programme(instance, first.points)
    news = solve(programmed, PROOF_S, lambda _: None, seed=0, gap=0.0)
    return adopt(instance, first, programmed, news), news.status


def compare(problem: Problem, size: tuple[int, int, int], path: Path) -> Row:
    """Let both answer the same question."""
    least = float("inf")
    for _ in range(RUNS):
        begun = time.process_time()
        found = search(problem)
        least = min(least, time.process_time() - begun)
    proof_s = float("inf")
    for _ in range(RUNS):
        begun = time.process_time()
        best, status = proof(problem)
        proof_s = min(proof_s, time.process_time() - begun)
    save(problem, path)
    command = [str(PEER_PYTHON), "-W", "ignore", str(HERE / "siting_peer.py"), str(path)]
    told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=HERE)  # noqa: S603
    theirs = json.loads(told.stdout.splitlines()[-1])
    return Row(
        size, theirs["seconds"], theirs["value"], least, found.value, found.bound, proof_s,
        best.value, status,
    )  # fmt: skip


def save(problem: Problem, path: Path) -> None:
    """Write the question down for the other program."""
    np.savez(
        path,
        demand_xy=problem.demands.xy,
        site_xy=problem.sites.xy,
        weight=problem.demands.kwh_day,
        reach_m=problem.terms.radius_m / problem.terms.detour,
        count=problem.terms.max_points,
    )


def report(rows: list[Row]) -> Iterator[str]:
    """Write the section as Markdown."""
    today, load = datetime.now(UTC).date(), os.getloadavg()[0]
    yield "### Beside spopt (`benchmarks/peers/siting.py`)\n"
    yield (
        f"{today}, two shared cores, load {load:.1f}, processor seconds. Maximum coverage (MCLP), "
        "the one question both know: spopt 0.7.0 with PuLP 3.3.2 and CBC, from distances to an "
        f"optimum; ours from coordinates, a search of {ROUNDS:,} tries with {STEPS} steps of the "
        f"bound, and a proof by HiGHS without that search, no gap allowed (shortest of {RUNS} "
        f"each, at most {PROOF_S:.0f} s). Budget, grid, parking and several points a site are not "
        "in it.\n"
    )
    yield (
        "| demand x sites | spopt | our search | spopt / search | search, of theirs "
        "| search, short of our bound | our proof | spopt / proof | same optimum |"
    )
    yield "|---|---|---|---|---|---|---|---|---|"
    yield from map(str, rows)


def main() -> None:
    """Draw the questions, let both answer, write what came out."""
    warm_up()
    search(draw(60, 20, 4))
    proof(draw(60, 20, 4))
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            rows.append(compare(draw(*size), size, Path(folder) / "question.npz"))
            print(rows[-1], flush=True)
    section = "\n".join(report(rows)) + "\n"
    write(section, MARK)


if __name__ == "__main__":
    main()
