"""Write where a person asked: folders are made, a place that cannot be written is refused early."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.core.errors import InputError


@contextmanager
def writing(out: Path) -> Iterator[None]:
    """Turn the system's refusal to write into a sentence about ``out``."""
    try:
        yield
    except OSError as error:
        raise InputError(f"{out}: cannot be written ({error.strerror or error})") from error


def ready_folder(out: Path) -> None:
    """Make the folder for results before anything is computed."""
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)


def ready_file(out: Path) -> None:
    """Make the folder of a file before anything is computed; a folder is no file."""
    if out.is_dir():
        raise InputError(f"{out}: cannot be written (it is a folder)")
    with writing(out):
        out.parent.mkdir(parents=True, exist_ok=True)


def write_file(out: Path, data: bytes) -> None:
    """Write all or nothing: beside it first, then under its name."""
    ready_file(out)
    beside = out.with_name(f".{out.name}.part")
    with writing(out):
        beside.write_bytes(data)
        beside.replace(out)


def write_result(out: Path, result: Any) -> None:  # noqa: ANN401  # its type would cost the import
    """Write the format that the ending names; a missing folder is made."""
    import typer  # noqa: PLC0415

    from app.exports import EXPORTS  # noqa: PLC0415

    known = [export for export in EXPORTS.values() if out.name.lower().endswith(export.suffix)]
    if not known:
        endings = ", ".join(export.suffix for export in EXPORTS.values())
        raise InputError(f"{out}: no format for this ending; choose from {endings}")
    write_file(out, known[0].write(result))
    typer.echo(f"wrote {out}", err=True)
