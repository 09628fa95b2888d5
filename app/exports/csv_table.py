"""CSV that a spreadsheet opens as it is, and runs nothing of."""

import io

import pandas as pd

from app.exports.base import Export, Result
from app.exports.cells import guard, unguard, with_coordinates


def write(result: Result) -> bytes:
    """Write the main table: UTF-8 with byte-order mark, comma, decimal point, a point per place."""
    return text(with_coordinates(result.main)).encode("utf-8-sig")


def text(table: pd.DataFrame, *, decimal_comma: bool = False) -> str:
    """Write flat rows; ``decimal_comma`` is for readers whose spreadsheet expects ``1,5``."""
    safe = table.map(lambda cell: guard(cell) if isinstance(cell, str) else cell)
    safe.columns = [guard(str(name)) for name in safe]
    separator, decimal = (";", ",") if decimal_comma else (",", ".")
    written: str = safe.to_csv(index=False, sep=separator, decimal=decimal, lineterminator="\r\n")
    return written


def read(data: bytes) -> pd.DataFrame:
    """Read back what ``write`` wrote, every cell as text, empty where it was missing."""
    table = pd.read_csv(
        io.BytesIO(data),
        dtype=str,
        keep_default_na=False,
        encoding="utf-8-sig",
        lineterminator=None,
    )
    return table.map(unguard).rename(columns=unguard)


EXPORT = Export(
    key="csv",
    title="CSV table",
    suffix=".csv",
    mime="text/csv",
    write=write,
    order=40,
)
