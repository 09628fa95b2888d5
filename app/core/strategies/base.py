"""What a charging strategy is: a pure function from a job to load."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TypeAlias, cast

from app.core.engine.job import Job
from app.core.engine.result import EngineResult
from app.core.engine.stays import Share

Run: TypeAlias = Callable[[Job], EngineResult]


@dataclass(frozen=True, slots=True)
class Strategy:
    """A named way to share power among plugged-in cars.

    Attributes
    ----------
    key, title
        The name in files and links, and in menus.
    short
        The name inside a sentence: "with pauses".
    help
        What it does, in one or two sentences a planner understands.
    options
        Names of the `Options` that change its answer; others never do.
    needs
        What must be given: "contract", "prices", "limits".
    run
        From job to result.
    source
        Where the model is described, an id of ``data/sources.toml``.
    order
        The place in menus, weakest first.
    begins
        Key of the weaker strategy whose plan it starts from and never makes worse; none if empty.
    """

    key: str
    title: str
    short: str
    help: str
    options: tuple[str, ...]
    needs: tuple[str, ...]
    run: Run
    source: str
    order: int
    begins: str = ""


def compiled(module: str, name: str) -> Run:
    """Name a runner of ``app.core.engine``; its kernels are loaded when it first runs.

    So menus, links and the command line know every strategy without waiting for a compiler.
    """

    def run(job: Job) -> EngineResult:
        return cast("Run", getattr(import_module(f"app.core.engine.{module}"), name))(job)

    return run


def plain(share: Share, strongest: int) -> Run:
    """Make a runner of a function in plain numpy that says every session's power.

    ``strongest`` is the most a session may be asked to do: ``THROTTLE, PAUSE`` or ``V2G``. See
    docs/adding-a-strategy.md.
    """

    def run(job: Job) -> EngineResult:
        runner = import_module("app.core.engine.plain").run_plain
        return cast("EngineResult", runner(job, share, strongest))

    return run
