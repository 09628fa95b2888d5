"""A validated map or table that knows what it is, where it came from and what is in it."""

import hashlib
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

MILLIMETRE = 3  # decimals of a metre: projecting on another machine differs by less
STATUSES = ("measured", "estimated", "default", "unknown")


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """The only thing that carries a GeoDataFrame across a border. Treat it as read-only.

    Attributes
    ----------
    frame
        The rows, in the project's metric CRS where they have a place; column ``status`` says per
        row whether it is measured, estimated, default or unknown.
    kind
        A key of ``app.core.schema.KINDS``.
    source_crs
        The coordinate system the file was in, such as ``EPSG:4326``.
    as_of
        The date the data describe; "unknown" rather than the date of the upload.
    digest
        SHA-256 of the content: equal for equal maps, whatever the order of rows and columns. It
        is the layer's cache key.
    """

    frame: pd.DataFrame
    kind: str
    origin: str
    licence: str
    as_of: str
    source_crs: str | None = None
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        """Name the content once."""
        object.__setattr__(self, "digest", digest(self.frame))

    def __hash__(self) -> int:
        """Hash by content."""
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        """Compare by content."""
        return isinstance(other, Layer) and other.digest == self.digest

    @property
    def map(self) -> gpd.GeoDataFrame:
        """The rows as a map; raises TypeError for a table without places."""
        if not isinstance(self.frame, gpd.GeoDataFrame):
            raise TypeError(f"a layer of {self.kind} has no places")
        return self.frame

    @property
    def status_shares(self) -> dict[str, float]:
        """Share of the rows per status, those that occur, in the order of ``STATUSES``."""
        if "status" not in self.frame or self.frame.empty:
            return {}
        shares = self.frame["status"].value_counts(normalize=True)
        return {key: float(shares[key]) for key in STATUSES if key in shares}


def digest(frame: pd.DataFrame) -> str:
    """SHA-256 of what ``frame`` says, in canonical order. O(rows + vertices)."""
    crs = ""
    if isinstance(frame, gpd.GeoDataFrame):
        crs = str(frame.crs)
        table = pd.DataFrame(frame.drop(columns=frame.geometry.name)).sort_index(axis=1)
        # Adding zero turns -0.0 into 0.0, which are the same place but not the same bytes.
        rounded = shapely.transform(
            frame.geometry.to_numpy(), lambda xy: xy.round(MILLIMETRE) + 0.0
        )
        table["geometry"] = shapely.to_wkb(shapely.normalize(rounded), hex=True, include_srid=False)
    else:
        table = frame.sort_index(axis=1)
    rows = np.sort(pd.util.hash_pandas_object(table, index=False).to_numpy())
    head = f"{crs}|{'|'.join(table.columns)}|{len(table)}|"
    return hashlib.sha256(head.encode() + rows.tobytes()).hexdigest()
