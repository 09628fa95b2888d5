"""Use-case: prove a plan in a process that is really killed when its time is up."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from time import monotonic
from typing import IO, Literal

from app.core.errors import InputError
from app.core.siting.answer import Prover
from app.core.siting.instance import Instance
from app.core.siting.milp import Milp, News
from app.core.siting.proof import adopt, programme
from app.core.siting.solve import Solution

Status = Literal["proven", "improved", "no_improvement", "timeout", "failed"]
GRACE_S = 2.0  # HiGHS overruns its own limit: 45 s became 92 s
TICK_S = 0.1


@dataclass(frozen=True, slots=True)
class Proof:
    """How a proof ended: with the plan it leaves and the best bound it heard of."""

    status: Status
    solution: Solution


def prove(  # noqa: PLR0913  # a run has its time, its seed, an ear and a way out
    instance: Instance,
    solution: Solution,
    seconds: float,
    *,
    seed: int = 0,
    tell: Callable[[News], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Proof:
    """Ask HiGHS for the best plan; after ``seconds`` and two more its process is gone.

    ``tell`` hears every better bound and plan while it runs. Refused in a sentence where the
    question is too large; a solver that breaks leaves the plan as it was.
    """
    problem = programme(instance, solution.points)
    news, ended = _listen(problem, seconds, seed, tell, cancelled)
    found = adopt(instance, solution, problem, news)
    if ended == "proven":
        return Proof("proven", found)
    better = found.value > solution.value or found.bound < solution.bound
    if ended == "failed" and not better:
        return Proof("failed", found)
    if found.points is not solution.points:
        return Proof("improved", found)
    return Proof("timeout" if ended == "timeout" else "no_improvement", found)


def prover(
    seconds: float,
    say: Callable[[str], None] = lambda _: None,
    seed: int = 0,
    poll: Callable[[], object] = lambda: None,
) -> Prover:
    """Make the last tier of a plan: a proof within ``seconds``, or the reason why there is none.

    ``poll`` is called while it runs; what it raises ends the run.
    """

    def cancelled() -> bool:
        poll()
        return False

    def run(instance: Instance, solution: Solution) -> tuple[Solution, str]:
        try:
            found = prove(instance, solution, seconds, seed=seed, cancelled=cancelled)
        except InputError as error:
            say(str(error))
            return solution, "refused"
        return found.solution, found.status

    return run


def _listen(
    problem: Milp,
    seconds: float,
    seed: int,
    tell: Callable[[News], None],
    cancelled: Callable[[], bool],
) -> tuple[News, str]:
    """Run the process; return the best bound, the last plan told, and how it ended."""
    content = problem.to_bytes()
    head = json.dumps({"seconds": seconds, "seed": seed, "size": len(content)}) + "\n"
    heard: list[News] = []
    with subprocess.Popen(  # our own program, no shell
        [sys.executable, "-m", "app.services._prover"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as child:
        reader = threading.Thread(target=_read, args=(child.stdout, heard, tell), daemon=True)
        reader.start()
        try:
            _write(child.stdin, head.encode() + content)
            _wait(child, monotonic() + seconds + GRACE_S, cancelled)
        finally:
            killed = child.poll() is None
            if killed:
                os.killpg(child.pid, signal.SIGKILL)
            reader.join()
    bound = min((each.bound for each in heard), default=inf)
    plans = [each.points for each in heard if each.points is not None]
    ended = "timeout" if killed else heard[-1].status if heard else "failed"
    return News(ended, bound, plans[-1] if plans else None), ended


def _write(pipe: IO[bytes] | None, content: bytes) -> None:
    """Hand the question over; the pipe stays open, for the child leaves when it closes."""
    with suppress(BrokenPipeError):  # it broke before it had read: it will have told nothing
        if pipe is not None:
            pipe.write(content)
            pipe.flush()


def _read(lines: IO[bytes] | None, heard: list[News], tell: Callable[[News], None]) -> None:
    for line in lines or ():
        try:
            status, bound, points = json.loads(line)
        except ValueError:
            return  # killed in the middle of a line
        news = News(status, float(bound), None if points is None else tuple(points))
        heard.append(news)
        tell(news)


def _wait(child: "subprocess.Popen[bytes]", until: float, cancelled: Callable[[], bool]) -> None:
    while monotonic() < until and not cancelled():
        with suppress(subprocess.TimeoutExpired):
            child.wait(TICK_S)
            return
