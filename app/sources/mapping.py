"""Which header of a file is which column of ours, and why: the record behind the wizard's table."""

from dataclasses import dataclass

SAMPLES = 3


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """One of our columns and where its values come from; ``header`` is None where nothing does.

    ``why`` is one of: answer, same name, known word, word inside, similar, id,
    location, default, computed.
    """

    column: str
    header: str | None
    why: str
    unit: str | None = None
    factor: float = 1.0
    samples: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mapping:
    """The decisions of one intake, for the page and for the annex of the tender.

    Attributes
    ----------
    headers, unmapped
        All headers of the file, and those kept under their own name.
    samples
        A few values of each header, in the order of ``headers``.
    rows_read, rows_kept
        Rows in the file and in the layer.
    set_aside
        Row numbers that are not in the layer; each is named by a problem.
    as_of
        The date the file says its content describes.
    sha256
        Of the file as it came.
    """

    columns: tuple[MappedColumn, ...] = ()
    headers: tuple[str, ...] = ()
    unmapped: tuple[str, ...] = ()
    samples: tuple[tuple[str, ...], ...] = ()
    rows_read: int = 0
    rows_kept: int = 0
    set_aside: tuple[int, ...] = ()
    format: str = ""
    crs: str | None = None
    sha256: str = ""
    as_of: str = ""

    def shown(self, header: str) -> tuple[str, ...]:
        """Return a few values of one header."""
        known = dict(zip(self.headers, self.samples, strict=False))
        return known.get(header, ())

    def column(self, name: str) -> MappedColumn | None:
        """Find the decision about one column."""
        return next((found for found in self.columns if found.column == name), None)
