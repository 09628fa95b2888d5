"""What may go out: the internal edition shows all, the public one only what is marked public."""

import geopandas as gpd
import pandas as pd

from app.core.errors import InputError
from app.core.tender.columns import ListColumn

EDITIONS = ("public", "internal")


def check_edition(edition: str) -> None:
    """Refuse an edition we do not know."""
    if edition not in EDITIONS:
        raise InputError(f"no edition {edition!r}; choose from {', '.join(EDITIONS)}")


def redact(
    sites: gpd.GeoDataFrame,
    columns: tuple[ListColumn, ...],
    edition: str,
    *,
    few: float,
    homes: pd.Series | None,
) -> gpd.GeoDataFrame:
    """Return the list for an edition: a whitelist, so that a new column stays in until marked.

    Parameters
    ----------
    few
        A walking distance over fewer homes than this says where somebody lives: it is withheld,
        and so where the number of homes is not known.
    homes
        Homes each place serves, in the order of the list; None where the plan does not say.
    """
    check_edition(edition)
    if edition == "internal":
        return sites
    shown = [column.name for column in columns if column.public]
    found = sites[[*shown, "geometry"]].copy()
    count = pd.Series(0, index=found.index) if homes is None else homes.set_axis(found.index)
    found["walk_m_p90"] = found["walk_m_p90"].where(count.fillna(0) >= few)
    found["score_parts"] = None  # they tell the headroom, which is not public
    return found
