"""The lots of a tender, side by side."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.core.tender.redaction import column_withheld, said

DAYS = 365
WEAK_APART = 0.10  # of TENDER.md: a lot's weak share stays within ten points of the city's
INTERNAL = ("cost_eur", "margin_eur")
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, eq=False)
class SiteFacts:
    """What is known of each place beside the list, in the order of the list; NaN where it is not.

    Attributes
    ----------
    kwh_day
        Energy the place is expected to give [kWh/day].
    usual_kwh_day
        What its points usually give, by their type [kWh/day].
    homes
        Homes it serves.
    """

    kwh_day: pd.Series
    usual_kwh_day: pd.Series
    homes: pd.Series


def lot_table(
    sites: pd.DataFrame, facts: SiteFacts, *, weak_point: float, few: float, internal: bool
) -> pd.DataFrame:
    """Sum the location list by lot.

    Parameters
    ----------
    weak_point
        A place is weak that gives less than this share of what its points usually give.
    few
        Counts of homes below this are withheld in the public edition.

    Returns
    -------
    pd.DataFrame
        ``lot_code, sites, points, kw, kwh_day, kwh_share, kwh_year_p10, kwh_year_p50,
        kwh_year_p90, weak_share, balance_ratio, homes, suppressed, connection_classes,
        districts`` and, internal, ``cost_eur, margin_eur``. A sum over an unknown number is
        missing, never too small. ``weak_share`` is of the energy. P10 and P90 of a lot are not the
        sums of those of its places and stay empty until somebody draws them.
    """
    rows = _rows(sites, facts, weak_point)
    groups = rows.groupby("lot_code", sort=True)
    summed = [name for name in rows if name not in {"lot_code", "district", "connection"}]
    sums = groups[summed].sum(min_count=1)
    sums = sums.where(groups[summed].count().eq(groups.size(), axis=0))
    table = sums.rename_axis("lot_code").reset_index()
    table.insert(1, "sites", groups.size().to_numpy())
    table["points"] = table["points"].round().astype("Int64")
    table["kwh_share"] = (table["kwh_day"] / table["kwh_day"].sum()).round(4)
    table["kwh_year_p10"] = table["kwh_year_p90"] = float("nan")
    table["kwh_year_p50"] = table["kwh_day"] * DAYS
    table["weak_share"] = (table["weak_kwh_day"] / table["kwh_day"]).round(4)
    ratio = balance(table)
    table["balance_ratio"] = float("nan") if ratio is None else round(ratio, 3)
    table["connection_classes"] = [_counted(names) for names in groups["connection"].agg(list)]
    table["districts"] = ["; ".join(sorted(set(names))) for names in groups["district"].agg(list)]
    table = _withheld(table, few) if not internal else table.assign(suppressed="")
    table["margin_eur"] = float("nan")  # of the operating model: nobody worked it out here
    table = table.round({"kw": 1, "kwh_day": 1, "kwh_year_p50": 0, "cost_eur": 0})
    return table[[name for name in ORDER if name in table and (internal or name not in INTERNAL)]]


ORDER = (
    *("lot_code", "sites", "points", "kw", "kwh_day", "kwh_share"),
    *("kwh_year_p10", "kwh_year_p50", "kwh_year_p90", "weak_share", "balance_ratio"),
    *("homes", "suppressed", "connection_classes", "districts", *INTERNAL),
)


def balance(lots: pd.DataFrame) -> float | None:
    """Return the largest lot over the smallest, by energy; None where that is not known."""
    energy = lots["kwh_day"]
    if energy.isna().any() or len(energy) == 0 or energy.min() <= 0:
        return None
    return float(energy.max() / energy.min())


def uneven(lots: pd.DataFrame) -> tuple[str, ...]:
    """Name the lots that got more or fewer weak places than the city has: cherries to pick."""
    if lots["weak_share"].isna().any() or not lots["kwh_day"].sum() > 0:
        return ()
    city = float((lots["weak_share"] * lots["kwh_day"]).sum() / lots["kwh_day"].sum())
    return tuple(
        f"lot {lot}: {share:.0%} of its energy lies at weak places, {city:.0%} in the city"
        for lot, share in zip(lots["lot_code"], lots["weak_share"], strict=True)
        if abs(share - city) > WEAK_APART
    )


def in_text(lots: pd.DataFrame, few: float) -> pd.DataFrame:
    """Return the lots for a text file: what is withheld says so."""
    hidden = (lots["suppressed"] != "").to_numpy()
    if not hidden.any():
        return lots
    words = said(lots["homes"].astype("float64"), np.zeros(len(lots), bool), few)
    return lots.assign(homes=words.where(~hidden, lots["suppressed"]))


def _rows(sites: pd.DataFrame, facts: SiteFacts, weak_point: float) -> pd.DataFrame:
    energy = pd.to_numeric(facts.kwh_day).to_numpy(dtype=float)
    usual = pd.to_numeric(facts.usual_kwh_day).to_numpy(dtype=float)
    weak = np.where(energy < weak_point * usual, energy, 0.0)
    rows = pd.DataFrame(
        {
            "lot_code": sites["lot_code"].to_numpy(),
            "points": sites["n_charge_points"].to_numpy(dtype=float, na_value=float("nan")),
            "kw": sites["station_kw"].to_numpy(dtype=float),
            "kwh_day": energy,
            "weak_kwh_day": np.where(np.isnan(energy) | np.isnan(usual), np.nan, weak),
            "homes": pd.to_numeric(facts.homes).to_numpy(dtype=float),
            "connection": sites["grid_connection"].to_numpy(),
            "district": sites["district"].to_numpy(),
        }
    )
    if "est_capex_eur" in sites:
        rows["cost_eur"] = sites["est_capex_eur"].to_numpy(dtype=float)
    return rows


def _counted(names: list[str]) -> str:
    return "; ".join(f"{name}: {count}" for name, count in sorted(Counter(names).items()))


def _withheld(table: pd.DataFrame, few: float) -> pd.DataFrame:
    """Take counts of homes out that would tell of one household, and say so beside them."""
    counts = table["homes"].to_numpy(float)
    hidden = column_withheld(counts, few)
    words = said(table["homes"], hidden, few).where(hidden, "")
    return table.assign(homes=table["homes"].where(~hidden), suppressed=words)
