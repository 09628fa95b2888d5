"""How large a file may be before it is refused."""

from dataclasses import dataclass

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Every limit of the intake, so that no file can exhaust the server."""

    upload_bytes: int = 100 * MEGABYTE
    unpacked_bytes: int = 250 * MEGABYTE
    ratio: int = 100
    ratio_from_bytes: int = MEGABYTE
    entries: int = 100
    depth: int = 64
    map_rows: int = 250_000
    table_rows: int = 5_000_000
    columns: int = 300
    vertices_feature: int = 50_000
    vertices_layer: int = 2_000_000
    cell_characters: int = 10_000
    layers: int = 50
    child_bytes: int = 2048 * 1024 * 1024
    child_processor_s: int = 30
    child_wall_s: int = 60

    def rows(self, *, on_map: bool) -> int:
        """Return the most rows a map layer or a table may have."""
        return self.map_rows if on_map else self.table_rows


def size_text(count: int) -> str:
    """Say a number of bytes the way people do."""
    if count >= MEGABYTE:
        return f"{count / MEGABYTE:,.1f} MB"
    return f"{count / 1000:,.1f} kB" if count >= 1000 else f"{count} bytes"  # noqa: PLR2004
