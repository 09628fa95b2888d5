"""Use-case: write down where fetched data are from, in the SOURCES.md of a project folder."""

from datetime import UTC, datetime
from pathlib import Path

from app.services.fetch import KEPT, Haul, Outcome

FILE = "SOURCES.md"
HEAD = (
    "| source | layer | what | publisher | licence | as of | fetched | address | mark |",
    "|---|---|---|---|---|---|---|---|---|",
)
MARKS = "Marks: **A** address read at its source, **B** from a second hand, **C** to be confirmed."


def record(folder: Path, title: str, haul: Haul, now: datetime | None = None) -> None:
    """Add a row for every source that came, in place of its row of before; other lines stay."""
    path = folder / FILE
    if path.is_file():
        lines = path.read_text("utf-8").splitlines()
    else:
        lines = [f"# {_cell(title)}: where its data are from", "", MARKS]
    rows = {
        each.preset.id: _row(each, haul, now or datetime.now(UTC))
        for each in haul.outcomes
        if each.state == KEPT
    }
    lines = [line for line in lines if not any(_is_of(line, name) for name in rows)]
    if HEAD[0] not in lines:
        lines += ["", *HEAD]
    at = lines.index(HEAD[1], lines.index(HEAD[0])) + 1
    while at < len(lines) and lines[at].startswith("|"):
        at += 1
    lines[at:at] = rows.values()
    path.write_text("\n".join(lines) + "\n", "utf-8")


def _is_of(line: str, name: str) -> bool:
    return line.startswith(f"| {name} |")


def _row(outcome: Outcome, haul: Haul, now: datetime) -> str:
    preset = outcome.preset
    layer = haul.layers[preset.kind]
    own = outcome.intake is not None
    fetched = now.date().isoformat()
    if outcome.stale_since is not None:
        fetched = f"{outcome.stale_since.date().isoformat()} (the service was down on {fetched})"
    publisher = layer.origin.removeprefix("Source: ") if own else preset.publisher
    licence, as_of = (layer.licence, layer.as_of) if own else (preset.licence, preset.as_of or "")
    cells = (preset.id, preset.kind, preset.title, publisher, licence, as_of, fetched)
    return "| " + " | ".join(map(_cell, (*cells, outcome.asked, preset.confidence))) + " |"


def _cell(text: str) -> str:
    """Keep a cell a cell: no bars, no line ends, no markup of a stranger."""
    plain = " ".join(text.split())
    return plain.replace("|", "%7C").replace("<", "&lt;").replace("`", "'")
