"""The lots of a tender, side by side."""

import pandas as pd


def lot_table(sites: pd.DataFrame, served_kwh_day: pd.Series) -> pd.DataFrame:
    """Sum the location list by lot.

    Parameters
    ----------
    sites
        The location list; ``est_capex_eur`` gives ``cost_eur`` where it is present.
    served_kwh_day
        Energy each place is expected to give, in the order of the list [kWh/day].

    Returns
    -------
    pd.DataFrame
        ``lot_code, sites, points, kw, kwh_day, kwh_share, districts`` and ``cost_eur``; a sum over
        an unknown number is missing, never too small.
    """
    rows = pd.DataFrame(
        {
            "lot_code": sites["lot_code"].to_numpy(),
            "points": sites["n_charge_points"].to_numpy(dtype=float, na_value=float("nan")),
            "kw": sites["station_kw"].to_numpy(dtype=float),
            "kwh_day": pd.to_numeric(served_kwh_day).to_numpy(dtype=float),
            "district": sites["district"].to_numpy(),
        }
    )
    if "est_capex_eur" in sites:
        rows["cost_eur"] = sites["est_capex_eur"].to_numpy(dtype=float)
    groups = rows.groupby("lot_code", sort=True)
    sums = groups[[name for name in rows if name not in {"lot_code", "district"}]].sum(min_count=1)
    sums = sums.where(groups[list(sums)].count().eq(groups.size(), axis=0))
    table = sums.rename_axis("lot_code").reset_index()
    table.insert(1, "sites", groups.size().to_numpy())
    table["points"] = table["points"].round().astype("Int64")
    table["kwh_share"] = (table["kwh_day"] / table["kwh_day"].sum()).round(4)
    table["districts"] = ["; ".join(sorted(set(names))) for names in groups["district"].agg(list)]
    return table.round({"kw": 1, "kwh_day": 1, "cost_eur": 0})


def balance(lots: pd.DataFrame) -> float | None:
    """Return the largest lot over the smallest, by energy; None where that is not known."""
    energy = lots["kwh_day"]
    if energy.isna().any() or len(energy) == 0 or energy.min() <= 0:
        return None
    return float(energy.max() / energy.min())
