"""The one door for files: every map and table is checked here before Kerbwatt believes it.

Cheap checks come first: a refusal by name, size or first bytes starts no other process and loads
no map library. The order is the order of the functions in ``take_in``.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from app.core.errors import InputError
from app.core.schema import KINDS
from app.sources.answers import Answers
from app.sources.area import Area
from app.sources.limits import Limits, size_text
from app.sources.mapping import Mapping
from app.sources.problems import Findings, Problem, Question, Refused, arrange, refuse
from app.sources.readers import read
from app.sources.repairs import Repair
from app.sources.sniff import sniff
from app.sources.task import Report, Task, quiet

if TYPE_CHECKING:  # a refusal must not pay for geopandas
    from app.core.layer import Layer
    from app.sources.register import Register

CHUNK = 1 << 20
Place = Area | Callable[[], Area | None] | None


@dataclass(frozen=True, slots=True, eq=False)
class Intake:
    """What became of a file: a layer, or None and the reasons.

    ``register`` says how dirty a file of charge points is; None for everything else.
    """

    kind: str
    layer: "Layer | None"
    problems: tuple[Problem, ...]
    mapping: Mapping
    questions: tuple[Question, ...] = ()
    register: "Register | None" = None
    repairs: tuple[Repair, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether there is a layer."""
        return self.layer is not None

    @property
    def rows(self) -> int:
        """Rows of the layer; 0 when the file was refused."""
        return len(self.layer.frame) if self.layer is not None else 0

    def of(self, severity: str) -> tuple[Problem, ...]:
        """Return the problems of one severity."""
        return tuple(problem for problem in self.problems if problem.severity == severity)


def take_in(  # noqa: PLR0913  # each is a different thing a person says
    source: Path | BinaryIO,
    *,
    kind: str,
    area: Place,
    answers: Answers,
    limits: Limits,
    name: str = "",
    scan: Callable[[bytes], None] | None = None,
    report: Report = quiet,
) -> Intake:
    """Take a file in as ``kind``, or refuse it; says everything that is wrong with it at once.

    Same bytes and same answers give the same digest and the same problems in the same order.

    Parameters
    ----------
    area
        Where the map should lie, or a function that finds out when the file has come that far;
        None takes the UTM zone of the map itself.
    name
        What the person calls the file: its ending is checked, the rest is only shown.
    scan
        Looks at the bytes before anything else does, and raises to refuse them.
    report
        Told before each step how far the work is, 0 to 1, and what comes next.
    """
    if kind not in KINDS:
        raise InputError(f"no kind {kind!r}; choose from {', '.join(KINDS)}")
    shown = name or (source.name if isinstance(source, Path) else "")
    findings = Findings()
    sha256 = ""
    try:
        content = receive(source, limits)
        sha256 = hashlib.sha256(content).hexdigest()
        if scan is not None:
            scan(content)
        task = Task(KINDS[kind], None, answers, limits, shown, findings, report)
        layer, mapping = _understood(content, task, area)
    except Refused as refusal:
        findings.problems += refusal.problems
        findings.questions += refusal.questions
        layer, mapping = None, Mapping()
    mapping = replace(mapping, sha256=sha256)
    questions = tuple(dict.fromkeys(findings.questions))
    problems = arrange(findings.problems)
    mended = tuple(findings.repairs)
    return Intake(kind, layer, problems, mapping, questions, findings.register, mended)


def receive(source: Path | BinaryIO, limits: Limits) -> bytes:
    """Read the bytes, and stop one byte past the limit."""
    if isinstance(source, Path):
        if not source.is_file():
            found = "A folder" if source.is_dir() else "A file that does not exist"
            raise refuse("FILE-UNSUPPORTED", found=found)
        size = source.stat().st_size
        if size > limits.upload_bytes:
            raise _too_large(size, limits)
        with source.open("rb") as file:
            return _bytes(file, limits)
    return _bytes(source, limits)


def _bytes(file: BinaryIO, limits: Limits) -> bytes:
    found = bytearray()
    while chunk := file.read(min(CHUNK, limits.upload_bytes + 1 - len(found))):
        found += chunk
        if len(found) > limits.upload_bytes:
            raise _too_large(len(found), limits)
    return bytes(found)


def _too_large(size: int, limits: Limits) -> Refused:
    return refuse("FILE-SIZE", size=size_text(size), limit=size_text(limits.upload_bytes))


def _understood(content: bytes, task: Task, area: Place) -> "tuple[Layer | None, Mapping]":
    """Read a file whose first look was good."""
    suffix = Path(task.name.lower()).suffix
    found = sniff(content, suffix)
    if callable(area) and not isinstance(area, Area):
        area = area()
    task = replace(task, area=area)
    task.report(0.05, "reading the file")
    raw = read(found.format, content, task)
    from app.sources.understand import understand  # noqa: PLC0415  # loads geopandas

    return understand(raw, task)
