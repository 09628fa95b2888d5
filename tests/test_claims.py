"""Nothing says or suggests that a clause comes from a document we do not have."""

import csv
import re
import tomllib
from collections.abc import Iterator

import pytest

from app.paths import APP, DATA
from app.services.parameters import load_sources

NEAR = 40  # characters
NAME, PART = re.compile(r"\bSCALE\b"), re.compile(r"annex", re.IGNORECASE)
HEX = re.compile(r"[0-9a-f]{64}")


def claims(text: str) -> bool:
    """Whether SCALE and an annex are named within 40 characters of each other."""
    names = [found.span() for found in NAME.finditer(text)]
    parts = [found.span() for found in PART.finditer(text)]
    return any(max(a[0], b[0]) - min(a[1], b[1]) <= NEAR for a in names for b in parts)


def _texts() -> Iterator[tuple[str, str]]:
    for path in sorted((DATA / "requirements").glob("*.csv")) + sorted(
        (DATA / "tables").glob("*.csv")
    ):
        with path.open(encoding="utf-8", newline="") as table:
            for number, row in enumerate(csv.reader(table), start=1):
                yield from ((f"{path.name}:{number}", cell) for cell in row)
    for folder, pattern in ((APP, "*.py"), (APP, "*.po"), (DATA, "*.toml"), (DATA, "*.md")):
        for path in sorted(folder.rglob(pattern)):
            yield str(path.relative_to(folder.parent)), path.read_text("utf-8")


def _held() -> bool:
    """Whether the document itself was registered: read, and named by its digest."""
    return any(
        source.get("kind") == "primary"
        and HEX.fullmatch(source.get("digest", ""))
        and NAME.search(source["title"])
        for source in load_sources().values()
    )


def test_no_text_of_ours_claims_the_annex() -> None:
    if not _held():
        assert [place for place, text in _texts() if claims(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "From the SCALE annex",
        "Annex of SCALE",
        "SCALE tender requirements, annexes 1 to 4",
        "annexes (see SCALE)",
    ],
)
def test_the_scan_hears_a_claim(text: str) -> None:
    assert claims(text)


@pytest.mark.parametrize(
    "text",
    ["SCALE 3rd event", "annexed to the contract", "at scale, annexed", f"SCALE {'x' * 60} annex"],
)
def test_the_scan_lets_plain_words_pass(text: str) -> None:
    assert not claims(text)


def test_sources_file_is_read_by_the_scan() -> None:
    assert any(name.endswith("sources.toml") for name, _ in _texts())
    assert (
        tomllib.loads((DATA / "sources.toml").read_text("utf-8"))["kerbwatt"]["confidence"] == "C"
    )
