"""Use-case: the numbers a tender rests on, as they stood in its own scenario."""

import pandas as pd

from app.core.layer import digest
from app.core.tender.cash_inputs import PREFIX as CASH
from app.core.tender.draft import TenderDraft
from app.services.pack_member import Member, csv_member
from app.services.parameters import load_parameters, load_sources, numbers_of


def assumptions_table(draft: TenderDraft) -> pd.DataFrame:
    """List every number; ``edited`` says which the planner set over ours in this scenario.

    The public edition holds no price of ours: bidders name theirs.
    """
    sources, ours = load_sources(), load_parameters()
    rows = [
        {
            "name": each.name,
            "value": each.value,
            "low": each.low,
            "high": each.high,
            "unit": each.unit,
            "source": sources[each.source]["title"],
            "year": str(sources[each.source]["year"]),
            "confidence": sources[each.source]["confidence"],
            "edited": "no" if each == ours[each.name] else "yes",
        }
        for each in numbers_of(draft.scenario).values()
        if draft.internal or not (each.name.startswith(CASH) and "EUR" in each.unit)
    ]
    return pd.DataFrame(rows)


def parameters_digest(draft: TenderDraft) -> str:
    """Name the numbers: another one as soon as one of them differs."""
    return digest(assumptions_table(draft))


def members(draft: TenderDraft) -> list[Member]:
    """Write ``assumptions.csv``."""
    return [csv_member("assumptions", assumptions_table(draft))]
