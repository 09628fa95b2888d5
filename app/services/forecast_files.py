"""Use-case: forecasts and counts as files: the published ones, a person's own, an example."""

import csv
import io
from collections.abc import Iterable, Mapping
from functools import cache

from app.core.demand.forecasts import ALSO, COLUMNS, Row, check_header, parse
from app.core.errors import InputError, ParameterError
from app.core.project import Project
from app.paths import DATA
from app.services.parameters import load_sources
from app.sources.text import decode

TABLE = DATA / "tables" / "forecasts.csv"
EXAMPLE = DATA / "examples" / "forecasts.csv"
BIGGEST = 1_000_000  # bytes of a file of forecasts


@cache
def load_forecasts() -> tuple[Row, ...]:
    """Read the published forecasts and counts."""
    header, rows = _table(TABLE.read_bytes(), TABLE.name)
    check_header(header, file=TABLE.name)
    found = parse(rows, file=TABLE.name, place="", own=False)
    for row in found:
        if row.source not in load_sources():
            raise ParameterError(f"{TABLE.name}: no source {row.source!r}")
    return found


def read_own(content: bytes, *, file: str, project: Project) -> tuple[Row, ...]:
    """Read a file of a person's own forecasts; all of it, or a sentence for every fault."""
    texts = read_texts(content, file=file, project=project)
    return parse(texts, file=file, place=place_of(project))


def read_texts(content: bytes, *, file: str, project: Project) -> tuple[Mapping[str, str], ...]:
    """Read the same as rows of text, for a table in which they can be changed."""
    if len(content) > BIGGEST:
        raise InputError(f"{file}: holds {len(content):,} bytes, at most {BIGGEST:,} are read")
    header, rows = _table(content, file)
    check_header(header, file=file)
    if not rows:
        raise InputError(f"{file}: has no row below its header")
    parse(rows, file=file, place=place_of(project))
    return tuple(rows)


def _table(content: bytes, file: str) -> tuple[list[str], list[dict[str, str]]]:
    """Cut text into rows; the delimiter is the one that cuts the header best."""
    lines = decode(content)[0].lstrip("\ufeff").splitlines()
    if not lines:
        raise InputError(f"{file}: is empty; its first line names the columns")
    delimiter = max(",;\t", key=lines[0].count)
    try:
        header, *cells = [row for row in csv.reader(lines, delimiter=delimiter) if row]
    except (csv.Error, ValueError) as error:
        raise InputError(f"{file}: cannot be read as a table ({error})") from error
    header = [name.strip().lower() for name in header]
    wide = [n for n, row in enumerate(cells, start=1) if len(row) > len(header)]
    if wide:
        raise InputError(
            "\n".join(
                f"{file}, row {n}: has more cells than the header; a text with a comma wants quotes"
                for n in wide
            )
        )
    padded = [row + [""] * (len(header) - len(row)) for row in cells]
    return header, [dict(zip(header, row, strict=True)) for row in padded]


def place_of(project: Project) -> str:
    """Key of the city itself: a copy with own layers is called ``utrecht--<digest>``."""
    return project.slug.partition("--")[0]


def template() -> bytes:
    """Return an example file to start from."""
    return EXAMPLE.read_bytes()


def to_csv(rows: Iterable[Mapping[str, str]]) -> bytes:
    """Write rows of text as a file that can be read again."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [*COLUMNS, *ALSO], lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
