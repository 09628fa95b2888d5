"""A proof runs in a process of its own, and that process is gone when its time is up."""

import json
import os
import subprocess
import sys
import time

import numpy as np
import pytest

from app.core.siting.instance import Instance, build_instance
from app.core.siting.milp import News
from app.core.siting.problem import Demands, Grid, Problem, Sites, Terms, fitting
from app.core.siting.proof import programme
from app.core.siting.reach import build_reach, find_pairs
from app.core.siting.solve import Solution, choose, no_deadline
from app.core.siting.solve import prove as bound
from app.services import prove as proving


def instance(demands: int, sites: int, seed: int = 0) -> Instance:
    rng = np.random.default_rng(seed)
    room, kappa = np.full(40, 30.0), np.full(40, 3.85)
    where = rng.uniform(0, 3_000, (sites, 2))
    problem = Problem(
        Demands(
            tuple(f"d{at:05d}" for at in range(demands)),
            rng.uniform(0, 3_000, (demands, 2)),
            rng.gamma(2, 4, demands),
            np.zeros(demands, np.int32),
        ),
        Sites(
            id=tuple(f"c{at:05d}" for at in range(sites)),
            xy=where,
            max_points=rng.integers(1, 9, sites).astype(np.int32),
            existing=np.zeros(sites, np.int32),
            fixed_eur=rng.choice([1_000.0, 5_000.0], sites),
            point_eur=rng.choice([3_500.0, 4_200.0], sites),
            kwh_point=np.full(sites, 16.0),
            pull=rng.uniform(0.8, 1.2, sites),
            district=np.zeros(sites, np.int32),
            transformer=(where[:, 0] // 75).astype(np.int32),
            locked=np.zeros(sites, bool),
            barred=np.zeros(sites, bool),
        ),
        Grid(tuple(f"t{at}" for at in range(40)), room, kappa, fitting(room, kappa)),
        Terms(radius_m=300.0, detour=1.3, budget_eur=400_000.0),
        ("all",),
    )
    pairs = find_pairs(problem.demands.xy, where, radius_m=300.0, detour=1.3)
    return build_instance(problem, build_reach(problem.demands, pairs, sites))


@pytest.fixture(scope="module")
def small() -> tuple[Instance, Solution]:
    found = instance(60, 25)
    return found, bound(found, *choose(found), iterations=20, expired=no_deadline)


@pytest.fixture(scope="module")
def hard() -> tuple[Instance, Solution]:
    found = instance(5_000, 1_200)
    return found, bound(found, *choose(found), iterations=20, expired=no_deadline)


def test_a_small_question_is_proven(small: tuple[Instance, Solution]) -> None:
    told: list[News] = []
    found = proving.prove(*small, 60.0, tell=told.append)
    assert found.status == "proven"
    assert small[1].value <= found.solution.value <= found.solution.bound
    assert found.solution.gap <= 1e-3 + 1e-9
    assert found.solution.bound_method == "milp"
    assert told[-1].status == "proven"


def test_when_time_is_up_the_process_is_gone_and_what_it_told_is_kept(
    hard: tuple[Instance, Solution], monkeypatch: pytest.MonkeyPatch
) -> None:
    born: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def remember(*args: object, **more: object) -> "subprocess.Popen[bytes]":
        born.append(real(*args, **more))  # type: ignore[call-overload]
        return born[-1]

    monkeypatch.setattr(proving.subprocess, "Popen", remember)
    monkeypatch.setattr(proving, "GRACE_S", 0.0)
    found = proving.prove(*hard, 1.0)
    assert found.status in {"timeout", "improved"}
    assert hard[1].value <= found.solution.value <= found.solution.bound <= hard[1].bound
    with pytest.raises(ProcessLookupError):
        os.killpg(born[0].pid, 0)


def test_a_planner_can_stop_it(hard: tuple[Instance, Solution]) -> None:
    began = time.monotonic()
    found = proving.prove(*hard, 3_600.0, cancelled=lambda: time.monotonic() > began + 1)
    assert found.status in {"timeout", "failed"}
    assert found.solution.value >= hard[1].value


def test_a_solver_that_breaks_leaves_the_plan(
    small: tuple[Instance, Solution], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proving.sys, "executable", "/bin/false")
    found = proving.prove(*small, 5.0)
    assert found.status == "failed"
    assert found.solution.value == small[1].value
    assert found.solution.bound == small[1].bound


def test_it_ends_when_its_parent_is_killed(hard: tuple[Instance, Solution]) -> None:
    content = programme(hard[0], hard[1].points).to_bytes()
    head = json.dumps({"seconds": 600, "seed": 0, "size": len(content)}) + "\n"
    child = subprocess.Popen(
        [sys.executable, "-m", "app.services._prover"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(head.encode() + content)
    child.stdin.flush()
    child.stdout.readline()  # it is at work
    child.stdin.close()  # what the system does when a parent is killed
    assert child.wait(20) == 0
    child.stdout.close()
