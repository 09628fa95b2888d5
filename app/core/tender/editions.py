"""What may go out: the internal edition shows all, the public one only what is marked public."""

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from app.core.criteria import CRITERIA
from app.core.errors import InputError
from app.core.scenario import Scenario
from app.core.tender.columns import ListColumn
from app.core.tender.redaction import public_parts

EDITIONS = ("public", "internal")


def check_edition(edition: str) -> None:
    """Refuse an edition we do not know."""
    if edition not in EDITIONS:
        raise InputError(f"no edition {edition!r}; choose from {', '.join(EDITIONS)}")


def shown(scenario: Scenario, edition: str) -> Scenario:
    """Return the question for an edition: reasons and own prices stay in the house."""
    return scenario if edition == "internal" else scenario.but(reasons=()).without_money()


def score_shares(scenario: Scenario) -> Mapping[str, float]:
    """Return what each criterion can add to a score at most, as a share of the whole."""
    own = dict(scenario.weights)
    weights = {key: own.get(key, each.default_weight) for key, each in CRITERIA.items()}
    total = sum(weights.values())
    return {key: weight / total for key, weight in weights.items()} if total else {}


def redact(  # noqa: PLR0913
    sites: gpd.GeoDataFrame,
    columns: tuple[ListColumn, ...],
    edition: str,
    *,
    few: float,
    homes: pd.Series | None,
    shares: Mapping[str, float],
) -> gpd.GeoDataFrame:
    """Return the list for an edition: a whitelist, so that a new column stays in until marked.

    Parameters
    ----------
    few
        A walking distance over fewer homes than this says where somebody lives: it is withheld,
        and so where the number of homes is not known.
    homes
        Homes each place serves, in the order of the list; None where the plan does not say.
    shares
        What each criterion can add to a score, from ``score_shares``.
    """
    check_edition(edition)
    if edition == "internal":
        return sites
    names = [column.name for column in columns if column.public]
    found = sites[[*names, "geometry"]].copy()
    count = pd.Series(0, index=found.index) if homes is None else homes.set_axis(found.index)
    found["walk_m_p90"] = found["walk_m_p90"].where(count.fillna(0) >= few)
    parts = public_parts(list(found["score_parts"]), list(found["grid_class"]), shares)
    found["score_parts"] = pd.Series(parts, index=found.index, dtype=object)
    return found
