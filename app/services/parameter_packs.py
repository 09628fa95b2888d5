"""Use-case: numbers of a sister project or a country over ours, as one file: a parameter pack."""

import io
import tomllib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from app.core.errors import InputError, ParameterError
from app.core.parameters import Parameter, overridden, parse_parameters
from app.paths import DATA
from app.services.parameters import assumptions, load_parameters

ABOUT = "pack.toml"
MOST_BYTES, MOST_FILES = 1024 * 1024, 20
NEEDED = ("title", "publisher", "year", "licence")
KNOWN = {*NEEDED, "confidence", "url", "note", "status"}
AWAITING = "awaiting document"
SOURCE = "pack"  # what the rows of a pack name as their source: the pack itself
HERE = "pack.toml and CSV files with name,value,low,high,unit,source,note"


@dataclass(frozen=True, slots=True)
class Pack:
    """A parameter pack: who says so, and which numbers.

    ``status`` is "ready", or says what the pack still waits for; then it holds no number.
    """

    title: str
    publisher: str
    year: str
    licence: str
    status: str
    note: str
    numbers: Mapping[str, Parameter]

    @property
    def values(self) -> tuple[tuple[str, float], ...]:
        """The numbers as a scenario carries them."""
        return tuple(sorted((name, each.value) for name, each in self.numbers.items()))


def read_pack(file: str, content: bytes) -> Pack:
    """Read a pack from a zip; nothing in it is unpacked onto the disk.

    Raises
    ------
    InputError
        It is no pack, names a number that is not ours to set, in another unit, or one that no
        planner can mean; every row that is wrong is told.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            texts = _texts(file, archive)
    except (zipfile.BadZipFile, UnicodeDecodeError, RuntimeError) as error:
        raise InputError(f"{file}: no parameter pack; wanted a zip with {HERE}") from error
    return _pack(file, texts)


@cache
def bundled_packs() -> Mapping[str, Pack]:
    """Read the packs that come with the program."""
    found = {}
    for folder in sorted((DATA / "packs").iterdir()):
        texts = {path.name: path.read_text("utf-8") for path in sorted(folder.iterdir())}
        found[folder.name] = _pack(folder.name, texts)
    return found


def _texts(file: str, archive: zipfile.ZipFile) -> dict[str, str]:
    entries = [each for each in archive.infolist() if not each.is_dir()]
    if len(entries) > MOST_FILES or sum(each.file_size for each in entries) > MOST_BYTES:
        raise InputError(f"{file}: {MOST_FILES} files and {MOST_BYTES // 1024} KiB at most")
    named = {each.filename.rpartition("/")[2]: each for each in entries}
    return {name: archive.read(each).decode("utf-8-sig") for name, each in named.items()}


def _pack(file: str, texts: Mapping[str, str]) -> Pack:
    if ABOUT not in texts:
        raise InputError(f"{file}: no {ABOUT} in it; wanted {HERE}")
    try:
        about = tomllib.loads(texts[ABOUT])
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{file}, {ABOUT}: {error}") from error
    status = str(about.get("status", "ready"))
    missing = [] if status == AWAITING else [key for key in NEEDED if not about.get(key)]
    if missing or not set(about) <= KNOWN:
        wrong = missing or sorted(set(about) - KNOWN)
        raise InputError(f"{file}, {ABOUT}: {', '.join(wrong)} missing or not known")
    tables = {name: text for name, text in texts.items() if name.endswith(".csv")}
    numbers = _numbers(file, tables)
    if status == AWAITING and numbers:
        raise InputError(f"{file}: it waits for its document and holds numbers: one or the other")
    said = {
        key: str(about.get(key, "")) for key in ("title", "publisher", "year", "licence", "note")
    }
    return Pack(status=status, numbers=numbers, **said)


def _numbers(file: str, tables: Mapping[str, str]) -> dict[str, Parameter]:
    found: dict[str, Parameter] = {}
    faults: list[str] = []
    for name, text in sorted(tables.items()):
        try:
            rows = parse_parameters(text, {SOURCE})
        except ParameterError as error:
            raise InputError(f"{file}, {name}: {error}") from error
        faults += [f"{file}, {name}, {fault}" for fault in map(_fault, rows.values()) if fault]
        faults += [
            f"{file}, {name}, {each}: it stands in two files" for each in rows if each in found
        ]
        found |= rows
    if faults:
        raise InputError("\n".join(faults))
    overridden(load_parameters(), [(n, e.value) for n, e in found.items()], assumptions())
    return found


def _fault(row: Parameter) -> str:
    ours = assumptions().get(row.name)
    if ours is None:
        return f"{row.name}: no number of the demand model has this name"
    if ours.unit != row.unit:
        return f"{row.name}: in {row.unit!r}, wanted {ours.unit!r}"
    return ""
