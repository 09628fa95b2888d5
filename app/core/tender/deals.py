"""The six operating models as tables: who bears which line, and what is paid between parties."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from app.core.tender.cashflow import Flows

Floats: TypeAlias = npt.NDArray[np.float64]
Cash: TypeAlias = dict[str, Floats]
Values: TypeAlias = Mapping[str, float]
PARTIES = ("authority", "operator", "company", "bank")
PUBLIC = ("setup", "run")
TRADE = ("revenue", "energy", "standing", "capex", "removal", "flex", "external_grant")
SERVICE = ("opex", "backoffice")


@dataclass(frozen=True, slots=True)
class Transfer:
    """What one party pays another, by year; a later one may depend on what is left."""

    payer: str
    payee: str
    amount: Callable[["Flows", Cash], Floats]


@dataclass(frozen=True, slots=True)
class Deal:
    """One operating model.

    Attributes
    ----------
    bears
        By party, the lines it bears; every line is borne once.
    transfers
        In the order in which they are worked out.
    risk
        The party that bears the risk.
    measured
        The party whose money tells: the risk bearer, or the private owner of a joint company,
        which keeps nothing itself.
    margin
        What a kWh leaves to whoever runs the points [EUR/kWh], before any shared revenue.
    """

    bears: Mapping[str, tuple[str, ...]]
    transfers: tuple[Transfer, ...]
    risk: str
    measured: str
    margin: Callable[[Values], float]


def annuity(rate: Floats, years: Floats) -> Floats:
    """Return what repays 1 over some years, in equal parts."""
    safe = np.where(rate == 0, 1.0, rate)
    return np.where(rate == 0, 1 / years, safe / -np.expm1(-years * np.log1p(safe)))


def _service(moved: "Flows", _cash: Cash) -> Floats:
    done = moved.lines["opex"] + moved.lines["backoffice"]
    return -done * (1 + moved.of["service_margin"])


def _fee(moved: "Flows", _cash: Cash) -> Floats:
    of = moved.of
    return of["fee_kwh"] * moved.kwh + of["rent_bay"] * of["bays"] * moved.during


def _grant_share(moved: "Flows", _cash: Cash) -> Floats:
    return -moved.of["grant_share"] * moved.lines["capex"]


def _availability(moved: "Flows", _cash: Cash) -> Floats:
    of = moved.of
    return of["avail_fee_point"] * of["points"] * of["uptime"] * moved.during


def _shared_revenue(moved: "Flows", _cash: Cash) -> Floats:
    of = moved.of
    above = moved.lines["revenue"] - of["rev_threshold_point"] * of["points"]
    return of["rev_share"] * np.maximum(above, 0.0)


def _licence_rent(moved: "Flows", _cash: Cash) -> Floats:
    return moved.of["rent_licence_bay"] * moved.of["bays"] * moved.during


def _bond(moved: "Flows", _cash: Cash) -> Floats:
    return moved.of["bond_post"] * moved.of["posts"] * (moved.begin - moved.end)


def _city_grant(moved: "Flows", _cash: Cash) -> Floats:
    return moved.of["city_grant_point"] * moved.of["points"] * moved.begin


def _clawback(moved: "Flows", _cash: Cash) -> Floats:
    of = moved.of
    below = of["u"] < of["promised_u"]  # only then is anything missed, and the share below 1
    missed = np.where(below, 1 - of["u"] / np.where(below, of["promised_u"], 1.0), 0.0)
    return of["clawback_share"] * of["city_grant_point"] * of["points"] * missed * moved.end


def _loan(moved: "Flows", cash: Cash) -> Floats:
    return moved.of["debt_share"] * np.maximum(0.0, -cash["company"] * moved.begin)


def _repaid(moved: "Flows", cash: Cash) -> Floats:
    """Give the loan back, which the bank's first year holds, within loan and contract term."""
    of = moved.of
    term = np.minimum(of["debt_years"], of["years"])
    year = np.arange(moved.kwh.shape[1])[None, :]
    owed = -cash["bank"][:, :1]
    return owed * annuity(of["debt_rate"], term) * np.where((year > 0) & (year <= term), 1.0, 0.0)


def _dividend(moved: "Flows", cash: Cash) -> Floats:
    return moved.of["equity_authority"] * cash["company"]


def _rest(_moved: "Flows", cash: Cash) -> Floats:
    return cash["company"]


def _plain_margin(of: Values) -> float:
    return of["tariff"] - of["energy"] - of["backoffice"]


def _fee_margin(of: Values) -> float:
    return _plain_margin(of) - of["fee_kwh"]


def _service_margin(of: Values) -> float:
    return of["tariff"] - of["energy"] - of["backoffice"] * (1 + of["service_margin"])


def _run_by(party: str) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({"authority": PUBLIC, party: (*TRADE, *SERVICE)})


_OWN = MappingProxyType({"authority": (*TRADE, *PUBLIC), "operator": SERVICE})
_PAID = Transfer("operator", "authority", _fee)
DEALS: Mapping[str, Deal] = MappingProxyType(
    {
        "direct": Deal(
            _OWN,
            (Transfer("authority", "operator", _service),),
            "authority",
            "authority",
            _service_margin,
        ),
        "concession": Deal(_run_by("operator"), (_PAID,), "operator", "operator", _fee_margin),
        "hybrid": Deal(
            _run_by("operator"),
            (
                _PAID,
                Transfer("authority", "operator", _grant_share),
                Transfer("authority", "operator", _availability),
                Transfer("operator", "authority", _shared_revenue),
            ),
            "operator",
            "operator",
            _fee_margin,
        ),
        "licence": Deal(
            _run_by("operator"),
            (
                Transfer("operator", "authority", _licence_rent),
                Transfer("operator", "authority", _bond),
            ),
            "operator",
            "operator",
            _plain_margin,
        ),
        "ppp": Deal(
            _run_by("company"),
            (
                Transfer("bank", "company", _loan),
                Transfer("company", "bank", _repaid),
                Transfer("company", "authority", _dividend),
                Transfer("company", "operator", _rest),
            ),
            "company",
            "operator",
            _plain_margin,
        ),
        "subsidy": Deal(
            _run_by("operator"),
            (
                Transfer("authority", "operator", _city_grant),
                Transfer("operator", "authority", _clawback),
            ),
            "operator",
            "operator",
            _plain_margin,
        ),
    }
)
