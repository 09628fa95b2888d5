"""Compute every published figure anew; write data/tables/validation.csv and docs/validation.md.

Figures that need real files are computed where those lie (KERBWATT_TESTDATA, default
``../shared/testdata`` beside the repository); elsewhere the stored ones are kept.
"""

import csv
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from app.core.validation import Check, Setup
from app.paths import DATA, ROOT
from app.services.parameters import load_sources
from app.services.validation import STORED, confidence, load_checks, load_published, load_setups
from app.services.validation_runs import compute

TESTDATA = Path(os.environ.get("KERBWATT_TESTDATA", ROOT.parent / "shared" / "testdata"))
DOCUMENT = ROOT / "docs" / "validation.md"
DIGITS = 6
COLUMNS = (
    "figure", "published", "low", "high", "ours", "unit", "deviation", "verdict",
    "setup", "source", "confidence", "computed_on", "note",
)  # fmt: skip
INTRODUCTION = """# Published figures, and ours

Written by `python tools/validate.py` from `data/tables/validation_figures.csv` (the figures and
the range agreed before computing), `data/tables/validation_sets.toml` (the parameter sets) and the
engine as it is. The same rows stand on the Assumptions page. *Met* and *missed* say whether ours
lies in that range; *open* says that it is not computed yet, or that no range was agreed because
only the shape can be compared. Nothing was tuned to hit a figure.
"""


def main() -> None:
    """Compute, store, write, and say what came out."""
    today = datetime.now(UTC).date().isoformat()
    stored = {check.published.key: check for check in load_checks()}
    for setup in load_setups().values():
        missing = [name for name in setup.files if not (TESTDATA / name).exists()]
        if missing:
            print(f"{setup.key}: kept, needs {', '.join(missing)}")
            continue
        for key, found in compute(setup.key, TESTDATA).items():
            stored[key] = Check(load_published()[key], _rounded(found.ours), today, found.note)
    checks = [stored[key] for key in load_published()]
    _store(checks)
    DOCUMENT.write_text("\n".join(document(checks)) + "\n", encoding="utf-8")
    for check in checks:
        print(f"{check.published.key:30} {check.published.value:8} {check.ours} {check.verdict}")
    print(f"written: {STORED.relative_to(DATA.parent)}, {DOCUMENT.relative_to(DATA.parent)}")


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.{DIGITS}g}")


def _store(checks: list[Check]) -> None:
    with STORED.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for check in checks:
            each, off = check.published, check.deviation
            writer.writerow(
                [
                    each.key, each.value, each.low, each.high, check.ours, each.unit,
                    None if off is None else f"{off:.4f}", check.verdict, each.setup, each.source,
                    confidence(each.source), check.computed_on, check.note,
                ]
            )  # fmt: skip


def document(checks: Sequence[Check]) -> Iterator[str]:
    """Write the page, line by line."""
    yield INTRODUCTION
    verdicts = [check.verdict for check in checks]
    counted = ", ".join(f"{verdicts.count(name)} {name}" for name in ("met", "missed", "open"))
    yield f"{len(checks)} figures: {counted}."
    for setup in load_setups().values():
        yield f"\n## {setup.title}\n"
        yield f"Parameter set `{setup.key}`: {_values(setup)}.\n"
        yield "| figure | published | accepted | ours | deviation | verdict | confidence |"
        yield "|---|---|---|---|---|---|---|"
        rows = [check for check in checks if check.published.setup == setup.key]
        yield from map(_row, rows)
        yield ""
        yield from _remarks(rows)
    used = sorted({check.published.source for check in checks})
    yield "\n## Sources\n"
    for key in used:
        source = load_sources()[key]
        yield f"* {source['title']}. {source['publisher']}, {source['year']} ({confidence(key)})."


def _values(setup: Setup) -> str:
    said = [f"{each.name} {each.value:g} {each.unit} ({each.source})" for each in setup.values]
    files = f"files {', '.join(setup.files)}" if setup.files else ""
    return "; ".join(filter(None, (", ".join(said), files)))


def _row(check: Check) -> str:
    each, off = check.published, check.deviation
    accepted = "–" if each.low is None else f"{each.low:g} to {each.high:g}"
    cells = (
        each.title,
        f"{each.value:g} {each.unit}",
        accepted,
        "–" if check.ours is None else f"{check.ours:.6g}",
        "–" if off is None else f"{round(off, 3) + 0:+.1%}",
        check.verdict,
        confidence(each.source),
    )
    return f"| {' | '.join(cells)} |"


def _remarks(checks: list[Check]) -> Iterator[str]:
    for check in checks:
        told = (_capital(check.note), _capital(check.published.doubt))
        said = ". ".join(filter(None, told))
        if said:
            yield f"* {check.published.title}: {said}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


if __name__ == "__main__":
    main()
