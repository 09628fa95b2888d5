"""What was found in one file: problems in plain words, and questions to a person."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from app.core.errors import InputError
from app.sources.codes import SEVERITIES, TEMPLATES, Severity
from app.sources.repairs import Repair

if TYPE_CHECKING:  # a refusal must not pay for shapely
    from app.sources.register import Register

Fields = dict[str, Any]  # what stands in the gaps of a sentence
SPAN = re.compile(r"(\d+)(?:–(\d+))?(?=,|\Z| and )")
LISTED = 20  # problems of one code said one by one; the rest is one line


@dataclass(frozen=True, slots=True)
class Problem:
    """One sentence about a file. ``row`` counts from 1 in the order of the file.

    ``fields`` are the values in the sentence: a page in another language fills its own template.
    """

    code: str
    severity: Severity
    row: int | None
    column: str | None
    message: str
    hint: str
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What only a person can say; ``answer`` is the key that says it in ``project.toml``."""

    code: str
    answer: str
    text: str
    choices: tuple[str, ...] = ()
    preselected: str | None = None


class Refused(InputError):  # noqa: N818  # a verdict, not a fault of ours
    """The file is not read further."""

    def __init__(self, *problems: Problem, questions: Sequence[Question] = ()) -> None:
        """Keep what was wrong."""
        super().__init__("\n".join(problem.message for problem in problems))
        self.problems = problems
        self.questions = tuple(questions)


class Findings:
    """What was found on the way through one file: problems, questions, and what was mended."""

    def __init__(self) -> None:
        """Start with nothing wrong."""
        self.problems: list[Problem] = []
        self.repairs: list[Repair] = []
        self.questions: list[Question] = []
        self.register: Register | None = None

    def add(
        self,
        code: str,
        *,
        row: int | None = None,
        column: str | None = None,
        severity: Severity | None = None,
        **fields: object,
    ) -> None:
        """Note one problem."""
        self.problems.append(problem(code, row=row, column=column, severity=severity, **fields))

    def ask(self, question: Question) -> None:
        """Note one question."""
        self.questions.append(question)

    @property
    def refused(self) -> bool:
        """Whether one of the problems is an error."""
        return any(found.severity == "error" for found in self.problems)


def problem(
    code: str,
    *,
    row: int | None = None,
    column: str | None = None,
    severity: Severity | None = None,
    **fields: object,
) -> Problem:
    """Say a problem in words; ``row`` and ``column`` are also fields of the sentence."""
    template = TEMPLATES[code]
    said = {"row": row, "column": column} | fields
    texts = {key: _clip(str(value)) for key, value in said.items() if value is not None}
    return Problem(
        code,
        severity or template.severity,
        row,
        column,
        template.message.format(**texts),
        template.hint.format(**texts),
        tuple(sorted(texts.items())),
    )


def refuse(code: str, **fields: object) -> Refused:
    """Make the refusal that stops the reading of a file."""
    return Refused(problem(code, severity="error", **fields))  # type: ignore[arg-type]


def arrange(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Sort by severity, code and row; say the twenty-first of a kind and on in one line."""
    ordered = sorted(
        dict.fromkeys(problems),
        key=lambda p: (SEVERITIES.index(p.severity), p.code, p.row or 0, p.column or "", p.message),
    )
    said: list[Problem] = []
    for (severity, code), group in groupby(ordered, key=lambda p: (p.severity, p.code)):
        same = list(group)
        said += same[:LISTED]
        if len(same) > LISTED:
            rest = same[LISTED:]
            rows = rows_text(sorted({p.row for p in rest if p.row}))
            message = f"… and {len(rest)} more rows ({rows})" if rows else f"… and {len(rest)} more"
            fields = (("rows", rows),) if rows else ()
            said.append(Problem(code, severity, None, None, message, rest[0].hint, fields))
    return tuple(said)


def rows_text(rows: Sequence[int]) -> str:
    """Say row numbers briefly: ``3, 7-12``; past forty groups, how many more there are."""
    spans: list[list[int]] = []
    for row in rows:
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    shown = [f"{a}–{b}" if b > a else f"{a}" for a, b in spans[: 2 * LISTED]]
    left = sum(b - a + 1 for a, b in spans[2 * LISTED :])
    return ", ".join(shown) + (f" and {left} more" if left else "")


def rows_of(found: Problem) -> frozenset[int]:
    """Return the rows of the file that a problem speaks of, as far as it lists them."""
    said = dict(found.fields).get("rows", "")
    rows = {found.row} if found.row else set()
    for first, last in SPAN.findall(said):
        rows.update(range(int(first), int(last or first) + 1))
    return frozenset(rows)


def _clip(text: str, most: int = 400) -> str:
    """Shorten a stranger's text and take what could steer a terminal out of it."""
    plain = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return plain if len(plain) <= most else plain[: most - 1] + "…"
